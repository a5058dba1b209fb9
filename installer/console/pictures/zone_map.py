"""Draw a zone: its management nodes, gateways with their EIP pools, hypers by rack, and VBC networks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from installer.console.labels import look, words
from installer.console.pictures.svg import element, labels, share
from zones.core.world import hostname_key

# Up to this many nodes each one is drawn; of a larger zone each rack is a bar with counts.
DRAWN_NODES = 120
MAX_RACKS = 120
MAX_VBCS = 24
# Of a folded zone only these: its list has them all.
FOLDED_VBCS = 6
MAX_GATEWAYS = 24
MAX_POOLS = 8
MAX_MEMBERS = 8
_RACK = re.compile(r"(?P<zone>.*?)r(?P<rack>[0-9]{1,6})n(?P<number>[0-9]{1,6})")
Joins = Literal["", "draft", "approved"]
# The shape of a node tells its role: a square manages, a diamond is a gateway, a circle runs machines.
_SHAPES = {"ks": "M3 3h16v16H3z", "vg": "M11,1 21 11 11 21 1 11z"}
_CIRCLE = "M11,2a9 9 0 1 1 0 18a9 9 0 1 1 0-18z"
_ROW_PX = 22
_LEAST = 0.25


@dataclass(frozen=True, slots=True)
class MapNode:
    """A node of the zone; ``joins``: the status of the plan that adds it. ``pair`` and ``name`` are host names."""

    node_id: str
    name: str
    role: str
    status: str
    joins: Joins = ""
    pair: str = ""
    master: bool = False


@dataclass(frozen=True, slots=True)
class MapVbc:
    """A VBC network with the host names of its hypers, and who holds its VIP."""

    networks: tuple[str, ...]
    vips: tuple[str, ...]
    master: str
    members: tuple[str, ...]
    joins: Joins = ""


@dataclass(frozen=True, slots=True)
class MapPool:
    """A public segment and the host name of the gateway that carries it."""

    vg: str
    network: str
    gateway: str
    ha_group: str = ""
    joins: Joins = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One drawn node: its symbol, what it is called in its place, and what there is to know about it."""

    node_id: str
    name: str
    svg: SafeString
    about: str
    status: str
    joins: Joins = ""


@dataclass(frozen=True, slots=True)
class Rack:
    """Hypers of one rack: each drawn, or of a large zone a bar. ``find`` finds them in the list of nodes."""

    name: str
    count: int
    slots: tuple[Slot, ...] = ()
    svg: str = ""
    find: str = ""


@dataclass(frozen=True, slots=True)
class Gateway:
    """A VG node with the pools it carries."""

    slot: Slot
    svg: str
    more: int = 0


@dataclass(frozen=True, slots=True)
class VbcTile:
    """A VBC network: its name, and the drawing of its VIP and hypers."""

    network: str
    vip: str
    svg: SafeString
    joins: Joins = ""


@dataclass(frozen=True, slots=True)
class ZoneMap:
    """All of it; ``more_*`` are not drawn. ``joining``: nodes that the open plan adds."""

    managing: tuple[Slot, ...] = ()
    gateways: tuple[Gateway, ...] = ()
    racks: tuple[Rack, ...] = ()
    vbcs: tuple[VbcTile, ...] = ()
    hypers: int = 0
    joining: int = 0
    more_managing: int = 0
    more_gateways: int = 0
    more_racks: int = 0
    more_vbcs: int = 0
    folded: bool = False
    legend: tuple[tuple[SafeString, str], ...] = field(default=())


def draw_zone(
    nodes: Sequence[MapNode], vbcs: Sequence[MapVbc], pools: Sequence[MapPool], vbc_count: int = 0
) -> ZoneMap:
    """Draw the zone; ``vbc_count``: VBC networks altogether, where only some are given."""
    managing = _in_order(node for node in nodes if node.role == "ks")
    gateways = _in_order(node for node in nodes if node.role == "vg")
    hypers = [node for node in nodes if node.role not in ("ks", "vg")]
    folded = len(hypers) > DRAWN_NODES
    racks = _racks(hypers if folded else _in_order(hypers), folded=folded)
    shown = FOLDED_VBCS if folded else MAX_VBCS
    carried: dict[str, list[MapPool]] = {}
    for pool in pools:
        carried.setdefault(pool.vg, []).append(pool)
    return ZoneMap(
        managing=tuple(_slot(node) for node in managing[:DRAWN_NODES]),
        gateways=tuple(_gateway(node, carried.get(node.name, ())) for node in gateways[:MAX_GATEWAYS]),
        racks=racks[:MAX_RACKS],
        vbcs=tuple(_vbc(vbc) for vbc in vbcs[:shown]),
        hypers=len(hypers),
        joining=sum(bool(node.joins) for node in nodes),
        more_managing=max(0, len(managing) - DRAWN_NODES),
        more_gateways=max(0, len(gateways) - MAX_GATEWAYS),
        more_racks=max(0, len(racks) - MAX_RACKS),
        more_vbcs=max(0, max(vbc_count, len(vbcs)) - min(len(vbcs), shown)),
        folded=folded,
        legend=_legend(),
    )


def _in_order(nodes: Iterable[MapNode]) -> list[MapNode]:
    return sorted(nodes, key=lambda node: (hostname_key(node.name), node.node_id))


def place_of(name: str) -> tuple[str, str]:
    """Return the rack and the number of a host name such as ``pek3cr02n01``: ``("02", "01")``; empty for another."""
    found = _RACK.fullmatch(name)
    return (found["rack"], found["number"]) if found else ("", "")


def _racks(hypers: Sequence[MapNode], *, folded: bool) -> tuple[Rack, ...]:
    by_rack: dict[str, list[MapNode]] = {}
    for node in hypers:
        found = _RACK.fullmatch(node.name)
        by_rack.setdefault(f"{found['zone']}r{found['rack']}" if found else "", []).append(node)
    ordered = sorted(by_rack.items(), key=lambda item: (not item[0], hostname_key(item[0])))
    return tuple(_rack(key, nodes, folded=folded) for key, nodes in ordered)


def _rack(key: str, nodes: Sequence[MapNode], *, folded: bool) -> Rack:
    rack = key.rpartition("r")[2]
    name = gettext("Rack %(number)s") % {"number": rack} if rack else gettext("Without a rack in the name")
    if folded:
        return Rack(name, len(nodes), svg=_counts(name, nodes), find=f"{key}n" if key else "")
    return Rack(name, len(nodes), slots=tuple(_slot(node) for node in nodes), find=f"{key}n" if key else "")


def _slot(node: MapNode) -> Slot:
    number = place_of(node.name)[1]
    return Slot(
        node_id=node.node_id,
        name=f"n{number}" if number and node.role not in ("ks", "vg") else node.name,
        svg=_symbol(node.role, node.status, joins=bool(node.joins), master=node.master, words=_told(node)),
        about=_about(node),
        status=words(node.status),
        joins=node.joins,
    )


def _about(node: MapNode) -> str:
    parts = []
    if node.master:
        parts.append(gettext("Master"))
    if node.pair:
        rack, number = place_of(node.pair)
        parts.append(gettext("pair %(node)s") % {"node": f"r{rack}n{number}" if rack else node.pair})
    return ", ".join(parts)


def _told(node: MapNode) -> str:
    """Return what the symbol says, in words."""
    values = {
        "name": node.name,
        "what": ", ".join(filter(None, (node.role, words(node.status), _about(node)))),
    }
    if node.joins == "draft":
        return gettext("%(name)s: %(what)s, joins with the plan that is a draft") % values
    if node.joins:
        return gettext("%(name)s: %(what)s, joins with the approved plan") % values
    return gettext("%(name)s: %(what)s") % values


def _symbol(role: str, status: str, *, joins: bool, master: bool, words: str) -> SafeString:
    """Draw a node: shape by role, mark and colour by status, a broken line and a plus where it joins, a bar for a Master."""
    tone, mark = look(status)
    parts = [
        element(
            "path",
            d=_SHAPES.get(role, _CIRCLE),
            class_=("pic-box", f"pic-{tone}", "pic-joins" if joins else ""),
        ),
        element("text", mark, x=11, y=15, class_="pic-mid"),
    ]
    if joins:
        parts.append(element("path", d="M22,1v8M18 5h8", class_="pic-plus"))
    if master:
        parts.append(element("path", d="M2 23h18", class_="pic-master"))
    return element(
        "svg",
        element("title", words),
        *parts,
        class_=("pic", "pic-symbol"),
        role="img",
        aria_label=words,
        width=28,
        height=26,
    )


def _counts(name: str, nodes: Sequence[MapNode]) -> SafeString:
    """Draw a rack as a bar: as many nodes by status, those that join apart."""
    counted = Counter((bool(node.joins), node.status) for node in nodes)
    drawn, told, start = [], [], 0.0
    # One node that failed must be seen and counted among many.
    parts = {key: max(count / len(nodes), _LEAST) for key, count in counted.items()}
    for (joins, status), count in sorted(counted.items()):
        tone, mark = look(status)
        part = parts[joins, status] / sum(parts.values())
        sign = f"+{count}" if joins else f"{mark} {count}"
        drawn.append(_box(start, part, 0, (f"pic-{tone}", "pic-joins" if joins else ""), (sign,)))
        values = {"count": number_format(count), "status": words(status)}
        told.append(
            gettext("%(count)s %(status)s, joining") % values
            if joins
            else gettext("%(count)s %(status)s") % values
        )
        start += part
    sentence = gettext("%(rack)s: %(counts)s.") % {"rack": name, "counts": "; ".join(told)}
    return _picture(sentence, drawn, _ROW_PX)


def _gateway(node: MapNode, pools: Sequence[MapPool]) -> Gateway:
    drawn, told = [], []
    for number, pool in enumerate(pools[:MAX_POOLS]):
        values = {"network": pool.network, "gateway": pool.gateway, "group": pool.ha_group}
        if pool.ha_group:
            words_ = gettext("%(network)s, gateway %(gateway)s, HA group %(group)s") % values
        else:
            words_ = gettext("%(network)s, gateway %(gateway)s") % values
        told.append(words_)
        style = ("pic-volume", "pic-joins" if pool.joins else "")
        drawn.append(
            _box(0.0, 1.0, number * (_ROW_PX + 2), style, (words_, f"{pool.network} {pool.ha_group}".strip()))
        )
    if not pools:
        return Gateway(_slot(node), "")
    head = ngettext("%(n)s EIP pool on %(name)s", "%(n)s EIP pools on %(name)s", len(pools))
    values = {"head": head % {"n": len(pools), "name": node.name}, "pools": "; ".join(told)}
    sentence = gettext("%(head)s: %(pools)s.") % values
    svg = _picture(sentence, drawn, len(drawn) * (_ROW_PX + 2))
    return Gateway(_slot(node), svg, max(0, len(pools) - MAX_POOLS))


def _vbc(vbc: MapVbc) -> VbcTile:
    """Draw the VIP above its hypers; a thick line leads to the Master, which holds it."""
    members = list(vbc.members[:MAX_MEMBERS])
    if vbc.master in vbc.members and vbc.master not in members:
        members[-1] = vbc.master
    network, vip = ", ".join(vbc.networks), ", ".join(vbc.vips)
    joins = "pic-joins" if vbc.joins else ""
    held = (gettext("VIP %(address)s") % {"address": vip}, vip, *vbc.vips[:1])
    drawn = [_box(0.2, 0.6, 0, ("pic-volume", joins), held)]
    part = 1 / max(len(members), 1)
    for number, member in enumerate(members):
        holds = member == vbc.master
        line = ("pic-link", "pic-link-master" if holds else "")
        middle = share((number + 0.5) * part)
        drawn.append(element("line", x1="50%", y1=_ROW_PX, x2=middle, y2=46, class_=line))
        style = ("pic-good" if holds else "pic-part", joins)
        drawn.append(_box(number * part, part, 46, style, _called(member, holds=holds)))
    values = {
        "network": network,
        "vip": vip,
        "master": vbc.master,
        "members": ", ".join(vbc.members),
    }
    sentence = gettext("%(network)s via %(vip)s: Master %(master)s; hypers %(members)s.") % values
    return VbcTile(network, vip, _picture(sentence, drawn, 46 + _ROW_PX), vbc.joins)


def _called(name: str, *, holds: bool) -> tuple[str, ...]:
    """Return what a hyper is called in its box, from the longest to the shortest."""
    rack, number = place_of(name)
    short = f"r{rack}n{number}" if rack else name
    if not holds:
        return name, short
    return gettext("Master %(node)s") % {"node": name}, gettext("Master %(node)s") % {"node": short}, short


def _box(
    start: float, width: float, top: int, style: tuple[str, ...], variants: tuple[str, ...]
) -> SafeString:
    return element(
        "svg",
        element("rect", x=0, y=0, width="100%", height=_ROW_PX, rx=3, class_=("pic-box", *style)),
        *labels(variants, width, x=6, y=15),
        x=share(start),
        y=top,
        width=share(max(width - 0.008, 0.004)),
        height=_ROW_PX,
    )


def _picture(sentence: str, drawn: Sequence[SafeString], height: int) -> SafeString:
    return element(
        "svg",
        element("title", sentence),
        *drawn,
        class_=("pic", "pic-wide"),
        role="img",
        aria_label=sentence,
        width="100%",
        height=height,
    )


def _legend() -> tuple[tuple[SafeString, str], ...]:
    """Return each shape with its meaning."""

    def sign(role: str, **more: bool) -> SafeString:
        options: Mapping[str, bool] = {"joins": False, "master": False, **more}
        drawn = _symbol(role, "", joins=options["joins"], master=options["master"], words="")
        return SafeString(
            drawn.replace('role="img" aria-label=""', 'aria-hidden="true"').replace("<title/>", "")
        )

    return (
        (sign("ks"), gettext("management node")),
        (sign("vg"), gettext("virtual gateway")),
        (sign("hyper"), gettext("hypervisor")),
        (sign("hyper", master=True), gettext("Master of a VBC network")),
        (sign("hyper", joins=True), gettext("joins with the open plan")),
    )
