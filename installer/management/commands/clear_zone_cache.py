from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.starting import JobCommand
from jobs.errors import Failed
from jobs.models import Job
from zones.services.cache import clear_zone_cache, look_at_cache

SHOWN = 50


class Command(JobCommand):
    help = "Deletes the cached lists of zones on every memcached of the region."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="a zone of the region")
        parser.add_argument(
            "-S",
            "--servers",
            default="",
            metavar="SERVERS",
            help="HOST:PORT;HOST:PORT (default: the region's)",
        )
        parser.add_argument(
            "-P",
            "--pattern",
            default="",
            metavar="PATTERN",
            help="regular expression that is searched in keys",
        )
        parser.add_argument("--dry-run", action="store_true", help="show keys and counts, delete nothing")

    def start(self, options: dict[str, Any]) -> Job | None:
        named = {"zone_id": options["zone"], "servers": options["servers"], "pattern": options["pattern"]}
        if not options["dry_run"]:
            return clear_zone_cache(**named, actor=self.actor)
        found = look_at_cache(**named)
        rows = [
            {
                "server": str(item.server),
                "keys": item.seen,
                "matching": len(item.keys),
                "error": item.error,
            }
            for item in found
        ]
        shown = [
            {**row, "names": [_text(key) for key in item.keys]} for row, item in zip(rows, found, strict=True)
        ]
        self.emit(options, shown, rows)
        for item in found:
            for key in item.keys[:SHOWN]:
                self.say(f"{item.server}: {_text(key)}")
            if len(item.keys) > SHOWN:
                self.say(f"{item.server}: and {len(item.keys) - SHOWN} more, all of them with --format json")
        if any(item.error for item in found):
            raise Failed("some servers could not be asked, see above; the others are shown")
        return None


def _text(key: bytes) -> str:
    return key.decode("utf-8", "backslashreplace")
