from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from common.errors import Failed
from common.messages import message
from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.cache.service import clear_zone_cache, keys_json, look_at_cache

SHOWN = 50
COLUMNS = ("server", "keys", "matching", "incomplete", "error")


class Command(JobCommand):
    help = gettext_noop("Delete the cached zone lists on every memcached server of the region.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("a zone of the region"))
        parser.add_argument(
            "-S",
            "--servers",
            default="",
            metavar="SERVERS",
            help=_("HOST:PORT;HOST:PORT (default: the servers of the region)"),
        )
        parser.add_argument(
            "-P",
            "--pattern",
            default="",
            metavar="PATTERN",
            help=_("regular expression to search for in keys (default: the platform's pattern)"),
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("show matching keys and counts without deleting them")
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job; with ``--dry-run``, print the keys instead. Raises :class:`Failed` if they are incomplete."""
        named = {"zone_id": options["zone"], "servers": options["servers"], "pattern": options["pattern"]}
        if not options["dry_run"]:
            return clear_zone_cache(**named, actor=self.actor)
        shown = keys_json(look_at_cache(**named))
        rows = [{name: item[name] for name in COLUMNS} for item in shown]
        self.emit(options, shown, rows)
        for item in shown:
            self._tell(item)
        if any(item["error"] or item["incomplete"] for item in shown):
            raise Failed(message("M02", "looked"))
        return None

    def _tell(self, item: dict[str, Any]) -> None:
        for name in item["names"][:SHOWN]:
            self.say(f"{item['server']}: {name}")
        if item["matching"] > SHOWN:
            more = item["matching"] - SHOWN
            self.say(
                ngettext(
                    "{server}: {count} more key; use --format json to list all keys",
                    "{server}: {count} more keys; use --format json to list all keys",
                    more,
                ).format(server=item["server"], count=more)
            )
        if item["error"]:
            self.say(
                _("{server} could not be queried: {error}").format(server=item["server"], error=item["error"])
            )
        elif item["incomplete"]:
            self.say(message("M03", "seen", servers=item["server"]))
