"""Layout of the ZFS pool ``vpool`` on hyper-repl nodes: advice with its reason, and checks of another choice.

======  =============================================================
P01     ``stripe`` over several disks was chosen without a reason
P02     a layout that the number of disks does not allow
======  =============================================================

The words after the pool's name are those of zpool-create(8).
"""

from __future__ import annotations

from dataclasses import dataclass

from jobs.errors import Finding
from zones.core.request import VpoolChoice

LAYOUTS = ("stripe", "mirror", "raidz")


@dataclass(frozen=True, slots=True)
class VpoolAdvice:
    """``layout`` and why."""

    layout: str
    reason: str


def advise_vpool(count: int) -> VpoolAdvice:
    """What fits ``count`` SSDs; a reference that an engineer may change.

    Raises:
        ValueError: there is no disk.
    """
    if count < 1:
        raise ValueError("a vpool needs at least one SSD")
    if count == 1:
        return VpoolAdvice("stripe", "one SSD leaves no choice; a failed disk loses its data")
    if count == 2:
        return VpoolAdvice("mirror", "two SSDs: either may fail")
    if count % 2 == 0:
        return VpoolAdvice(
            "mirror", f"{count} SSDs in mirrored pairs: one of each pair may fail, fast to rebuild"
        )
    return VpoolAdvice("raidz", f"{count} SSDs cannot be paired: any one may fail, one disk's space is spent")


def vpool_vdevs(layout: str, disks: tuple[str, ...]) -> str:
    """The vdev words of ``zpool create vpool``: ``mirror A B mirror C D``."""
    if layout == "stripe":
        return " ".join(disks)
    if layout == "raidz":
        return " ".join(("raidz", *disks))
    pairs = [disks[index : index + 2] for index in range(0, len(disks), 2)]
    return " ".join(" ".join(("mirror", *pair)) for pair in pairs)


def check_vpool(address: str, hostname: str, count: int, choice: VpoolChoice) -> list[Finding]:
    """Findings about a layout that was chosen for ``count`` SSDs of one node."""
    allowed = {"stripe": count >= 1, "mirror": count >= 2 and count % 2 == 0, "raidz": count >= 3}
    if not allowed.get(choice.layout, False):
        possible = ", ".join(layout for layout in LAYOUTS if allowed[layout])
        detail = f"{hostname}: the vpool layout {choice.layout[:30]!r} does not go with {count} SSDs"
        return [Finding("P02", detail, f"choose one of: {possible}", field="vpool", node=address)]
    if choice.layout == "stripe" and count > 1 and not choice.reason.strip():
        detail = f"{hostname}: stripe over {count} SSDs loses everything with any one of them"
        return [
            Finding("P01", detail, "give a reason, or choose another layout", field="vpool", node=address)
        ]
    return []
