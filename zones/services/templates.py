"""copy_template: a new configuration file for a zone, with a comment on each field."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from jobs.errors import Finding, Refused
from zones.core.documents.reader import NAME

FOLDER = Path(__file__).parents[1] / "templates"
TEMPLATES = ("variables", "settings", "scale_settings")
NEW_ZONE = ("variables", "settings")


def template_text(template: str, zone_id: str) -> str:
    """The text of ``TEMPLATE.ZONE_ID.yaml`` to begin with. Raises :class:`Refused`."""
    if template not in TEMPLATES:
        raise Refused.because(
            "T01", f"there is no template {template[:40]!r}", f"use one of {', '.join(TEMPLATES)}"
        )
    if not NAME.fullmatch(zone_id):
        raise Refused.because(
            "T02", f"{zone_id[:60]!r} is no zone id", "use small letters, digits and hyphens", field="zone_id"
        )
    return (FOLDER / f"{template}.template.yaml").read_text(encoding="utf-8").replace("ZONE_ID", zone_id)


def copy_template(*, zone_id: str, templates: Sequence[str] = NEW_ZONE, folder: Path) -> list[Path]:
    """Write ``TEMPLATE.ZONE_ID.yaml`` into the folder for each template: the paths written.

    A file that exists is never overwritten: nothing is written then. Raises :class:`Refused`, ``OSError``.
    """
    texts = {folder / f"{name}.{zone_id}.yaml": template_text(name, zone_id) for name in templates}
    there = [
        Finding(
            "T03", f"{path} exists already", "remove it, or choose another folder with -o", file=str(path)
        )
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
