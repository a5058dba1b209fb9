"""Makes the nodes of the race, or prints what the zones were given: ``python -m tests.lab.zones.race_setup make|show``."""

from __future__ import annotations

import json
import os
import sys
from typing import Any


def main() -> None:
    """Make or show."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "installer.settings")
    import django

    django.setup()
    sys.stdout.write(json.dumps(make() if sys.argv[1] == "make" else show()) + "\n")


def make() -> int:
    """Make available nodes of every zone; return how many."""
    from tests.factories import make_node
    from tests.lab.zones.race import ZONES, numbers_of

    count = 0
    for zone_id in ZONES:
        for position, number in enumerate(numbers_of(zone_id)):
            node = make_node(number, ssds=2 if position else 1, hostname=f"{zone_id}r01n{number}")
            node.disks.filter(name="sdx").delete()
            count += 1
    return count


def show() -> dict[str, list[Any]]:
    """Return networks, VIPs and addresses of management VMs that are reserved now, and the open plans."""
    from zones.models import Plan, VbcAssignment

    plans = Plan.objects.filter(status="draft")
    return {
        "plans": sorted(plan.plan_id for plan in plans),
        "networks": list(VbcAssignment.objects.values_list("ipv4_network", flat=True)),
        "vips": list(VbcAssignment.objects.values_list("ipv4_vip", flat=True)),
        "vms": [address for plan in plans for addresses in plan.vms.values() for address in addresses],
    }


if __name__ == "__main__":
    main()
