"""Build the scripts and packages of each node from the approved files of a plan."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext

from common.errors import Refused
from common.messages import message
from common.ssh import Endpoint
from nodes.endpoints import endpoint_of
from nodes.erasing.checks import Target, target_of
from nodes.erasing.script import identity_functions
from nodes.models import Node
from operations.packages.core import Package, global_conf, programs_of, role_conf
from operations.scripts import INSTALL_COMPONENTS, PACKAGE_FOLDER, component_script
from zones.models import Plan
from zones.services.lookups import locked_plan

COMPONENTS = (*INSTALL_COMPONENTS, "update_nodes", "verify")


@dataclass(frozen=True)
class NodeWork:
    """Everything the phases need for one node; no database behind it."""

    endpoint: Endpoint
    scripts: dict[str, str]
    packages: tuple[Package, ...] = ()
    vendor_packages: tuple[Path, ...] = ()
    # Disks that are erased before they are formatted, and the mark by which the node remembers that it is done.
    erase: tuple[Target, ...] = ()
    erase_mark: str = ""


def vendor_folder(role: str) -> Path:
    """Return the folder for the platform's own packages of a role: a site fills it, they are installed along with ours."""
    return settings.DATA_DIR / "packages" / role


def plan_version(plan: Plan) -> str:
    """Return the version of a plan's packages: it grows with the revision and identifies the content."""
    return f"{plan.revision}.0+{plan.content_hash[:8]}"


@dataclass(frozen=True)
class PlanContent:
    """A plan with its files; packages are built once for each role."""

    plan: Plan
    files: Mapping[str, str]
    _packages: dict[tuple[str, ...], tuple[Package, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan) -> Self:
        """Read the files of the plan."""
        return cls(plan, dict(plan.files.values_list("path", "content")))

    def packages(self, role: Mapping[str, Any]) -> tuple[Package, ...]:
        """Return the packages of a node with that role, in the order of installation."""
        key = (role["role"], *role["sub_roles"])
        if key not in self._packages:
            version, zone_id = plan_version(self.plan), self.plan.zone.zone_id
            self._packages[key] = (
                global_conf(zone_id, version, self.files),
                role_conf(role["role"], role["sub_roles"], version),
            )
        return self._packages[key]


def content_of(plan_id: str) -> PlanContent:
    """Return the content of a plan as it is now; a process reads it once. Raises :class:`Refused` when it was deleted."""
    while True:
        now = Plan.objects.filter(plan_id=plan_id).values_list("content_hash", "created_at").first()
        if now is None:
            raise Refused.because(message("P10", "gone", plan=plan_id))
        content = _read(plan_id, *now)
        if content.plan.content_hash == now[0]:
            return content
        # It was changed in this moment.
        _read.cache_clear()


@lru_cache(maxsize=1)
def _read(plan_id: str, content_hash: str, created_at: datetime) -> PlanContent:
    """Read the plan, which nobody changes meanwhile. The hash covers all that is read; an id may be used again."""
    with transaction.atomic():
        return PlanContent.of(locked_plan(plan_id))


def work_of(
    content: PlanContent, nodes: Sequence[Node], components: Sequence[str] = COMPONENTS
) -> dict[str, NodeWork]:
    """Return :class:`NodeWork` with the scripts of these components by node id.

    Raises :class:`Refused` for a node without settings in the plan.
    """
    plan, files = content.plan, content.files
    found = {}
    for node in nodes:
        role = plan.roles.get(str(node.mgmt_address))
        text = files.get(f"settings/{role['hostname']}") if role else None
        if role is None or text is None:
            raise Refused.because(
                message("P41", "no_settings", node=node, plan=plan.plan_id), node=str(node.mgmt_address)
            )
        packages = content.packages(role)
        vendor = tuple(sorted(vendor_folder(role["role"]).glob("*.deb")))
        found[node.node_id] = NodeWork(
            endpoint=endpoint_of(node),
            scripts=_scripts(content, role, node, vendor, components),
            packages=packages,
            vendor_packages=vendor,
            erase=tuple(target_of(disk) for disk in role.get("erase", ())),
            erase_mark=_erase_mark(plan, role.get("erase", ())),
        )
    return found


def _erase_mark(plan: Plan, disks: Sequence[Mapping[str, Any]]) -> str:
    """Return the erase mark: the same for every edit and job of the plan, different for another preview of the disks."""
    return f"{plan.plan_id}.{hashlib.sha256(json.dumps(disks, sort_keys=True).encode()).hexdigest()[:12]}"


def _scripts(
    content: PlanContent, role: dict[str, Any], node: Node, vendor: Sequence[Path], components: Sequence[str]
) -> dict[str, str]:
    plan, files, packages = content.plan, content.files, content.packages(role)
    text = files[f"settings/{role['hostname']}"]
    steady_s = str(settings.INSTALLER_STEADY_S)
    values = {
        "os": {"settings_file": text, "hosts_file": files.get("hosts", "")},
        "network": {"plan_id": plan.plan_id},
        "disk": {"disk_identities": "\n".join(plan.disk_identities.get(node.node_id, []))},
        "update_nodes": {
            "steady_s": steady_s,
            "package_folder": PACKAGE_FOLDER,
            "site_files": "\n".join(path.name for path in vendor),
            "packages": "\n".join(f"{item.name}|{item.version}|{item.file_name}" for item in packages),
        },
        "verify": {"steady_s": steady_s, "programs": " ".join(programs_of(role["role"], role["sub_roles"]))},
    }
    try:
        return {
            name: component_script(name, text, functions=_functions(name), **values.get(name, {}))
            for name in components
        }
    except ValueError as error:
        raise Refused.because(
            message("D17", "of_node", node=node, plan=plan.plan_id, reason=error),
            node=str(node.mgmt_address),
        ) from None


def _functions(component: str) -> str:
    """Return the functions that recognise a disk: the same for erasing and for formatting."""
    return identity_functions() if component == "disk" else ""


def describe_work(plan: Plan, nodes: Sequence[Node]) -> list[dict[str, Any]]:
    """Describe every script for every node, in the order of the phases: what --dry-run prints."""
    work = work_of(PlanContent.of(plan), nodes)
    rows: list[dict[str, Any]] = []
    built = {package.file_name: package for item in work.values() for package in item.packages}
    rows += [
        _row(
            "installer",
            "build_pkgs",
            "",
            gettext("build %(name)s (sha256 %(sum)s)") % {"name": name, "sum": package.sha256},
        )
        for name, package in built.items()
    ]
    phases = [("install_nodes", name) for name in INSTALL_COMPONENTS]
    phases += [("update_nodes", "update_nodes"), ("verify", "verify")]
    for phase, component in phases:
        for node in nodes:
            address, item = str(node.mgmt_address), work[node.node_id]
            if component == "disk" and item.erase:
                rows.append(_row(address, phase, "erase", _erased(item)))
            if component == "update_nodes":
                rows.append(_row(address, phase, "copy", _copied(item)))
            rows.append(_row(address, phase, component, item.scripts[component]))
    routes = gettext("write the return routes to log/deploy/vbc_route_JOB_ID")
    rows.append(_row("installer", "vbc_route", "", routes))
    return rows


def _copied(work: NodeWork) -> str:
    """Describe the packages that go to a node: ours by content, those of the site by file."""
    lines = [f"{package.file_name} (sha256 {package.sha256})" for package in work.packages]
    of_site = gettext("%(name)s (%(size)s bytes, provided by this site)")
    lines += [of_site % {"name": path.name, "size": path.stat().st_size} for path in work.vendor_packages]
    return "\n".join([gettext("copy to %(folder)s:") % {"folder": PACKAGE_FOLDER}, *lines])


def _erased(work: NodeWork) -> str:
    """Describe what is erased: the script itself is written once the node was collected again, with its disks and contents."""
    empty = gettext("empty")
    lines = [
        f"{target.label}: {', '.join(target.lost or target.signatures) or empty}" for target in work.erase
    ]
    return "\n".join([gettext("check again, then erase (quick):"), *lines])


def _row(node: str, phase: str, component: str, command: str) -> dict[str, Any]:
    return {"node": node, "phase": phase, "component": component, "command": command}
