"""The base of every command: it parses, calls one service function and prints.

It never shows a traceback for an expected error.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn, TextIO

from django.core.management.base import BaseCommand, CommandParser, DjangoHelpFormatter
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.utils.translation import gettext as _

from common import disk_space
from common.actor import Actor
from common.errors import Denied, Difference, Finding, Outdated, Refused, VerbError
from common.text import plain
from installer.cli.language import gettext_noop, translated
from installer.cli.output import FORMATS, emit
from installer.cli.shell_user import shell_actor
from installer.environment import ConfigurationError

EXIT_DONE, EXIT_FAILED, EXIT_REFUSED, EXIT_BUSY, EXIT_INTERRUPTED = 0, 1, 2, 3, 130


class HelpFormatter(DjangoHelpFormatter):
    """Break lines by the width of their characters on the screen: a Chinese one takes two columns."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        from installer.cli.tables import wrapped

        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        from installer.cli.tables import wrapped

        return "\n".join(indent + line for line in wrapped(text, width - len(indent)))


class TranslatedCommand(BaseCommand):
    """A command whose ``help``, marked with ``gettext_noop``, is translated when it is shown: argparse takes no lazy text."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Create a parser with the description in the active language."""
        kwargs.setdefault("formatter_class", HelpFormatter)
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.description = _(self.help) if self.help else None
        return parser


class VerbCommand(TranslatedCommand):
    """Base command. Subclasses define ``arguments`` and ``run``; exit codes are 0, 1, 2, 3 and 130 as in the contract."""

    # A check of the whole project takes longer than most of these commands.
    requires_system_checks: list[str] = []
    # Django's general options are rarely needed here: they work, but are hidden from --help.
    suppressed_base_arguments = {
        "--version",
        "--settings",
        "--pythonpath",
        "--traceback",
        "--no-color",
        "--force-color",
        "--verbosity",
    }
    lists = False
    # The result so far: the exit code if the command cannot print any further.
    outcome = EXIT_DONE

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Create a parser in which our ``-v`` overrides Django's and options cannot be abbreviated."""
        return super().create_parser(
            prog_name, subcommand, conflict_handler="resolve", allow_abbrev=False, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options of the command, and ``--format`` if it lists something."""
        self.arguments(parser)
        if self.lists:
            parser.add_argument(
                "--format",
                choices=FORMATS,
                help=_("output format (default: table on a terminal, json otherwise)"),
            )
        else:
            parser.set_defaults(format=None)

    def arguments(self, parser: CommandParser) -> None:
        """Add options beyond the conventions."""

    def run(self, options: dict[str, Any]) -> None:
        """Call the service and print. Raises :class:`VerbError` for every refusal."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command, and turn every expected error into a sentence and its exit code."""
        try:
            self.run(options)
            self.stdout.flush()
        except Refused as refusal:
            self.findings(refusal.findings)
            if isinstance(refusal, Outdated):
                self.difference(refusal.difference)
            raise SystemExit(refusal.exit_code) from None
        except VerbError as error:
            if isinstance(error, Denied):
                # Not imported at the top: this module is loaded before models are ready.
                from installer.auditing import record_refusal

                record_refusal(self.actor, type(self).__module__.rpartition(".")[2], why=error.message)
            self.end(error.sentence(), error.exit_code)
        except KeyboardInterrupt:
            self.end(_("interrupted"), EXIT_INTERRUPTED)
        except BrokenPipeError:
            forget(sys.stdout)
            if self.outcome:
                raise SystemExit(self.outcome) from None
        except (OperationalError, InterfaceError, ProgrammingError) as error:
            self.end(database_sentence(error), EXIT_FAILED)
        except ConfigurationError as error:
            self.end(str(error), EXIT_FAILED)
        except OSError as error:
            self.end(file_sentence(error), EXIT_FAILED)

    def end(self, text: str, code: int) -> NoReturn:
        """Print the reason on standard error and exit with the code."""
        self.say(text)
        raise SystemExit(code)

    def say(self, text: str) -> None:
        """Print one message on standard error; terminal escapes in it are neutralised."""
        try:
            self.stderr.write("\n".join(plain(line) for line in text.splitlines()), lambda message: message)
        except OSError:
            # The reader is gone (``2>&1 | head``) or the disk is full: the exit code still gives the result.
            forget(sys.stderr)

    def findings(self, findings: Iterable[Finding]) -> None:
        """Print each finding on its own line on standard error."""
        for finding in findings:
            self.say(finding.sentence())

    def difference(self, difference: Difference) -> None:
        """Print what changed since the object was viewed, on standard error."""
        for sentence in difference.changes:
            self.say(f"  {sentence}")
        for place, diff in difference.texts:
            self.say(diff.rstrip("\n") or f"  {place}")

    def ask(self, text: str) -> None:
        """Show a question on standard error and leave the cursor after it."""
        self.stderr.write(text, lambda message: message, "")
        self.stderr.flush()

    def emit(self, options: dict[str, Any], data: Any, rows: list[dict[str, Any]]) -> None:
        """Print ``data`` (json, yaml) or ``rows`` (table, csv) on standard output."""
        emit(self.stdout, options.get("format"), data, rows)

    @property
    def actor(self) -> Actor:
        """Return the user at the keyboard."""
        return shell_actor()


def database_sentence(error: Exception) -> str:
    """Describe what is wrong with the database, and the remedy."""
    text = str(error).strip()
    first = plain(text.splitlines()[0]) if text else type(error).__name__
    if disk_space.lacks_room(error):
        return _("the disk of the database is full ({error}): free some space there, then try again").format(
            error=first
        )
    lowered = text.lower()
    if re.search(r'(database|role) "[^"]*" does not exist', lowered):
        return _(
            "the database cannot be used ({error}): create it on the server, or correct DATABASE_URL"
        ).format(error=first)
    if "no such table" in lowered or "does not exist" in lowered or "no such column" in lowered:
        return _(
            "the database schema is not up to date ({error}): run manage.py migrate, then try again"
        ).format(error=first)
    if "locked" in lowered:
        return _("the database is busy ({error}): nothing was changed, try again in a moment").format(
            error=first
        )
    return _(
        "the database cannot be used ({error}): check DATABASE_URL and INSTALLER_DATA_DIR, and whether the database "
        "server is running"
    ).format(error=first)


def file_sentence(error: OSError) -> str:
    """Describe what is wrong with a file, and the remedy."""
    place = f"{error.filename}: " if error.filename else ""
    text = translated(gettext_noop("{error}: check the path, its owner and the free space, then try again"))
    return place + text.format(error=error.strerror or error)


def forget(stream: TextIO) -> None:
    """Discard output that the reader no longer wants (``| head``): no error, and nothing to flush at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
