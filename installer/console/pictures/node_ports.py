"""Draw the network of a node: ports, and below them the bonds, bridges and VLANs that are made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from installer.console.pictures.strata import Piece, Thing, place
from installer.console.pictures.svg import element, labels, share

MAX_GROUPS = 24
_ROW_PX, _GAP_PX = 38, 3


@dataclass(frozen=True, slots=True)
class PicturedPort:
    """An interface; ``below``: names of what it is made of. ``link`` is None where it is not known."""

    name: str
    type: str
    below: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    link: bool | None = None
    speed_mbps: int | None = None
    bond_mode: str = ""
    vlan_id: int | None = None
    management: bool = False
    default_route: bool = False


@dataclass(frozen=True, slots=True)
class PortGroup:
    """Interfaces that hang together: one drawing, and the same in words; ``width`` is how much room it needs."""

    svg: SafeString
    sentences: tuple[str, ...]
    width: str = ""


@dataclass(frozen=True, slots=True)
class PortPicture:
    """All groups, the one with the management address first; ``more`` of them are not drawn."""

    groups: tuple[PortGroup, ...]
    more: int = 0


def draw_ports(ports: Sequence[PicturedPort]) -> PortPicture:
    """Draw the interfaces, those that hang together in one drawing."""
    groups = sorted(_groups(ports), key=lambda group: not any(port.management for port in group))
    return PortPicture(tuple(map(_group, groups[:MAX_GROUPS])), max(0, len(groups) - MAX_GROUPS))


def _groups(ports: Sequence[PicturedPort]) -> list[list[PicturedPort]]:
    leader = {port.name: port.name for port in ports}

    def lead(name: str) -> str:
        while leader[name] != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for port in ports:
        for other in port.below:
            if other in leader:
                leader[lead(port.name)] = lead(other)
    found: dict[str, list[PicturedPort]] = {}
    for port in ports:
        found.setdefault(lead(port.name), []).append(port)
    return list(found.values())


def _group(ports: Sequence[PicturedPort]) -> PortGroup:
    by_name = {port.name: port for port in ports}
    pieces = place([Thing(port.name, port.below) for port in ports], fill=True)
    rows = 1 + max(piece.level for piece in pieces)
    sentences = tuple(_sentence(port) for port in ports)
    words = " ".join(sentences)
    svg = element(
        "svg",
        element("title", words),
        *(_box(piece, by_name) for piece in pieces),
        class_=("pic", "pic-ports"),
        role="img",
        aria_label=words,
        width="100%",
        height=rows * (_ROW_PX + _GAP_PX),
    )
    narrowest = min(piece.width for piece in pieces)
    return PortGroup(svg, sentences, "wide" if narrowest < 0.3 else "joined" if len(pieces) > 1 else "alone")


def _box(piece: Piece, ports: Mapping[str, PicturedPort]) -> SafeString:
    port = ports.get(piece.key)
    frame: dict[str, object] = {"x": 0, "y": 0, "width": "100%", "height": _ROW_PX, "rx": 4}
    shape = element(
        "svg",
        element("rect", class_=("pic-box", f"pic-{_tone(port)}"), **frame),
        *(
            [element("rect", fill="url(#pic-hatch)", class_="pic-fill", **frame)]
            if port and port.link is False
            else []
        ),
        width="100%",
        height=_ROW_PX,
    )
    words, more = _words(port) if port else ((f"+{piece.more}",), ())
    badge = element("path", class_="pic-badge", d="M5 7h11l-5.500 8z") if port and port.management else ""
    return element(
        "svg",
        shape,
        *([badge] if badge else []),
        *labels(words, piece.width, x=20 if port and port.management else 8, y=16),
        *labels(more, piece.width, x=8, y=31),
        x=share(piece.start),
        y=piece.level * (_ROW_PX + _GAP_PX),
        width=share(max(piece.width - 0.006, 0.002)),
        height=_ROW_PX,
    )


def _tone(port: PicturedPort | None) -> str:
    if port is None:
        return "more"
    if port.link is False:
        return "bad"
    if port.management:
        return "info"
    return "part" if port.type == "physical" else "volume"


def _words(port: PicturedPort) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the two lines of its box, each from the longest to the shortest."""
    mark = {True: "✓", False: "✕", None: ""}[port.link]
    name = f"{mark} {port.name}".strip()
    about = _about(port)
    speed = speed_text(port.speed_mbps)
    where = ", ".join(port.addresses[:2])
    first = (
        " ".join(filter(None, (name, about, speed))),
        " ".join(filter(None, (name, about or speed))),
        name,
    )
    marked = gettext("management: %(address)s") % {"address": where} if port.management and where else ""
    one = port.addresses[0] if port.addresses else ""
    return first, (marked, where, one, one.partition("/")[0])


def _about(port: PicturedPort) -> str:
    if port.type == "bond":
        return port.bond_mode or gettext("bond")
    if port.type == "vlan":
        return gettext("VLAN %(id)s") % {"id": port.vlan_id} if port.vlan_id is not None else gettext("VLAN")
    return gettext("bridge") if port.type == "bridge" else ""


def speed_text(speed_mbps: int | None) -> str:
    """Return ``25 Gbit/s``; empty where it is not known."""
    if not speed_mbps:
        return ""
    if speed_mbps >= 1000:
        return f"{number_format(speed_mbps / 1000, 1 if speed_mbps % 1000 else 0)} Gbit/s"
    return f"{number_format(speed_mbps)} Mbit/s"


def _sentence(port: PicturedPort) -> str:
    """Return what the picture says of one interface."""
    kind = _about(port) or gettext("port")
    link = {True: gettext("link up"), False: gettext("link down"), None: gettext("link unknown")}[port.link]
    parts = [kind, link, speed_text(port.speed_mbps), ", ".join(port.addresses)]
    if port.management:
        parts.append(gettext("carries the management address"))
    if port.default_route:
        parts.append(gettext("has the default route"))
    values = {"name": port.name, "what": ", ".join(filter(None, parts)), "below": ", ".join(port.below)}
    if port.below:
        return gettext("%(name)s over %(below)s: %(what)s.") % values
    return gettext("%(name)s: %(what)s.") % values
