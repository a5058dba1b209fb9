"""Packages outside a plan: the zone's current configuration, and what a site put into its data folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from common.errors import Refused
from common.messages import message
from operations.packages.core import Package, global_conf
from zones.models import Plan, Zone, ZoneFile
from zones.states import PlanStatus

GLOBAL_CONF = "pitrix-global-conf"


def conf_package(zone: Zone) -> Package:
    """Build ``pitrix-global-conf`` from the zone's files; its version grows with every plan and change applied."""
    files = dict(ZoneFile.objects.filter(zone=zone).values_list("path", "content"))
    applied = Plan.objects.filter(zone=zone, status=PlanStatus.APPLIED).order_by("-revision").first()
    revision = applied.revision if applied else 0
    digest = hashlib.sha256("\0".join(f"{path}\0{files[path]}" for path in sorted(files)).encode())
    version = f"{revision}.{zone.conf_builds}+{digest.hexdigest()[:8]}"
    return global_conf(zone.zone_id, version, files)


def vendor_package(name: str) -> Path | None:
    """Return the newest ``NAME_*.deb`` in ``packages/`` of the data folder or a folder in it."""
    folder = settings.DATA_DIR / "packages"
    found = [path for path in folder.rglob(f"{name}_*.deb") if path.is_file()]
    return max(found, key=_age, default=None)


def vendor_packages(names: Iterable[str]) -> list[Path]:
    """Return the file of each package. Raises :class:`Refused` when one is gone."""
    found = {name: vendor_package(name) for name in names}
    gone = [name for name, path in found.items() if path is None]
    if gone:
        raise Refused.because(message("I01", "gone", names=gone))
    return [path for path in found.values() if path]


def list_packages() -> list[tuple[str, str]]:
    """List name and file name of the packages that can be installed on nodes in service, sorted by name."""
    found: dict[str, Path] = {}
    for path in (settings.DATA_DIR / "packages").rglob("*_*_*.deb"):
        name = path.name.partition("_")[0]
        known = found.get(name)
        if path.is_file() and (known is None or _age(path) > _age(known)):
            found[name] = path
    return sorted((name, path.name) for name, path in found.items())


def _age(path: Path) -> tuple[float, str]:
    return path.stat().st_mtime, path.name
