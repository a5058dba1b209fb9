"""Entry point of every command; errors before a command is found are also reported in a sentence."""

from __future__ import annotations

import gc
import io
import os
import sys
from collections.abc import Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _

from common.text import plain
from installer.environment import ConfigurationError, keep_files_private

if TYPE_CHECKING:
    from django.core.management import ManagementUtility
    from django.core.management.base import BaseCommand

# Names of the runbook that users type from memory: the verb, and the action whose newest job it is about.
ALIASES = {
    "get_collect_nodes_status": ("get_status", "collect_nodes"),
    "get_collect_nodes_log": ("get_log", "collect_nodes"),
    "get_config_qingcloud_status": ("get_status", "config_qingcloud"),
    "get_config_qingcloud_log": ("get_log", "config_qingcloud"),
    "get_scale_qingcloud_status": ("get_status", "scale_qingcloud"),
    "get_scale_qingcloud_log": ("get_log", "scale_qingcloud"),
    "get_scale_qingcloud_zone_status": ("get_status", "scale_qingcloud_zone"),
    "get_scale_qingcloud_zone_log": ("get_log", "scale_qingcloud_zone"),
}

# They write logs, in English, and answer in the language of each request.
_SERVERS = frozenset({"qcluster", "runserver"})


def main(argv: Sequence[str]) -> None:
    """Run ``manage.py VERB``. Exits with 1 and a sentence when the settings or the database cannot be used."""
    # What a start loads stays until the end: looking for garbage in it is a tenth of the start.
    gc.disable()
    try:
        _run(argv)
    finally:
        gc.enable()


def _run(argv: Sequence[str]) -> None:
    keep_files_private()
    # A terminal that is not UTF-8 shows \u2713 for a character it lacks; a verb does not fail for a check mark.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "installer.settings")
    from django.db import InterfaceError, OperationalError, ProgrammingError

    from installer.cli.base import EXIT_INTERRUPTED, EXIT_REFUSED, database_sentence, file_sentence, forget

    for number, word in enumerate(argv):
        # The argument is not text in this locale: it could be neither looked up nor printed.
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            shown = repr(word.encode("utf-8", "surrogateescape"))
            sys.stderr.write(f"argument {number} is not valid UTF-8: {shown}: type it again\n")
            sys.exit(EXIT_REFUSED)
    ended: SystemExit | None = None
    try:
        try:
            _utility(argv).execute()
        except SystemExit as end:
            ended = end
        sys.stdout.flush()
    except ConfigurationError as error:
        sys.exit(str(error))
    except (OperationalError, InterfaceError, ProgrammingError) as error:
        sys.exit(database_sentence(error))
    except BrokenPipeError:
        # ``help | head``: the reader has stopped, which changes no exit code.
        forget(sys.stdout)
    except OSError as error:
        sys.exit(file_sentence(error))
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
    if ended:
        raise ended


def load_command(name: str) -> BaseCommand:
    """Load one of our commands, by its name or an alias."""
    from django.core.management import load_command_class

    from installer.cli.status import OneJobCommand

    verb, action = ALIASES.get(name, (name, ""))
    command = load_command_class("installer", verb)
    if isinstance(command, OneJobCommand):
        command.action = action
    return command


def _utility(argv: Sequence[str]) -> ManagementUtility:
    """Return Django's utility, which looks up commands once the settings are read, with our names and exit code."""
    from django.core.management import ManagementUtility, get_commands

    from installer.cli.base import EXIT_REFUSED
    from installer.cli.language import activate_language

    class Utility(ManagementUtility):
        def main_help_text(self, commands_only: bool = False) -> str:
            """Return our verbs with a line each; Django's own commands only by name."""
            from installer.cli.help_text import help_text

            if commands_only or self.settings_exception is not None:
                return str(super().main_help_text(commands_only))
            activate_language()
            return help_text(get_commands(), ALIASES)

        def fetch_command(self, subcommand: str) -> BaseCommand:
            """Look up a command, with which everything is loaded."""
            command = self._command(subcommand)
            gc.freeze()
            gc.enable()
            return command

        def _command(self, subcommand: str) -> BaseCommand:
            """Look up a command; the runbook's ``collect-nodes`` is ``collect_nodes``."""
            known = {*get_commands(), *ALIASES} if settings.INSTALLED_APPS else set()
            name = subcommand if subcommand in known else subcommand.replace("-", "_")
            if name not in _SERVERS:
                activate_language()
            if name in ALIASES:
                return load_command(name)
            if name in known:
                return super().fetch_command(name)
            close = get_close_matches(name, known, n=3)
            if close:
                text = _("unknown command {name}; did you mean {close}? manage.py help lists all commands")
            else:
                text = _("unknown command {name}; manage.py help lists all commands")
            shown = repr(plain(subcommand)[:80])
            sys.stderr.write(text.format(name=shown, close=", ".join(close)) + "\n")
            sys.exit(EXIT_REFUSED)

    return Utility(list(argv))
