"""Packages on nodes in service: building pitrix-global-conf, and installing packages on a group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import F

from common.messages import message
from common.ssh import Endpoint
from jobs.context import StepContext, StepFailed
from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from jobs.remote import run_component
from nodes.endpoints import endpoint_of
from nodes.models import Node
from operations.copy_files import put_files, write_file
from operations.packages.core import Package
from operations.packages.vendor import GLOBAL_CONF, conf_package, vendor_packages
from operations.scripts import PACKAGE_FOLDER, component_script
from zones.models import Zone


@dataclass(frozen=True, slots=True)
class Delivery:
    """Packages for one node: our own by content, a site's by path."""

    endpoint: Endpoint
    own: tuple[tuple[str, bytes], ...]
    vendor: tuple[Path, ...]
    script: str


def register_actions() -> None:
    """Register the jobs with the engine."""
    register(Action("build_global_conf", (build_phase(),), started=count_build))
    register(Action("update_nodes", (update_phase(),)))


def build_phase() -> Phase:
    """Return the phase build_global_conf, on the installer."""
    return Phase("build_global_conf", build, prepare=prepare_build, per_node=False)


def update_phase() -> Phase:
    """Return the phase update_nodes: the packages of ``params["packages"]``."""
    return Phase("update_nodes", update, prepare=prepare_update, timeout_s=1800)


def count_build(job: Job) -> None:
    """Count the build, so that its version is above the one before."""
    Zone.objects.filter(zone_id=job.zone_id).update(conf_builds=F("conf_builds") + 1)


def prepare_build(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return the package, and the path it is written to."""
    package = conf_package(Zone.objects.get(zone_id=job.zone_id))
    return {"": (settings.DATA_DIR / "build" / job.zone_id / package.file_name, package.data, package.sha256)}


def build(context: StepContext, payload: tuple[Path, bytes, str]) -> None:
    """Write the package where people can inspect it."""
    path, data, sha256 = payload
    context.begin_component("build")
    write_file(context, path, data)
    context.log(f"{path.name}: {len(data)} bytes, sha256 {sha256}")


def prepare_update(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return a :class:`Delivery` by node id. Raises :class:`Refused` when a package is gone."""
    names = list(job.params["packages"])
    vendor = vendor_packages(name for name in names if name != GLOBAL_CONF)
    nodes = Node.objects.filter(node_id__in=[step.target for step in steps]).select_related("role__zone")
    built: dict[str, Package] = {}
    found = {}
    for node in nodes:
        zone = node.role.zone
        if GLOBAL_CONF in names and zone.zone_id not in built:
            built[zone.zone_id] = conf_package(zone)
        own = [built[zone.zone_id]] if GLOBAL_CONF in names else []
        found[node.node_id] = delivery(node, own, vendor)
    return found


def delivery(node: Node, own: Sequence[Package], vendor: Sequence[Path]) -> Delivery:
    """Return what is copied to the node and installed there."""
    lines = "\n".join(f"{item.name}|{item.version}|{item.file_name}" for item in own)
    files = "\n".join(path.name for path in vendor)
    script = component_script(
        "update_nodes",
        package_folder=PACKAGE_FOLDER,
        packages=lines,
        site_files=files,
        steady_s=str(settings.INSTALLER_STEADY_S),
    )
    return Delivery(
        endpoint_of(node),
        tuple((item.file_name, item.data) for item in own),
        tuple(vendor),
        script,
    )


def update(context: StepContext, work: Delivery | None) -> None:
    """Copy the packages over, then install them. Raises StepFailed, StepStopped."""
    if work is None:
        raise StepFailed(message("N60", "node"))
    context.begin_component(context.phase)
    put_files(context, work.endpoint, [*((path.name, path) for path in work.vendor), *work.own])
    run_component(context, work.endpoint, context.phase, work.script)
