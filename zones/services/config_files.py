"""Read uploaded configuration files, pair them by zone, and refuse them with every finding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from common.errors import Finding
from common.messages import message
from zones.core.documents import SettingsDocument, VariablesDocument, load_settings, load_variables
from zones.core.documents.names import settings_kind
from zones.core.plan_input import Documents


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file as given: its name (a path is cut to its last part) and its bytes."""

    name: str
    data: bytes

    @property
    def base_name(self) -> str:
        """Return the name without folders."""
        return PurePath(self.name).name

    def as_source(self) -> dict[str, str]:
        """Return what is stored with the plan: name, SHA-256 and text."""
        return {
            "name": self.base_name,
            "sha256": hashlib.sha256(self.data).hexdigest(),
            "text": self.data.decode("utf-8", "replace"),
        }


@dataclass(frozen=True, slots=True)
class ZoneFiles:
    """The files of one zone, and the documents in them."""

    zone_id: str
    documents: Documents
    sources: tuple[ConfigFile, ...]


@dataclass(frozen=True, slots=True)
class Loaded:
    """What could be read, and findings about what could not (or has no counterpart)."""

    zones: tuple[ZoneFiles, ...]
    findings: tuple[Finding, ...]


_Variables = dict[str, tuple[VariablesDocument, ConfigFile, list[Finding]]]


def read_files(
    variables: Sequence[ConfigFile], settings: Sequence[ConfigFile], *, adopt: bool = False
) -> Loaded:
    """Read the files and pair them by zone, in the order of the settings; nothing is refused yet.

    A file with findings that is still readable is checked by the rules all the same, so that every problem is reported at
    once.
    """
    lost: list[Finding] = []
    by_zone: _Variables = {}
    for file in variables:
        document, found = load_variables(file.base_name, file.data)
        if document is None:
            lost += found
        elif document.zone_id in by_zone:
            first = by_zone[document.zone_id][1].base_name
            lost.append(
                Finding(
                    message("R15", "variables_twice", zone=document.zone_id, other=first),
                    file=file.base_name,
                )
            )
        else:
            by_zone[document.zone_id] = (document, file, found)
    zones: list[ZoneFiles] = []
    for file in settings:
        kind = "adopt" if adopt else settings_kind(file.base_name, with_variables=bool(variables))
        loaded, found = load_settings(file.base_name, file.data, kind)
        if loaded is None:
            lost += found
        else:
            zones.append(_zone_files(loaded, kind, file, found, by_zone))
    if not lost:
        lost += _unpaired(by_zone, zones)
    return Loaded(tuple(zones), tuple(lost))


def _zone_files(
    document: SettingsDocument, kind: str, file: ConfigFile, findings: list[Finding], variables: _Variables
) -> ZoneFiles:
    found = variables.get(document.zone_id) if kind != "scale" else None
    return ZoneFiles(
        zone_id=document.zone_id,
        documents=Documents(
            kind=kind,
            settings=document,
            variables=found[0] if found else None,
            findings=(*(found[2] if found else ()), *findings),
        ),
        sources=(found[1], file) if found else (file,),
    )


def _unpaired(variables: _Variables, zones: Sequence[ZoneFiles]) -> list[Finding]:
    """Check that a new zone has both files."""
    found: list[Finding] = []
    for item in zones:
        if item.documents.kind != "scale" and item.documents.variables is None:
            found.append(Finding(message("F02", zone=item.zone_id), file=item.sources[-1].base_name))
    used = {item.zone_id for item in zones if item.documents.kind != "scale"}
    for zone_id, (_, file, own) in variables.items():
        if zone_id not in used:
            found += own
            found.append(Finding(message("F03", zone=zone_id), file=file.base_name))
    if not zones and not variables:
        found.append(Finding(message("F01")))
    return found
