"""Who does something, and through which face."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or ``system``) and the face: ``command``, ``api``, ``admin`` or ``engine``.

    ``decides``: may do what approvers may. ``login``: the account that was signed in to the machine, as the kernel
    keeps it through sudo and su; ``account``: the one that the process runs as, unless that is root.
    """

    name: str
    via: str
    address: str = ""
    decides: bool = False
    login: str = ""
    account: str = ""

    @property
    def signs(self) -> frozenset[str]:
        """Names under which a change is kept as this person's."""
        return frozenset({self.name, self.login} - {""})

    @property
    def names(self) -> frozenset[str]:
        """Every name that this person may be known by: who made a change under one of them is the same person."""
        return self.signs | frozenset({self.account} - {""})


SYSTEM = Actor(name="system", via="engine")
