"""The job set_qemu_version: the reviewed server.yaml becomes the zone's, then goes to all of its nodes.

Hypers get the package of a version that they do not run before server.yaml names it, and must have the folders that
it names; a hyper that lacks one does not get the new server.yaml.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db.models.functions import Now

from common.errors import Refused
from common.messages import message
from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from nodes.models import Node
from operations.changes import find_change
from operations.models import Change
from operations.packages.handler import build_phase, count_build, delivery, update, update_phase
from operations.packages.vendor import vendor_package
from operations.qemu.core import folders_script
from operations.qemu.service import incremental_packages
from zones.models import Zone, ZoneFile


def register_actions() -> None:
    """Register the job with the engine."""
    hypers = Phase("qemu", update, prepare=prepare_hypers, own_targets=True, timeout_s=1800)
    register(Action("set_qemu_version", (build_phase(), hypers, update_phase()), started=started))


def started(job: Job) -> None:
    """Put the approved file in force, once; when resumed, it is already there. Raises :class:`Refused`."""
    change = find_change(job.params["change_id"])
    if change.applied_at is None:
        [file] = change.files
        now = ZoneFile.objects.filter(zone=change.zone, path=file["path"]).first()
        if change.approved_at is None or (now.content if now else "") != file["base"]:
            raise Refused.because(
                message(
                    "Q03",
                    path=file["path"],
                    change=change.change_id,
                    zone=change.zone.zone_id,
                    versions=_versions(change),
                    default=change.detail["default"],
                )
            )
        ZoneFile.objects.update_or_create(
            zone=change.zone, path=file["path"], defaults={"content": file["content"]}
        )
        # The next plan renders the file from these.
        Zone.objects.filter(pk=change.zone.pk).update(
            emulators=change.detail["emulators"], qemu_version=change.detail["default"]
        )
        type(change).objects.filter(pk=change.pk).update(applied_at=Now())
        count_build(job)


def _versions(change: Change) -> list[str]:
    """Return the options that propose the same versions for the file as it is now."""
    listed = change.detail["emulators"].items()
    return [word for version, folder in listed for word in ("--qemu", f"{version}={folder}")]


def prepare_hypers(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return what each hyper lacks, by node id.

    Packages are looked up each time a hyper starts: one that was added after a failure is used when the
    job is resumed. Without a package the folder must already exist, or the hyper reports what is missing.
    """
    emulators = find_change(job.params["change_id"]).detail["emulators"]
    wanted = incremental_packages(emulators)
    files = {version: path for version, name in wanted.items() if (path := vendor_package(name))}
    check = folders_script(emulators)
    found = {}
    for node in Node.objects.filter(node_id__in=[step.target for step in steps]):
        made = delivery(node, [], [files[item] for item in files if item != node.qemu_version])
        found[node.node_id] = replace(made, script=made.script + check)
    return found
