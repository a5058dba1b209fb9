"""One of several processes that configure zones at the same moment: ``python -m tests.lab.zones.race_child ZONE ROUNDS``.

Says ``ready``, waits for a line, and answers one JSON line: the refusals and failures that it met.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Configure the zone again and again, each time in place of the draft before; reject every other one."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "installer.settings")
    import django

    django.setup()
    from django.db import connection

    from common.actor import Actor
    from tests.lab.zones.race import files_of
    from tests.seen import reject_plan
    from zones.services import configure
    from zones.services.configure import config_qingcloud

    configure.answering = lambda addresses: frozenset()
    zone_id, rounds = sys.argv[1], int(sys.argv[2])
    variables, settings = files_of(zone_id)
    actor, errors = Actor(zone_id, "command"), []
    connection.ensure_connection()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for number in range(rounds):
        try:
            [done] = config_qingcloud(variables=[variables], settings=[settings], actor=actor)
            if number % 2 == 0 and done.plan:
                reject_plan(plan_id=done.plan.plan_id, actor=actor)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
    sys.stdout.write(json.dumps(errors) + "\n")


if __name__ == "__main__":
    main()
