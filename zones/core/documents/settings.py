"""``settings.ZONE_ID.yaml`` and ``scale_settings.ZONE_ID.yaml``: which node gets which role."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field

from common.characters import label, shown
from common.errors import Finding
from common.messages import message
from zones.core.documents import codes
from zones.core.documents.names import check_name, expected_stem
from zones.core.documents.reader import NAME, Path, Reader, is_empty
from zones.core.documents.tree import Mapping, Node, Sequence, load_tree
from zones.core.nets import parse_address

ROLES = ("hyper-pair", "hyper-repl", "hyper-sanc", "vg", "ks")
SUB_ROLES = ("seed", "snapshot", "vbr", "pgpool", "pgserver", "zoocassa", "vgateway", "hyper")
VM_ROLES = (
    *("proxy", "dnsmaster", "webservice", "zoocassa", "pgpool", "pgserver", "ks"),
    *("boss", "bm", "cronus", "rsserver", "eipctl", "warehouse", "v2v"),
)
VPOOL_LAYOUTS = ("stripe", "mirror", "raidz")
KEYS = ("zone_id", "roles", "pairs", "vms", "eips", "vbc", "vpool", "erase", "qemu_version")
MAX_REASON = 500
VBC_KEYS = ("mgmt_ips", "ipv4_vbc", "ipv4_vip", "ipv6_vbc", "ipv6_vip")


@dataclass(frozen=True, slots=True)
class RoleEntry:
    """The role of one node; ``line`` of its address."""

    address: str
    role: str
    sub_roles: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class PairEntry:
    """Two hyper-pair nodes that mirror each other (fewer or more addresses are a broken rule)."""

    addresses: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class EipEntry:
    """One segment of one VG, still as written: ``network|gateway suffix[|HA group]``."""

    vg_address: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class VbcEntry:
    """One manual VBC; the Master is the part of the VIP field after the bar."""

    members: tuple[str, ...]
    ipv4_network: str
    ipv4_vip: str
    ipv4_master: str
    ipv6_network: str
    ipv6_vip: str
    ipv6_master: str
    line: int


@dataclass(frozen=True, slots=True)
class VpoolEntry:
    """The layout of the ZFS pool of one node, and why; ``line`` of its address."""

    address: str
    layout: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class EraseEntry:
    """A disk that is erased before it is formatted, by name or link; ``address`` is that of its node."""

    address: str
    disk: str
    line: int


@dataclass(frozen=True)
class SettingsDocument:
    """A well-formed settings file; what it asks for has not been checked."""

    name: str
    kind: str
    zone_id: str
    roles: Map[str, RoleEntry] = field(default_factory=dict)
    pairs: tuple[PairEntry, ...] = ()
    vms: Map[str, tuple[str, ...]] = field(default_factory=dict)
    eips: tuple[EipEntry, ...] = ()
    vbc: tuple[VbcEntry, ...] = ()
    vpool: Map[str, VpoolEntry] = field(default_factory=dict)
    erase: tuple[EraseEntry, ...] = ()
    has_vms: bool = False
    has_vbc: bool = False
    qemu_version: str = ""
    lines: Map[Path, int] = field(default_factory=dict)

    def line(self, *path: str) -> int | None:
        """Return the line of the field, else of the nearest field around it; None when unknown."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None


def load_settings(name: str, data: bytes, kind: str) -> tuple[SettingsDocument | None, list[Finding]]:
    """Load the document, or None where its content is unusable; findings either way. Never raises on any bytes.

    ``kind`` is ``scale`` (``scale_settings`` for a zone that exists), ``zone`` or ``adopt``.
    """
    tree, findings = load_tree(name, data, free_text)
    if tree is None:
        return None, findings + check_name(name, expected_stem(kind), "", None)
    reader = Reader(name, findings)
    document = _read(reader, tree, kind)
    zone_id = document.zone_id if document else ""
    found = reader.findings + check_name(name, expected_stem(kind), zone_id, reader.lines.get(("zone_id",)))
    return (None if codes.unusable(found) else document), found


def free_text(section: str, key: str) -> bool:
    """Return whether the field holds text for people: the reason of a layout."""
    return section == "vpool" and key == "reason"


def _read(reader: Reader, tree: Node, kind: str) -> SettingsDocument | None:
    root = reader.mapping(tree, ())
    if root is None:
        if not reader.findings:
            reader.refuse((), tree.line, message("D11", "empty_file"))
        return None
    reader.known_keys(root, (), KEYS)
    entries = root.entries
    zone_id = read_zone_id(reader, entries.get("zone_id"), ("zone_id",), root.line)
    return SettingsDocument(
        name=reader.name,
        kind=kind,
        zone_id=zone_id,
        roles=_roles(reader, entries.get("roles"), root.line),
        pairs=_pairs(reader, entries.get("pairs")),
        vms=_vms(reader, entries.get("vms")),
        eips=_eips(reader, entries.get("eips")),
        vbc=_vbcs(reader, entries.get("vbc")),
        vpool=_vpools(reader, entries.get("vpool")),
        erase=_erases(reader, entries.get("erase")),
        has_vms="vms" in entries and not is_empty(entries["vms"]),
        has_vbc="vbc" in entries and not is_empty(entries["vbc"]),
        qemu_version=_version(reader, entries.get("qemu_version")),
        lines=reader.lines,
    )


def read_zone_id(reader: Reader, node: Node | None, path: Path, line: int) -> str:
    """Read the zone's id; a missing or invalid one is a finding."""
    value = reader.text(node, path)
    if value and NAME.fullmatch(value):
        return value
    if value and node is not None:
        said = message("D15", "no_zone_id", field=path[-1], value=value[:60])
        reader.refuse(path, node.line, said)
    elif node is None or is_empty(node):
        where = node.line if node is not None else line
        reader.refuse(path, where, message("D11", "zone_id", field=path[-1]))
    return ""


def _version(reader: Reader, node: Node | None) -> str:
    value = reader.text(node, ("qemu_version",))
    if value and node is not None and not all(part.isascii() and part.isdigit() for part in value.split(".")):
        said = message("D15", "no_version", value=value[:60])
        reader.refuse(("qemu_version",), node.line, said)
        return ""
    return value


def _roles(reader: Reader, node: Node | None, line: int) -> dict[str, RoleEntry]:
    section = reader.mapping(node, ("roles",))
    if section is None:
        if node is None or is_empty(node):
            where = node.line if node is not None else line
            said = message("D11", "roles")
            reader.refuse(("roles",), where, said)
        return {}
    found: dict[str, RoleEntry] = {}
    for key, value in section.entries.items():
        path = ("roles", key)
        where = section.key_lines[key]
        address = reader.key_address(key, path, where)
        entry = reader.mapping(value, path)
        if entry is None:
            if is_empty(value):
                said = message("D11", "role_and_sub_roles", node=key[:60])
                reader.refuse(path, where, said)
            continue
        reader.lines[path] = where
        reader.known_keys(entry, path, ("role", "sub_roles"))
        if address in found:
            reader.refuse(path, where, message("D05", "address_twice", address=address))
        role = reader.choice(entry.entries.get("role"), (*path, "role"), ROLES)
        subs = tuple(
            reader.choice(item, place, SUB_ROLES)
            for place, item in reader.items(entry.entries.get("sub_roles"), (*path, "sub_roles"))
        )
        if "role" not in entry.entries or is_empty(entry.entries["role"]):
            reader.refuse(path, where, message("D11", "role", node=key[:60], roles=ROLES))
        if address and role:
            found[address] = RoleEntry(address, role, tuple(dict.fromkeys(sub for sub in subs if sub)), where)
    return found


def _pairs(reader: Reader, node: Node | None) -> tuple[PairEntry, ...]:
    return tuple(
        PairEntry(reader.addresses(item, path, 4), item.line) for path, item in reader.items(node, ("pairs",))
    )


def _vms(reader: Reader, node: Node | None) -> dict[str, tuple[str, ...]]:
    section = reader.mapping(node, ("vms",))
    if section is None:
        return {}
    reader.known_keys(section, ("vms",), VM_ROLES)
    return {
        role: reader.addresses(value, ("vms", role), 4)
        for role, value in section.entries.items()
        if role in VM_ROLES
    }


def _eips(reader: Reader, node: Node | None) -> tuple[EipEntry, ...]:
    section = reader.mapping(node, ("eips",))
    found: list[EipEntry] = []
    for key, value in (section.entries if section else {}).items():
        line = section.key_lines[key] if section else 0
        address = reader.key_address(key, ("eips", key), line)
        listed = (
            value if isinstance(value, Sequence | Mapping) or is_empty(value) else Sequence(line, [value])
        )
        for path, item in reader.items(listed, ("eips", key)):
            text = reader.text(item, path)
            if address and text:
                found.append(EipEntry(address, text, item.line))
    return tuple(found)


def _vpools(reader: Reader, node: Node | None) -> dict[str, VpoolEntry]:
    section = reader.mapping(node, ("vpool",))
    found: dict[str, VpoolEntry] = {}
    for key, value in (section.entries if section else {}).items():
        path = ("vpool", key)
        where = section.key_lines[key] if section else 0
        address = reader.key_address(key, path, where)
        entry = reader.mapping(value, path)
        if entry is None and not is_empty(value):
            continue
        fields = entry.entries if entry else {}
        reader.lines[path] = where
        if entry is not None:
            reader.known_keys(entry, path, ("layout", "reason"))
        if address in found:
            reader.refuse(path, where, message("D05", "address_twice", address=address))
        layout = reader.choice(fields.get("layout"), (*path, "layout"), VPOOL_LAYOUTS)
        if "layout" not in fields or is_empty(fields["layout"]):
            said = message("D11", "layout", node=key[:60], layouts=VPOOL_LAYOUTS)
            reader.refuse((*path, "layout"), where, said)
        reason = _reason(reader, fields.get("reason"), (*path, "reason"))
        if address and layout:
            found[address] = VpoolEntry(address, layout, reason, where)
    return found


def _reason(reader: Reader, node: Node | None, path: Path) -> str:
    """Return the reason as one line that the settings file of a node can hold unchanged."""
    value = reader.text(node, path)
    odd = next((char for char in value if not shown(char)), "")
    if node is not None and odd:
        said = message("D15", "hidden_character", field=".".join(path), char=label(odd))
        reader.refuse(path, node.line, said)
    elif node is not None and len(value) > MAX_REASON:
        said = message("D15", "too_long", field=".".join(path), length=len(value), limit=MAX_REASON)
        reader.refuse(path, node.line, said)
    else:
        return value
    return ""


def _erases(reader: Reader, node: Node | None) -> tuple[EraseEntry, ...]:
    section = reader.mapping(node, ("erase",))
    found: list[EraseEntry] = []
    for key, value in (section.entries if section else {}).items():
        address = reader.key_address(key, ("erase", key), section.key_lines[key] if section else 0)
        for path, item in reader.items(value, ("erase", key)):
            text = reader.text(item, path)
            if address and text:
                found.append(EraseEntry(address, text, item.line))
    return tuple(found)


def _vbcs(reader: Reader, node: Node | None) -> tuple[VbcEntry, ...]:
    found = []
    for path, item in reader.items(node, ("vbc",)):
        entry = reader.mapping(item, path)
        if entry is None:
            if is_empty(item):
                reader.refuse(path, item.line, message("D11", "vbc"))
            continue
        reader.lines[path] = item.line
        reader.known_keys(entry, path, VBC_KEYS)
        get = entry.entries.get
        vip4, master4 = _vip(reader, get("ipv4_vip"), (*path, "ipv4_vip"), 4)
        vip6, master6 = _vip(reader, get("ipv6_vip"), (*path, "ipv6_vip"), 6)
        found.append(
            VbcEntry(
                members=reader.addresses(get("mgmt_ips"), (*path, "mgmt_ips"), 4),
                ipv4_network=reader.network(get("ipv4_vbc"), (*path, "ipv4_vbc"), 4),
                ipv4_vip=vip4,
                ipv4_master=master4,
                ipv6_network=reader.network(get("ipv6_vbc"), (*path, "ipv6_vbc"), 6),
                ipv6_vip=vip6,
                ipv6_master=master6,
                line=item.line,
            )
        )
    return tuple(found)


def _vip(reader: Reader, node: Node | None, path: Path, version: int) -> tuple[str, str]:
    """Split ``VIP|Master`` into VIP and Master; the Master is always named by its IPv4 management address."""
    value = reader.text(node, path)
    if not value or node is None:
        return "", ""
    parts = [part.strip() for part in value.split("|")]
    if len(parts) != 2 or not all(parts):
        said = message("D09", "no_vip", field=".".join(path), value=value[:60])
        reader.refuse(path, node.line, said)
        return "", ""
    found = []
    for part, family in zip(parts, (version, 4), strict=True):
        try:
            address = parse_address(part)
        except ValueError as error:
            said = message("D13", "malformed", field=".".join(path), reason=error)
            reader.refuse(path, node.line, said)
            return "", ""
        if address.version != family:
            said = message(
                "D13",
                "other_family",
                field=".".join(path),
                value=part[:60],
                found=address.version,
                wanted=family,
            )
            reader.refuse(path, node.line, said)
            return "", ""
        found.append(address.text)
    return found[0], found[1]
