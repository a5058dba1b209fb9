from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from installer.cli.base import VerbCommand
from zones.services.node_lists import gen_node_list


class Command(VerbCommand):
    help = gettext_noop(
        "Refresh the node lists of a zone's open plan after a role was edited in a settings file."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone id"))

    def run(self, options: dict[str, Any]) -> None:
        listed = gen_node_list(zone_id=options["zone"], actor=self.actor)
        rows = [
            {name: role[name] for name in ("hostname", "address", "role", "sub_roles")}
            for role in listed.roles
        ]
        self.emit(options, {"plan_id": listed.plan.plan_id, "roles": rows, "files": list(listed.files)}, rows)
        changed = _("{roles}, {files} changed").format(
            roles=ngettext("{count} role", "{count} roles", len(rows)).format(count=len(rows)),
            files=ngettext("{count} list", "{count} lists", len(listed.files)).format(
                count=len(listed.files)
            ),
        )
        self.say(
            _("plan {plan} is {status}: {changes}").format(
                plan=listed.plan.plan_id,
                status=listed.plan.status,
                changes=changed if listed.files else _("nothing changed"),
            )
        )
