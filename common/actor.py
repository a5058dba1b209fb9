"""Who performs an action, and through which interface."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or ``system``) and the interface used: ``command``, ``api``, ``admin`` or ``engine``.

    ``decides``: has the rights of an approver. ``login``: the account that was signed in to the machine, as the kernel
    keeps it through sudo and su; ``account``: the account that the process runs as, unless that is root.
    """

    name: str
    via: str
    address: str = ""
    decides: bool = False
    login: str = ""
    account: str = ""

    @property
    def signs(self) -> frozenset[str]:
        """Return the names under which this person's changes are recorded."""
        return frozenset({self.name, self.login} - {""})

    @property
    def names(self) -> frozenset[str]:
        """Return every name this person may be known by; a change under any of them is by the same person."""
        return self.signs | frozenset({self.account} - {""})


SYSTEM = Actor(name="system", via="engine")
