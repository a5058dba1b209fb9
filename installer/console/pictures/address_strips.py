"""Draw networks as strips: what is used, reserved, answers or is free, and find who uses an address."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from installer.console.pictures.svg import element, share
from zones.core.nets import Address, Network, format_address

# A strip is drawn in so many cells, however many addresses the network has.
CELLS = 256
MAX_STRIPS = 40
MAX_LISTED = 200
_STRIP_PX = 30
_COUNTED_BITS = 40
Kind = Literal["gateway", "answered", "used", "reserved"]
# Of several in one cell the first is drawn. Colour, pattern and height differ.
_LOOKS: dict[Kind, tuple[str, str]] = {
    "gateway": ("pic-warn", ""),
    "answered": ("pic-bad", "url(#pic-cross)"),
    "used": ("pic-array", "url(#pic-lines)"),
    "reserved": ("pic-idle", "url(#pic-dots)"),
}
_RANK: tuple[Kind, ...] = tuple(_LOOKS)


@dataclass(frozen=True, slots=True)
class Holder:
    """Addresses ``first`` to ``last`` of one family, and who has them; ``node_id`` where that is a node."""

    version: int
    first: int
    last: int
    kind: Kind
    who: str
    node_id: str = ""

    @property
    def text(self) -> str:
        """Return the address, or the first and the last."""
        first = format_address(self.version, self.first)
        return first if self.first == self.last else f"{first} – {format_address(self.version, self.last)}"


@dataclass(frozen=True, slots=True)
class StripNetwork:
    """A network to be drawn, and what it is for."""

    network: Network
    purpose: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One drawn network; ``counts`` are addresses by kind in words, ``holders`` the first ones, ``more`` the others."""

    name: str
    purpose: str
    svg: SafeString
    counts: tuple[tuple[str, str, str], ...]
    holders: tuple[Holder, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of an address: who has it, and which of the networks hold it."""

    address: str
    holders: tuple[Holder, ...]
    networks: tuple[StripNetwork, ...]

    @property
    def free(self) -> bool:
        """Return whether it lies in a network and nobody has it, alone or as part of a range."""
        return bool(self.networks) and not self.holders


def draw_strips(
    networks: Sequence[StripNetwork], holders: Iterable[Holder], wanted: Address | None = None
) -> tuple[Strip, ...]:
    """Draw networks with those who have addresses in them; ``wanted`` is marked where it lies."""
    ordered = sorted(holders, key=lambda item: (item.version, item.first, item.last, _RANK.index(item.kind)))
    return tuple(_strip(item, ordered, wanted) for item in networks[:MAX_STRIPS])


def find(address: Address, networks: Sequence[StripNetwork], holders: Iterable[Holder]) -> Found:
    """Return who has the address: single addresses before ranges."""
    found = [
        item
        for item in holders
        if item.version == address.version and item.first <= address.value <= item.last
    ]
    found.sort(key=lambda item: (item.last - item.first, _RANK.index(item.kind)))
    inside = tuple(item for item in networks if item.network.holds(address))
    return Found(address.text, tuple(found[:MAX_LISTED]), inside)


def kind_words(kind: Kind) -> str:
    """Return a kind in words."""
    return {
        "gateway": gettext("gateway"),
        "answered": gettext("answers, not registered"),
        "used": gettext("used"),
        "reserved": gettext("reserved"),
    }[kind]


def _strip(item: StripNetwork, ordered: Sequence[Holder], wanted: Address | None) -> Strip:
    network = item.network
    inside = [
        holder
        for holder in ordered
        if holder.version == network.version and holder.first <= network.last and holder.last >= network.first
    ]
    counts = _counts(network, inside)
    told = ", ".join(f"{count} {words}" for _, count, words in counts)
    sentence = gettext("%(purpose)s %(network)s: %(counts)s.") % {
        "purpose": item.purpose,
        "network": network.text,
        "counts": told,
    }
    drawn = [
        element("title", sentence),
        element("rect", x=0, y=8, width="100%", height=_STRIP_PX - 8, class_=("pic-box", "pic-free")),
        *_runs(_cells(network, inside)),
    ]
    if wanted and network.holds(wanted):
        drawn.append(_pointer((wanted.value - network.first + 0.5) / (network.last - network.first + 1)))
    svg = element(
        "svg",
        *drawn,
        class_=("pic", "pic-strip"),
        role="img",
        aria_label=sentence,
        width="100%",
        height=_STRIP_PX,
    )
    return Strip(
        network.text, item.purpose, svg, counts, tuple(inside[:MAX_LISTED]), max(0, len(inside) - MAX_LISTED)
    )


def _cells(network: Network, inside: Sequence[Holder]) -> list[Kind | None]:
    """Return what is drawn in each cell: of everything that touches it the kind that matters most."""
    size = network.last - network.first + 1
    cells: list[Kind | None] = [None] * min(CELLS, size)
    for holder in sorted(inside, key=lambda item: -_RANK.index(item.kind)):
        first = (max(holder.first, network.first) - network.first) * len(cells) // size
        last = (min(holder.last, network.last) - network.first) * len(cells) // size
        cells[first : last + 1] = [holder.kind] * (last + 1 - first)
    return cells


def _runs(cells: Sequence[Kind | None]) -> list[SafeString]:
    drawn: list[SafeString] = []
    start = 0
    for number in range(1, len(cells) + 1):
        if number < len(cells) and cells[number] == cells[start]:
            continue
        kind = cells[start]
        if kind:
            drawn += _run(kind, start / len(cells), (number - start) / len(cells))
        start = number
    return drawn


def _run(kind: Kind, start: float, width: float) -> list[SafeString]:
    tone, fill = _LOOKS[kind]
    top = {"gateway": 0, "answered": 4}.get(kind, 8)
    frame: dict[str, object] = {"x": share(start), "y": top, "width": share(width), "height": _STRIP_PX - top}
    shapes = [element("rect", class_=("pic-cell", tone), **frame)]
    return [*shapes, element("rect", fill=fill, class_="pic-fill", **frame)] if fill else shapes


def _pointer(place: float) -> SafeString:
    return element(
        "svg",
        element("path", d="M0 0h12l-6 9v21z", class_="pic-pointer"),
        x=share(min(max(place, 0.0), 0.97)),
        y=0,
        width=14,
        height=_STRIP_PX,
    )


def _counts(network: Network, inside: Sequence[Holder]) -> tuple[tuple[str, str, str], ...]:
    """Return ``(kind, number, words)``: each address counts once, for the kind that matters most; then what is free."""
    size = network.last - network.first + 1
    found: list[tuple[str, str, str]] = []
    taken: list[tuple[int, int]] = []
    for kind in _RANK:
        spans = [
            (max(holder.first, network.first), min(holder.last, network.last))
            for holder in inside
            if holder.kind == kind
        ]
        before = _covered(taken)
        taken = _merged([*taken, *spans])
        count = _covered(taken) - before
        if count:
            found.append((kind, _number(count), kind_words(kind)))
    free = size - _covered(taken)
    found.append(("free", _number(free), gettext("free")))
    return tuple(found)


def _number(count: int) -> str:
    """Return a count; of an IPv6 network only its order of magnitude is of use."""
    bits = count.bit_length() - 1
    return number_format(count) if bits < _COUNTED_BITS else f"2^{bits}"


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def _covered(spans: Iterable[tuple[int, int]]) -> int:
    return sum(last - first + 1 for first, last in spans)


def legend() -> tuple[tuple[SafeString, str], ...]:
    """Return a sample of each kind with its meaning."""
    found = []
    for kind in _RANK:
        sample = element(
            "svg", *_run(kind, 0.0, 1.0), class_="pic", width=18, height=_STRIP_PX, aria_hidden="true"
        )
        found.append((sample, kind_words(kind)))
    free = element(
        "svg",
        element("rect", x=0, y=8, width="100%", height=_STRIP_PX - 8, class_=("pic-box", "pic-free")),
        class_="pic",
        width=18,
        height=_STRIP_PX,
        aria_hidden="true",
    )
    return (*found, (free, gettext("free")))


def more_words(count: int) -> str:
    """Say how many are not listed."""
    return ngettext("%(n)s more is not listed", "%(n)s more are not listed", count) % {
        "n": number_format(count)
    }
