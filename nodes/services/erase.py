"""erase_data_disks: a preview that is also a permit, and the job that uses it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from common import audit
from common.actor import Actor
from common.errors import Refused
from common.messages import Message, message
from common.pasted import refuse_pasted
from jobs.models import Job
from jobs.services.submit import Target, submit
from nodes.erasing.script import MODES
from nodes.models import ErasePermit, Node
from nodes.services.busy_check import refuse_if_busy
from nodes.services.erase_preview import refuse_changed, refuse_shared, refuse_states, shown_disks
from nodes.services.lookups import nodes_at

ACTION = "erase_data_disks"
PERMIT_LASTS = timedelta(minutes=15)
_KEEP_PERMITS = timedelta(days=90)


def preview_erase(
    *, addresses: Sequence[str], disks: Sequence[str], actor: Actor, mode: str = "quick"
) -> ErasePermit:
    """Return what would be erased and lost, from the newest collection; the answer is a permit for exactly that.

    It can be used once, within 15 minutes, by the same person. Raises :class:`Refused` with a finding
    for each disk that may not be erased; :class:`Busy` when a job has something to do on a node.
    """
    refuse_pasted(disks, field="disks")
    names = list(dict.fromkeys(name.strip().removeprefix("/dev/") for name in disks))
    if mode not in MODES:
        raise Refused.because(message("N30", mode=mode[:20], modes=MODES), field="mode")
    if not names or not all(names):
        raise Refused.because(message("N31"), field="disks")
    nodes = nodes_at(addresses)
    refuse_states(nodes)
    refuse_if_busy(nodes)
    ErasePermit.objects.filter(expires_at__lt=timezone.now() - _KEEP_PERMITS).delete()
    return ErasePermit.objects.create(
        mode=mode,
        disks=shown_disks(nodes, names),
        made_by=actor.name,
        made_via=actor.via,
        expires_at=timezone.now() + PERMIT_LASTS,
    )


def erase_data_disks(*, permit_id: str, actor: Actor) -> Job:
    """Submit the erasing of what the permit names. Each node checks its disks again before it writes.

    Raises :class:`Refused` for a permit that is unknown, another person's, used or expired, for nodes
    in service, and for disks that were replaced since; :class:`Busy` when another job has something to do on a node.
    """
    with transaction.atomic():
        permit = _use(permit_id, actor)
        ids = list(dict.fromkeys(disk["node_id"] for disk in permit.disks))
        nodes = list(Node.objects.select_for_update().filter(node_id__in=ids))
        left = {node.node_id for node in nodes}
        gone = list(
            dict.fromkeys(disk["mgmt_address"] for disk in permit.disks if disk["node_id"] not in left)
        )
        if gone:
            raise Refused.because(message("N34", addresses=gone))
        refuse_states(nodes)
        refuse_if_busy(nodes)
        refuse_changed(permit.disks)
        refuse_shared(permit.disks)
        job = submit(
            action=ACTION,
            targets=[Target(id=node.node_id, address=str(node.mgmt_address)) for node in nodes],
            actor=actor,
            params={"permit_id": permit.permit_id, "mode": permit.mode},
        )
        ErasePermit.objects.filter(pk=permit.pk).update(job_id=job.job_id)
        audit.record(actor, "use_erase_permit", job.job_id, permit_id=permit.permit_id, disks=permit.disks)
    return job


def _use(permit_id: str, actor: Actor) -> ErasePermit:
    """Take the permit: of two simultaneous calls one gets it."""
    here = ErasePermit.objects.filter(permit_id=permit_id)
    now = timezone.now()
    if here.filter(made_by=actor.name, used_at=None, expires_at__gt=now).update(used_at=now):
        return here.get()
    permit = here.first()
    raise Refused.because(_not_valid(permit, actor), field="permit_id")


def _not_valid(permit: ErasePermit | None, actor: Actor) -> Message:
    if permit is None:
        return message("N33", "unknown")
    if permit.made_by != actor.name:
        return message("N33", "of_another", made_by=permit.made_by)
    if permit.used_at:
        return message("N33", "used", job=permit.job_id)
    return message("N33", "expired", at=permit.expires_at)
