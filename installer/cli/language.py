"""The language of commands: that of the environment if the console has it, else English."""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Iterable, Mapping
from typing import TextIO

from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info, get_supported_language_variant, to_language

# As locale(7): the first one that is set counts.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def gettext_noop(text: str) -> str:
    """Mark a text for translation. Django's function reads the settings, and this module is loaded before them."""
    return text


# What argparse itself prints: it is translated from our catalogue, because Python has none.
ARGPARSE_TEXTS = (
    gettext_noop("usage: "),
    gettext_noop("positional arguments"),
    gettext_noop("options"),
    gettext_noop("show this help message and exit"),
    gettext_noop("%(prog)s: error: %(message)s\n"),
    gettext_noop("argument %(argument_name)s: %(message)s"),
    gettext_noop("the following arguments are required: %s"),
    gettext_noop("one of the arguments %s is required"),
    gettext_noop("unrecognized arguments: %s"),
    gettext_noop("not allowed with argument %s"),
    gettext_noop("ignored explicit argument %r"),
    gettext_noop("expected one argument"),
    gettext_noop("expected at most one argument"),
    gettext_noop("expected at least one argument"),
    gettext_noop("invalid %(type)s value: %(value)r"),
    gettext_noop("invalid choice: %(value)r (choose from %(choices)s)"),
)


def activate_language() -> None:
    """Print messages and help in the language of the environment from now on."""
    translation.activate(environment_language(os.environ, (sys.stdout, sys.stderr)))
    vars(argparse).update(_=translation.gettext, ngettext=translation.ngettext)


def environment_language(environ: Mapping[str, str], streams: Iterable[TextIO]) -> str:
    """Return the language of the environment; English if the console or the encoding of a stream lacks it."""
    wanted = next(filter(None, (environ.get(name) for name in _VARIABLES)), "C")
    try:
        # zh_CN.UTF-8 and zh_CN@pinyin are zh_CN.
        found = get_supported_language_variant(to_language(re.split("[.@]", wanted)[0]))
        for stream in streams:
            get_language_info(found)["name_local"].encode(getattr(stream, "encoding", None) or "utf-8")
    except (LookupError, ValueError):
        return settings.LANGUAGE_CODE
    return found


def translated(text: str) -> str:
    """Translate a text that may be needed before the settings are loaded; return it unchanged until then."""
    return translation.gettext(text) if apps.ready else text
