from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from zones.services import gen_node_list


class Command(VerbCommand):
    help = "Refreshes the node lists of a zone's open plan after a role was edited in a settings file."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="the zone")

    def run(self, options: dict[str, Any]) -> None:
        listed = gen_node_list(zone_id=options["zone"], actor=self.actor)
        rows = [
            {name: role[name] for name in ("hostname", "address", "role", "sub_roles")}
            for role in listed.roles
        ]
        self.emit(options, {"plan_id": listed.plan.plan_id, "roles": rows, "files": list(listed.files)}, rows)
        changed = (
            f"{len(rows)} roles and {len(listed.files)} lists changed" if listed.files else "nothing changed"
        )
        self.say(f"plan {listed.plan.plan_id} is {listed.plan.status}: {changed}")
