"""File names of configuration files (rule R15)."""

from __future__ import annotations

import re

from jobs.errors import Finding

KINDS = ("scale", "zone", "adopt")
_PATTERN = re.compile(r"(variables|settings|scale_settings)\.([a-z0-9][a-z0-9-]{0,31})\.yaml", re.ASCII)


def expected_stem(kind: str) -> str:
    """First part of the name of a settings file of that kind."""
    return "scale_settings" if kind == "scale" else "settings"


def check_name(name: str, stem: str, zone_id: str, line: int | None) -> list[Finding]:
    """Findings when ``name`` is not ``STEM.ZONE_ID.yaml`` with the zone of the content; R15."""
    base = re.split(r"[\\/]", name)[-1]
    match = _PATTERN.fullmatch(base)
    wanted = f"{stem}.{zone_id or 'ZONE_ID'}.yaml"
    if match is None:
        detail = f"the file name {base[:80]!r} does not carry the zone in the middle"
        return [Finding("R15", detail, f"rename it to {wanted}", file=name)]
    findings = []
    if match.group(1) != stem:
        detail = f"a {match.group(1)} file was given where a {stem} file belongs"
        findings.append(Finding("R15", detail, f"give {wanted}", file=name))
    if zone_id and match.group(2) != zone_id:
        detail = f"the file name says zone {match.group(2)}, its content says {zone_id}"
        findings.append(
            Finding("R15", detail, "correct the name or zone_id", field="zone_id", file=name, line=line)
        )
    return findings
