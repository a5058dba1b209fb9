"""The job set_qemu_version: the reviewed server.yaml becomes the zone's, then goes to all of its nodes.

Old hypers get the package of the version that they lack before they hear of it; where that fails, the node is
not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models.functions import Now

from jobs.errors import Refused
from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from nodes.models import Node
from zones.handlers.zone_packages import build_phase, count_build, delivery, update, update_phase
from zones.models import Zone, ZoneFile
from zones.services.changes import find_change
from zones.services.packages import vendor_packages


def register_actions() -> None:
    """Make the job known to the engine."""
    packages = Phase("qemu_packages", update, prepare=prepare_packages, own_targets=True, timeout_s=1800)
    register(Action("set_qemu_version", (build_phase(), packages, update_phase()), started=started))


def started(job: Job) -> None:
    """Take the approved file over, once; resumed, it is there already. Raises :class:`Refused`."""
    change = find_change(job.params["change_id"])
    if change.applied_at is None:
        [file] = change.files
        now = ZoneFile.objects.filter(zone=change.zone, path=file["path"]).first()
        if change.approved_at is None or (now.content if now else "") != file["base"]:
            raise Refused.because(
                "Q03", f"{file['path']} was changed since change {change.change_id} was made", "make it again"
            )
        ZoneFile.objects.update_or_create(
            zone=change.zone, path=file["path"], defaults={"content": file["content"]}
        )
        Zone.objects.filter(pk=change.zone.pk).update(emulators=change.detail["emulators"])
        type(change).objects.filter(pk=change.pk).update(applied_at=Now())
        count_build(job)


def prepare_packages(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """What each node lacks, by node id. Raises :class:`Refused` when a package is gone."""
    wanted = job.params["qemu_packages"]
    files = dict(zip(wanted, vendor_packages(wanted.values()), strict=True))
    nodes = Node.objects.filter(node_id__in=[step.target for step in steps])
    return {
        node.node_id: delivery(node, [], [files[item] for item in files if item != node.qemu_version])
        for node in nodes
    }
