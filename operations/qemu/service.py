"""set_qemu_version: several QEMU versions in a zone, reviewed in server.yaml, then distributed as one job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, QuerySet

from common.actor import Actor
from common.errors import Refused
from common.messages import Message, message
from common.pasted import refuse_pasted
from jobs.lookups import busy, holder
from jobs.models import Job
from jobs.services.submit import submit
from nodes.models import Node
from nodes.services.lookups import targets
from nodes.states import NodeStatus
from operations.changes import make_change, named_change
from operations.models import Change
from operations.packages.vendor import GLOBAL_CONF
from zones.core.rendering.zone_files import SERVER_YAML, SYSTEM_BIN
from zones.core.server_yaml import FileFault, edit_emulators, read_emulators
from zones.models import Zone, ZoneFile
from zones.services.groups import read_group_in_service
from zones.services.lookups import find_zone
from zones.services.zone_vms import hypers_of

FILE = SERVER_YAML


def seen_versions(*, zone_id: str) -> list[dict[str, Any]]:
    """Return the versions that hypers of the zone run, as last collected: ``{"version", "nodes", "hostnames"}``, most first."""
    found: dict[str, list[str]] = {}
    rows = _hypers().filter(role__zone=find_zone(zone_id)).order_by("qemu_version", "hostname")
    for version, hostname, address in rows.values_list("qemu_version", "hostname", "mgmt_address"):
        found.setdefault(version, []).append(hostname or str(address))
    ordered = sorted(found.items(), key=lambda item: -len(item[1]))
    return [{"version": version, "nodes": len(names), "hostnames": names} for version, names in ordered]


def region_versions(*, region_id: str) -> dict[str, dict[str, int]]:
    """Return how many hypers of each zone of the region run which version. One query."""
    rows = _hypers().filter(role__zone__region_id=region_id).order_by("role__zone__zone_id", "qemu_version")
    found: dict[str, dict[str, int]] = {}
    counted = rows.values_list("role__zone__zone_id", "qemu_version").annotate(n=Count("pk"))
    for zone_id, version, nodes in counted:
        found.setdefault(zone_id, {})[version] = nodes
    return found


def set_up_versions(*, zone_id: str) -> tuple[dict[str, str], str]:
    """Return what the zone's server.yaml lists now: ``bin`` folder by version, and the default.

    Raises :class:`Refused` when the file cannot be understood.
    """
    try:
        return read_emulators(_server_yaml(find_zone(zone_id)))
    except FileFault as error:
        raise Refused.because(_unreadable(zone_id, error)) from None


def _unreadable(zone_id: str, reason: FileFault) -> Message:
    """Return how to edit the file by hand: in the review of a plan, which changes nothing else if all nodes are in service."""
    return message(
        "Q01",
        "unreadable",
        reason=reason,
        variables=f"variables.{zone_id}.yaml",
        settings=f"settings.{zone_id}.yaml",
        path=FILE,
    )


def set_qemu_version(
    *, zone_id: str, versions: Sequence[tuple[str, str]], default: str, actor: Actor, instead_of: str = ""
) -> Change:
    """Store the new server.yaml for review. ``versions``: each with its ``bin`` folder, empty for the usual one.

    ``instead_of``: as in :func:`make_change`. Raises :class:`Outdated`, :class:`Refused`.
    """
    zone = find_zone(zone_id)
    names = [version for version, _ in versions]
    refuse_pasted((word for pair in versions for word in pair), field="versions")
    twice = sorted({name for name in names if names.count(name) > 1})
    emulators = {version: folder or usual_folder(zone, version) for version, folder in versions}
    base = _server_yaml(zone)
    try:
        if twice:
            raise ValueError(message("Q01", "version_twice", version=twice[0][:40]))
        content = edit_emulators(base, emulators, default)
    except FileFault as error:
        raise Refused.because(_unreadable(zone_id, error)) from None
    except ValueError as error:
        raise Refused.because(message("Q01", "wrong_versions", reason=error), field="versions") from None
    file = {"node_id": "", "address": "", "path": FILE, "base": base, "content": content}
    return make_change(
        zone, Change.Kind.QEMU, [file], actor, instead_of=instead_of, emulators=emulators, default=default
    )


def usual_folder(zone: Zone, version: str) -> str:
    """Return the default folder of a version: that of the system for the zone's own, a separate one for others."""
    return SYSTEM_BIN if version == zone.qemu_version else f"/opt/qemu-{version}/usr/bin"


def incremental_packages(emulators: Mapping[str, str]) -> dict[str, str]:
    """Return the package of each version that lies outside the system; its file may be missing."""
    return {version: f"qemu-{version}" for version, folder in emulators.items() if folder != SYSTEM_BIN}


def apply_qemu_version(*, zone_id: str, actor: Actor, change_id: str = "", content_hash: str = "") -> Job:
    """Start the maintenance: server.yaml, pitrix-global-conf, incremental packages for hypers, then all nodes.

    ``change_id`` and ``content_hash`` say which change was reviewed: another one is not written. Raises
    :class:`Busy`, :class:`Outdated`, and :class:`Refused` without an approved change.
    """
    zone = find_zone(zone_id)
    if holder(zone.exclusive_scope):
        raise busy(zone.exclusive_scope)
    change = named_change(zone, Change.Kind.QEMU, change_id=change_id, content_hash=content_hash)
    if change is None:
        raise Refused.because(message("Q02", zone=zone_id))
    job = submit(
        action="set_qemu_version",
        targets=targets(_in_service(zone)),
        actor=actor,
        zone_id=zone.zone_id,
        exclusive_scope=zone.exclusive_scope,
        params={"change_id": change.change_id, "packages": [GLOBAL_CONF]},
        phase_targets={"qemu": targets(hypers_of(zone))},
    )
    Change.objects.filter(pk=change.pk).update(job_id=job.job_id)
    return job


def old_hypers(zone: Zone, version: str) -> list[Node]:
    """Return the hypers in service that do not run this version: they get its package."""
    return [node for node in hypers_of(zone) if node.qemu_version != version]


def _hypers() -> QuerySet[Node]:
    return Node.objects.filter(role__role__startswith="hyper-", status=NodeStatus.ACTIVE)


def _in_service(zone: Zone) -> list[Node]:
    return read_group_in_service("all", zone_id=zone.zone_id)


def _server_yaml(zone: Zone) -> str:
    return ZoneFile.objects.filter(zone=zone, path=FILE).values_list("content", flat=True).first() or ""
