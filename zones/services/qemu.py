"""set_qemu_version: several QEMU versions in a zone, reviewed in server.yaml, then distributed as one job."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count

from jobs.actor import Actor
from jobs.errors import Refused
from jobs.models import Job
from jobs.services import submit
from nodes.models import Node
from nodes.services.find import targets
from nodes.states import NodeStatus
from zones.core.rendering.zone_files import SYSTEM_BIN
from zones.core.server_yaml import edit_emulators
from zones.models import Zone, ZoneFile
from zones.services.changes import approved_change, make_change
from zones.services.find import find_zone
from zones.services.groups import read_group
from zones.services.packages import GLOBAL_CONF, vendor_package
from zones.upkeep_models import Change

FILE = "server/server.yaml"


def seen_versions(*, zone_id: str) -> list[dict[str, Any]]:
    """Versions that hypers of the zone run: ``{"version", "nodes"}``, from their last collection."""
    hypers = Node.objects.filter(
        role__zone=find_zone(zone_id), role__role__startswith="hyper-", status=NodeStatus.ACTIVE
    )
    counted = hypers.order_by("qemu_version").values_list("qemu_version").annotate(n=Count("pk"))
    return [{"version": version, "nodes": count} for version, count in counted]


def set_qemu_version(*, zone_id: str, versions: Mapping[str, str], default: str, actor: Actor) -> Change:
    """Keep what server.yaml would become, for review. ``versions``: ``bin`` folder by version, empty for the usual.

    Raises :class:`Refused`.
    """
    zone = find_zone(zone_id)
    emulators = {version: folder or _usual(zone, version) for version, folder in versions.items()}
    base = ZoneFile.objects.filter(zone=zone, path=FILE).values_list("content", flat=True).first() or ""
    try:
        content = edit_emulators(base, emulators, default)
    except ValueError as error:
        raise Refused.because("Q01", str(error), "correct it and try again", field="versions") from None
    file = {"node_id": "", "address": "", "path": FILE, "base": base, "content": content}
    return make_change(zone, Change.Kind.QEMU, [file], actor, emulators=emulators, default=default)


def _usual(zone: Zone, version: str) -> str:
    return SYSTEM_BIN if version == zone.qemu_version else f"/opt/qemu-{version}/usr/bin"


def apply_qemu_version(*, zone_id: str, actor: Actor) -> Job:
    """Begin the maintenance: server.yaml, pitrix-global-conf, incremental packages, all nodes of the zone.

    Raises :class:`Busy`, :class:`Refused` without an approved change.
    """
    zone = find_zone(zone_id)
    change = approved_change(zone, Change.Kind.QEMU)
    if change is None:
        raise Refused.because(
            "Q02",
            f"zone {zone_id} has no approved change of its QEMU versions",
            f"set_qemu_version -z {zone_id} --version V --default V, then --approve CHANGE",
        )
    names = [f"qemu-{version}" for version in change.detail["emulators"]]
    packages = [*(name for name in names if vendor_package(name)), GLOBAL_CONF]
    job = submit(
        action="set_qemu_version",
        targets=targets(read_group("all", zone_id=zone_id)),
        actor=actor,
        zone_id=zone_id,
        exclusive_scope=zone.exclusive_scope,
        params={"change_id": change.change_id, "packages": packages},
    )
    Change.objects.filter(pk=change.pk).update(job_id=job.job_id)
    return job
