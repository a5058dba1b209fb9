"""The script that has BOSS V2 recount a zone. Pure."""

from __future__ import annotations

from operations.scripts import component_script


def boss_script() -> str:
    """Return ``django_manage.sh rebuild_cache`` of BOSS V2, as the platform's runbook has it."""
    return component_script("boss_cache")
