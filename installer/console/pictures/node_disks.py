"""Draw the disks of a node: what lies on each, what a person corrected, and what the current plan does to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from installer.console.pictures.strata import Piece, Thing, place
from installer.console.pictures.svg import element, labels, share
from installer.console.units import size_text
from nodes.collection.stacks import POOL, Stacked

MAX_DISKS = 48
_ROW_PX, _GAP_PX = 22, 2
Fate = Literal["system", "formatted", "spared", "serves", "excluded", "free"]
# A mark and a tone for each, so that colour is never alone.
_LOOKS: dict[Fate, tuple[str, str]] = {
    "system": ("■", "idle"),
    "formatted": ("✕", "bad"),
    "spared": ("–", "idle"),
    "serves": ("✓", "good"),
    "excluded": ("⊘", "idle"),
    "free": ("○", "info"),
}


@dataclass(frozen=True, slots=True)
class PicturedDisk:
    """A disk as the picture needs it. ``holds``: signatures found on it; ``plan`` and ``use``: of its fate.

    ``anchor``: the id of its row on the page; empty for a disk without one. ``known``: whether its content is known.
    """

    name: str
    type: str
    size_bytes: int
    fate: Fate
    observed_type: str = ""
    observed_size_bytes: int = 0
    observed_status: int = 1
    status: int = 1
    model: str = ""
    serial: str = ""
    holds: tuple[str, ...] = ()
    reason: str = ""
    conflict: bool = False
    removable: bool = False
    plan: str = ""
    use: str = ""
    erased_first: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class DiskTile:
    """One drawn disk: the stack as SVG, and around it the words that the page shows."""

    disk: PicturedDisk
    svg: SafeString
    mark: str
    tone: str
    fate: str
    content: str
    type: str
    size: str
    was: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class DiskPicture:
    """All disks, the system's first; ``more`` of them are not drawn."""

    tiles: tuple[DiskTile, ...]
    more: int = 0
    formatted: int = 0


def draw_disks(disks: Sequence[PicturedDisk], stacks: Sequence[Stacked]) -> DiskPicture:
    """Draw the disks, with what ``stacks`` knows to lie on them."""
    by_name = {item.name: item for item in stacks if item.kind != POOL}
    above = _above(stacks)
    names = {item.key: item.name for item in stacks}
    tiles = tuple(_tile(disk, _of_disk(disk.name, by_name, above), names) for disk in disks[:MAX_DISKS])
    return DiskPicture(tiles, max(0, len(disks) - MAX_DISKS), sum(disk.fate == "formatted" for disk in disks))


def _above(stacks: Sequence[Stacked]) -> Mapping[str, list[Stacked]]:
    found: dict[str, list[Stacked]] = {}
    for item in stacks:
        for key in item.below:
            found.setdefault(key, []).append(item)
    return found


def _of_disk(
    name: str, by_name: Mapping[str, Stacked], above: Mapping[str, Sequence[Stacked]]
) -> tuple[Stacked, ...]:
    """Return the disk and everything on it, at any distance; nothing where the collection does not know it."""
    ground = by_name.get(name)
    if ground is None:
        return ()
    found = {ground.key: ground}
    pending = [ground.key]
    while pending:
        for item in above.get(pending.pop(), ()):
            if item.key not in found:
                found[item.key] = item
                pending.append(item.key)
    return tuple(found.values())


def _tile(disk: PicturedDisk, stack: Sequence[Stacked], names: Mapping[str, str]) -> DiskTile:
    mark, tone = _LOOKS[disk.fate]
    if disk.fate == "free" and disk.holds:
        mark, tone = "!", "warn"
    return DiskTile(
        disk=disk,
        svg=_stack(disk, stack, names),
        mark=mark,
        tone=tone,
        fate=_fate(disk),
        content=_content(disk),
        type=disk.type.upper() if disk.type != "nvme" else "NVMe",
        size=size_text(disk.size_bytes),
        was=tuple(_was(disk)),
    )


def _was(disk: PicturedDisk) -> Iterator[str]:
    """Yield what a correction changed: what was observed, and what is used."""
    if disk.observed_type and disk.observed_type != disk.type:
        values = {"observed": disk.observed_type, "used": disk.type}
        yield gettext("type: observed %(observed)s → used %(used)s") % values
    if disk.observed_size_bytes and disk.observed_size_bytes != disk.size_bytes:
        values = {"observed": size_text(disk.observed_size_bytes), "used": size_text(disk.size_bytes)}
        yield gettext("size: observed %(observed)s → used %(used)s") % values
    if disk.observed_status != disk.status:
        yield (
            gettext("use: observed “do not use” → used “usable”")
            if disk.status
            else gettext("use: observed “usable” → used “do not use”")
        )


def _fate(disk: PicturedDisk) -> str:
    values = {"plan": disk.plan, "use": disk.use, "reason": disk.reason}
    if disk.fate == "system":
        return gettext("System disk: not formatted")
    if disk.fate == "formatted":
        if disk.erased_first:
            return gettext("Will be erased and formatted: %(use)s") % values
        return gettext("Will be formatted: %(use)s") % values
    if disk.fate == "spared":
        return gettext("Not touched by plan %(plan)s") % values
    if disk.fate == "serves":
        return gettext("In service: %(use)s") % values
    if disk.fate == "excluded":
        return gettext("Not used: %(reason)s") % values if disk.reason else gettext("Not used")
    return gettext("No plan uses this disk yet")


def _content(disk: PicturedDisk) -> str:
    if disk.fate in ("system", "serves") or not disk.holds:
        return ""
    values = {"data": ", ".join(disk.holds)}
    if disk.fate == "formatted":
        return gettext("Data is lost: %(data)s") % values
    return gettext("Contains %(data)s") % values


def _stack(disk: PicturedDisk, stack: Sequence[Stacked], names: Mapping[str, str]) -> SafeString:
    """Draw the disk and below it, row by row, what lies on it."""
    items = {item.key: item for item in stack}
    things = [Thing(item.key, item.below, float(item.size_bytes or disk.size_bytes)) for item in stack]
    pieces = place(things) or (Piece("", 0, 0.0, 1.0),)
    rows = 1 + max(piece.level for piece in pieces)
    sentence = _sentence(disk, stack, names)
    boxes = [_box(piece, items.get(piece.key), disk, empty=len(pieces) == 1) for piece in pieces]
    return element(
        "svg",
        element("title", sentence),
        *boxes,
        class_=("pic", "pic-stack"),
        role="img",
        aria_label=sentence,
        width="100%",
        height=rows * (_ROW_PX + _GAP_PX),
    )


def _box(piece: Piece, item: Stacked | None, disk: PicturedDisk, *, empty: bool) -> SafeString:
    whole = piece.level == 0
    if piece.more:
        words: tuple[str, ...] = (f"+{piece.more}",)
        class_: tuple[str, ...] = ("pic-box", "pic-more")
    elif item is None or whole:
        words = (_whole(disk, item, empty=empty),)
        class_ = ("pic-box", f"pic-{_LOOKS[disk.fate][1]}")
    else:
        words = _words(item)
        class_ = ("pic-box", f"pic-{_family(item)}")
    frame: dict[str, object] = {"x": 0, "y": 0, "width": "100%", "height": _ROW_PX, "rx": 3}
    fill = _fill(item, disk, whole=whole)
    return element(
        "svg",
        element("rect", class_=class_, **frame),
        *([element("rect", fill=fill, class_="pic-fill", **frame)] if fill else []),
        *labels(words, piece.width, x=6, y=15),
        x=share(piece.start),
        y=piece.level * (_ROW_PX + _GAP_PX),
        width=share(max(piece.width - 0.004, 0.002)),
        height=_ROW_PX,
    )


def _fill(item: Stacked | None, disk: PicturedDisk, *, whole: bool) -> str:
    if whole:
        return {"formatted": "url(#pic-hatch)", "excluded": "url(#pic-cross)"}.get(disk.fate, "")
    kind = _family(item) if item else ""
    return {"array": "url(#pic-lines)", "cache": "url(#pic-dots)"}.get(kind, "")


def _family(item: Stacked) -> str:
    """Return how it is drawn: arrays and pools have lines, caches dots, volumes round corners."""
    if item.kind.startswith("raid") or item.kind in ("linear", "md", POOL):
        return "array"
    if item.kind == "bcache":
        return "cache"
    return "part" if item.kind == "part" else "volume"


def _whole(disk: PicturedDisk, item: Stacked | None, *, empty: bool) -> str:
    """Return what lies directly on the whole disk."""
    if item is None:
        return gettext("content not known")
    return _held(item) or (", ".join(disk.holds) or gettext("empty") if empty else "")


def _words(item: Stacked) -> tuple[str, ...]:
    """Return what is written into its box, from the longest to the shortest."""
    name = f"{item.kind} {item.name}" if item.kind not in ("part", "bcache") else item.name
    held, where, size = _held(item), " ".join(item.mountpoints[:2]), _size(item)
    return (
        " ".join(filter(None, (name, held, where, size))),
        " ".join(filter(None, (name, held, where))),
        " ".join(filter(None, (name, where or held))),
        name,
        item.name,
    )


def _held(item: Stacked) -> str:
    if item.group:
        return f"LVM {item.group}"
    return f"{item.fstype} “{item.label}”" if item.fstype and item.label else item.fstype


def _size(item: Stacked) -> str:
    return size_text(item.size_bytes) if item.size_bytes else ""


def _sentence(disk: PicturedDisk, stack: Sequence[Stacked], names: Mapping[str, str]) -> str:
    """Return what the picture shows, in words."""
    if not stack:
        return gettext("What is on %(disk)s is not known: it was not collected by the console.") % {
            "disk": disk.name
        }
    parts = [_told(item, names) for item in stack[1:]]
    held = _held(stack[0])
    if not parts:
        values = {"disk": disk.name, "content": held}
        if held:
            return gettext("%(disk)s holds %(content)s.") % values
        return gettext("Nothing lies on %(disk)s.") % values
    head = ngettext("%(n)s thing lies on %(disk)s", "%(n)s things lie on %(disk)s", len(parts))
    values = {"head": head % {"n": len(parts), "disk": disk.name}, "things": "; ".join(parts)}
    return gettext("%(head)s: %(things)s.") % values


def _told(item: Stacked, names: Mapping[str, str]) -> str:
    what = ", ".join(filter(None, (item.kind, _size(item), _held(item), *item.mountpoints)))
    values = {
        "name": item.name,
        "what": what,
        "below": ", ".join(names.get(key, key) for key in item.below),
    }
    return gettext("%(name)s (%(what)s) on %(below)s") % values
