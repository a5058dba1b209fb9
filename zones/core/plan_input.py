"""What a person asks for: the loaded files of one zone, and the choices made beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from common.errors import Finding
from zones.core.documents import SettingsDocument, VariablesDocument


@dataclass(frozen=True, slots=True)
class Documents:
    """``kind`` scale: settings only. zone, adopt: settings and variables. ``findings`` are those of loading."""

    kind: str
    settings: SettingsDocument
    variables: VariablesDocument | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class VpoolChoice:
    """A layout chosen instead of the advised one; ``stripe`` over several disks needs the reason."""

    layout: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """Choices and knowledge from outside the files.

    ``occupied``: addresses that answered in use. ``force``: configure a configured zone again. ``rekey_from``: the
    zone's former id when ``zone_id`` changed, ``rekey_confirmed`` once a person confirmed the list.
    ``vpool``: by management address. ``global_web_services``: hosts of the global site, for haproxy.
    """

    occupied: frozenset[str] = frozenset()
    force: bool = False
    rekey_from: str = ""
    rekey_confirmed: bool = False
    vpool: Mapping[str, VpoolChoice] = field(default_factory=dict)
    global_web_services: tuple[str, ...] = ()
    global_site_protocol: str = "https"
