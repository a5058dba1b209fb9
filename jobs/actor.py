"""Who does something, and through which face."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or ``system``) and the face: ``command``, ``api``, ``admin`` or ``engine``.

    ``decides``: may do what approvers may.
    """

    name: str
    via: str
    address: str = ""
    decides: bool = False


SYSTEM = Actor(name="system", via="engine")
