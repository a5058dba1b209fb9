"""Configuration files as they come in: read, paired by zone, refused with every finding."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from jobs.errors import Finding, Refused
from zones.core.documents import SettingsDocument, VariablesDocument, load_settings, load_variables
from zones.core.request import Documents


@dataclass(frozen=True, slots=True)
class ConfigFile:
    """A file as given: its name (a path is cut to its last part) and its bytes."""

    name: str
    data: bytes

    @property
    def base_name(self) -> str:
        """The name without folders."""
        return PurePath(self.name).name

    def as_source(self) -> dict[str, str]:
        """What is kept with the plan: name, SHA-256 and text."""
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


def read_files(
    variables: Sequence[ConfigFile], settings: Sequence[ConfigFile], *, adopt: bool = False
) -> list[ZoneFiles]:
    """The files paired by zone, in the order of the settings. Raises :class:`Refused` with all findings."""
    findings: list[Finding] = []
    loaded_variables: dict[str, tuple[VariablesDocument, ConfigFile]] = {}
    for file in variables:
        document, found = load_variables(file.base_name, file.data)
        findings += found
        if document is not None:
            loaded_variables[document.zone_id] = (document, file)
    loaded_settings: list[tuple[SettingsDocument, str, ConfigFile]] = []
    for file in settings:
        kind = _kind(file, adopt)
        loaded, found = load_settings(file.base_name, file.data, kind)
        findings += found
        if loaded is not None:
            loaded_settings.append((loaded, kind, file))
    if not any(item.level == "error" for item in findings):
        findings += _unpaired(loaded_variables, loaded_settings)
    if any(item.level == "error" for item in findings):
        raise Refused(findings)
    return [
        _zone_files(settings_document, kind, file, loaded_variables, tuple(findings))
        for settings_document, kind, file in loaded_settings
    ]


def _kind(file: ConfigFile, adopt: bool) -> str:
    if adopt:
        return "adopt"
    return "scale" if file.base_name.startswith("scale_settings") else "zone"


def _zone_files(
    document: SettingsDocument,
    kind: str,
    file: ConfigFile,
    variables: dict[str, tuple[VariablesDocument, ConfigFile]],
    findings: tuple[Finding, ...],
) -> ZoneFiles:
    names = {file.base_name}
    sources = [file]
    found = variables.get(document.zone_id) if kind != "scale" else None
    if found:
        names.add(found[1].base_name)
        sources.insert(0, found[1])
    return ZoneFiles(
        zone_id=document.zone_id,
        documents=Documents(
            kind=kind,
            settings=document,
            variables=found[0] if found else None,
            findings=tuple(item for item in findings if not item.file or item.file in names),
        ),
        sources=tuple(sources),
    )


def _unpaired(
    variables: dict[str, tuple[VariablesDocument, ConfigFile]],
    settings: Sequence[tuple[SettingsDocument, str, ConfigFile]],
) -> list[Finding]:
    """A new zone needs both files; a zone is named once."""
    found: list[Finding] = []
    seen: set[str] = set()
    for document, kind, file in settings:
        if document.zone_id in seen:
            found.append(
                Finding(
                    "P02",
                    f"zone {document.zone_id} is given twice",
                    "give each zone once",
                    file=file.base_name,
                )
            )
        seen.add(document.zone_id)
        if kind != "scale" and document.zone_id not in variables:
            found.append(
                Finding(
                    "P03",
                    f"zone {document.zone_id} has a settings file but no variables file",
                    f"give variables.{document.zone_id}.yaml too; to add nodes to a zone that exists, "
                    f"name the file scale_settings.{document.zone_id}.yaml",
                    file=file.base_name,
                )
            )
    for zone_id, (_, file) in variables.items():
        if zone_id not in seen:
            found.append(
                Finding(
                    "P04",
                    f"zone {zone_id} has a variables file but no settings file",
                    f"give settings.{zone_id}.yaml too",
                    file=file.base_name,
                )
            )
    if not settings and not variables:
        found.append(Finding("P01", "no configuration file is given", "give -s FILE, or -v FILE and -s FILE"))
    return found
