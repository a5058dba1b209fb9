"""The job set_qemu_version: the reviewed server.yaml becomes the zone's, then goes to all of its nodes."""

from __future__ import annotations

from django.db.models.functions import Now

from jobs.errors import Refused
from jobs.models import Job
from jobs.registry import Action, register
from zones.handlers.zone_packages import build_phase, count_build, update_phase
from zones.models import Zone, ZoneFile
from zones.services.changes import find_change


def register_actions() -> None:
    """Make the job known to the engine."""
    register(Action("set_qemu_version", (build_phase(), update_phase()), started=started))


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
