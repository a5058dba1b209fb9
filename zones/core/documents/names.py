"""File names of configuration files (rule R15)."""

from __future__ import annotations

import re

from common.errors import Finding
from common.messages import message

KINDS = ("scale", "zone", "adopt")
_PATTERN = re.compile(r"(variables|settings|scale_settings)\.([a-z0-9][a-z0-9-]{0,31})\.yaml", re.ASCII)
# The zone in a name that is wrong elsewhere: scale-settings.pek3c.yml, "settings.pek3c (1).yaml".
_ZONE_INSIDE = re.compile(r"[^.]+\.([a-z0-9][a-z0-9-]{0,31})[^a-z0-9-].*", re.ASCII)


def settings_kind(name: str, *, with_variables: bool) -> str:
    """Return the kind of a settings file by its name: ``scale`` adds nodes to a zone, ``zone`` makes one.

    The kind of any other name follows from its use: a new zone comes with a variables file.
    """
    match = _PATTERN.fullmatch(_base(name))
    if match:
        return "scale" if match.group(1) == "scale_settings" else "zone"
    return "scale" if _base(name).lower().startswith("scale") or not with_variables else "zone"


def _base(name: str) -> str:
    return re.split(r"[\\/]", name)[-1]


def expected_stem(kind: str) -> str:
    """Return the first part of the name of a settings file of that kind."""
    return "scale_settings" if kind == "scale" else "settings"


def check_name(name: str, stem: str, zone_id: str, line: int | None) -> list[Finding]:
    """Check that ``name`` is ``STEM.ZONE_ID.yaml`` with the zone of the content; R15."""
    base = _base(name)
    match = _PATTERN.fullmatch(base)
    inside = match.group(2) if match else ""
    if not match and (found := _ZONE_INSIDE.fullmatch(base)):
        inside = found.group(1)
    wanted = f"{stem}.{zone_id or inside or 'ZONE_ID'}.yaml"
    if match is None:
        said = message("R15", "no_zone_in_name", name=base[:80], wanted=wanted)
        if zone_id and inside == zone_id:
            said = message("R15", "misspelt_name", name=base[:80], stem=stem, wanted=wanted)
        return [Finding(said, file=name)]
    findings = []
    if match.group(1) != stem:
        findings.append(
            Finding(
                message("R15", "other_kind", kind=match.group(1), wanted_kind=stem, wanted=wanted), file=name
            )
        )
    if zone_id and match.group(2) != zone_id:
        findings.append(
            Finding(
                message("R15", "other_zone", zone=match.group(2), content_zone=zone_id, wanted=wanted),
                field="zone_id",
                file=name,
                line=line,
            )
        )
    return findings
