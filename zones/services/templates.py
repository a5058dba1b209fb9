"""copy_template: configuration files to start from: templates with a comment on each field, and example zones."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from common.errors import Finding, Refused
from common.messages import message
from common.pasted import refuse_pasted
from zones.core.documents.reader import NAME

FOLDER = Path(__file__).parents[1] / "templates"
TEMPLATES = ("variables", "settings", "scale_settings")
NEW_ZONE = ("variables", "settings")
ARCHIVES = Path(__file__).parents[1] / "archives"


@dataclass(frozen=True, slots=True)
class Archive:
    """An example zone of the runbook: ``name`` is MODE/ZONE, ``about`` describes what it consists of."""

    name: str
    deploy_mode: str
    zone_id: str
    about: str


def list_archives() -> list[Archive]:
    """Return the example zones, by mode and zone."""
    found = []
    for path in sorted(ARCHIVES.glob("*/*/settings.*.yaml")):
        mode, zone_id = path.parts[-3:-1]
        about = path.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        found.append(Archive(f"{mode}/{zone_id}", mode, zone_id, about))
    return found


def archive_texts(name: str, zone_id: str = "") -> dict[str, str]:
    """Return the files of an example zone, text by file name; for another zone where ``zone_id`` names one.

    Raises:
        Refused: T04 there is no such example, T02 the zone id is malformed.
    """
    known = {archive.name: archive for archive in list_archives()}
    archive = known.get(name.strip("/"))
    if archive is None:
        refuse_pasted([name], field="archive")
        raise Refused.because(message("T04", name=name[:60], known=known), field="archive")
    wanted = zone_id or archive.zone_id
    _check_zone(wanted)
    folder = ARCHIVES / archive.deploy_mode / archive.zone_id
    # The zone's id as a word, also at the beginning of host names: devops1ar01n01.
    own = re.compile(rf"(?<![a-z0-9-]){re.escape(archive.zone_id)}(?=r[0-9]|[^a-z0-9-]|$)", re.MULTILINE)
    return {
        f"{stem}.{wanted}.yaml": own.sub(
            wanted, (folder / f"{stem}.{archive.zone_id}.yaml").read_text(encoding="utf-8")
        )
        for stem in NEW_ZONE
    }


def template_text(template: str, zone_id: str) -> str:
    """Return the text of ``TEMPLATE.ZONE_ID.yaml`` to start from. Raises :class:`Refused`."""
    if template not in TEMPLATES:
        raise Refused.because(message("T01", template=template[:40], known=TEMPLATES))
    _check_zone(zone_id)
    return (FOLDER / f"{template}.template.yaml").read_text(encoding="utf-8").replace("ZONE_ID", zone_id)


def _check_zone(zone_id: str) -> None:
    if not NAME.fullmatch(zone_id):
        raise Refused.because(message("T02", zone=zone_id[:60]), field="zone_id")


def copy_template(*, zone_id: str, templates: Sequence[str] = NEW_ZONE, folder: Path) -> list[Path]:
    """Write ``TEMPLATE.ZONE_ID.yaml`` into the folder for each template and return the paths written.

    A file that exists is never overwritten: nothing is written then. Raises :class:`Refused`, ``OSError``.
    """
    return _write({f"{name}.{zone_id}.yaml": template_text(name, zone_id) for name in templates}, folder)


def copy_archive(*, archive: str, zone_id: str = "", folder: Path) -> list[Path]:
    """Write the two files of an example zone into the folder and return their paths; as :func:`copy_template`."""
    return _write(archive_texts(archive, zone_id), folder)


def _write(files: Mapping[str, str], folder: Path) -> list[Path]:
    texts = {folder / name: text for name, text in files.items()}
    there = [
        Finding(message("T03", path=path), file=str(path))
        for path in texts
        if path.exists() or path.is_symlink()
    ]
    if there:
        raise Refused(there)
    folder.mkdir(parents=True, exist_ok=True)
    for path, text in texts.items():
        with path.open("x", encoding="utf-8") as handle:
            handle.write(text)
    return list(texts)
