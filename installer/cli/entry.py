"""Where every command begins: what goes wrong before a command is found is told in a sentence, too."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from installer.environment import ConfigurationError


def main(argv: Sequence[str]) -> None:
    """Run ``manage.py VERB``. Leaves with 1 and a sentence when settings or the database cannot be used."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "installer.settings")
    from django.core.management import execute_from_command_line
    from django.db import InterfaceError, OperationalError, ProgrammingError

    from installer.cli.base import EXIT_INTERRUPTED, EXIT_REFUSED, database_sentence, file_sentence

    for number, word in enumerate(argv):
        # What the shell gave was no text in this locale: it could be neither looked up nor printed.
        if any("\ud800" <= letter <= "\udfff" for letter in word):
            shown = repr(word.encode("utf-8", "surrogateescape"))
            sys.stderr.write(f"argument {number} is not valid UTF-8: {shown}: type it anew\n")
            sys.exit(EXIT_REFUSED)
    try:
        execute_from_command_line(list(argv))
    except ConfigurationError as error:
        sys.exit(str(error))
    except (OperationalError, InterfaceError, ProgrammingError) as error:
        sys.exit(database_sentence(error))
    except OSError as error:
        sys.exit(file_sentence(error))
    except KeyboardInterrupt:
        sys.exit(EXIT_INTERRUPTED)
