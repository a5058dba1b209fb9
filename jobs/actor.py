"""Who does something, and through which face."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or ``system``) and the face: ``command``, ``api``, ``admin`` or ``engine``."""

    name: str
    via: str
    address: str = ""


SYSTEM = Actor(name="system", via="engine")
