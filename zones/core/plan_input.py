"""The input of a plan: the loaded files of one zone, and the options of the request."""

from __future__ import annotations

from dataclasses import dataclass

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
class Options:
    """Choices and knowledge from outside the files.

    ``occupied``: addresses that answered in use. ``force``: configure a configured zone again.
    """

    occupied: frozenset[str] = frozenset()
    force: bool = False
