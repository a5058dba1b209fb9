"""``manage.py help``: our verbs with a line each, Django's own commands separately."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from django.core.management import load_command_class
from django.utils.translation import gettext as _


def help_text(commands: Mapping[str, str], aliases: Iterable[str]) -> str:
    """Return the text of ``help``; ``commands`` is the result of ``get_commands()``: app by name."""
    ours = sorted(name for name, app in commands.items() if app == "installer")
    width = max(map(len, ours))
    lines = [_("Commands of Installer Console; run COMMAND --help for the options of each:"), ""]
    lines += [
        f"  {name:{width}}  {_first_sentence(_(load_command_class('installer', name).help))}" for name in ours
    ]
    lines += ["", _("get_status and get_log under their runbook names:"), "", *_columns(sorted(aliases))]
    others = sorted(name for name in commands if name not in ours)
    lines += ["", _("Commands of Django and libraries, for maintaining the console itself:"), ""]
    return "\n".join([*lines, *_columns(others)])


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=\.) |(?<=。)", text, maxsplit=1)[0]


def _columns(names: list[str]) -> list[str]:
    """Return the names, as many per line as fit into 100 columns."""
    lines = [""]
    for name in names:
        if lines[-1] and len(lines[-1]) + len(name) > 98:
            lines.append("")
        lines[-1] += f"  {name}"
    return lines
