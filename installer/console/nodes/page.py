"""The page of a node."""

from __future__ import annotations

import zlib
from typing import Any

from django.db.models import BooleanField, ExpressionWrapper, Q
from django.http import Http404, HttpResponse
from django.utils.translation import gettext, ngettext

from common.wording import moment_words
from installer.console.labels import pill
from installer.console.nodes.differences import change_rows
from installer.console.nodes.history import FIELD_WORDS, history_of, shown_value
from installer.console.pictures.load_node import node_pictures
from installer.console.pictures.svg import patterns
from installer.console.units import gb_number, memory_text, size_text
from nodes.clock import describe
from nodes.models import CORRECTABLE, Disk, DiskCorrection, DiskType, Node
from nodes.services.erase_preview import ERASABLE
from nodes.services.export_nodes import FORMATS
from nodes.shared_drives import beside
from nodes.states import COLLECTABLE, DELETABLE, NodeStatus

COLLECTION_ROWS = 20
# A node that sends more than this in one collection is broken or hostile; it is unreadable in a browser anyway.
MAX_RAW_BYTES = 64 * 1024 * 1024


def node_context(node: Node) -> dict[str, Any]:
    """Return facts, disks with observed and corrected values, interfaces, collections and corrections."""
    role = getattr(node, "role", None)
    # The OS disk first, in the same list: it can be corrected, too.
    seen = sorted(node.disks.all(), key=lambda disk: not disk.is_os)
    drives = {disk.name: disk.drive for disk in seen}
    disks = [_disk(disk, beside(disk.name, drives)) for disk in seen]
    interfaces = list(node.interfaces.all())
    return {
        "node": node,
        "status_pill": pill(node.status),
        "role": role,
        "groups": _facts(node),
        "all_disks": disks,
        "disks": [disk for disk in disks if not disk["row"].is_os],
        "os_disk": next((disk for disk in disks if disk["row"].is_os), None),
        "interfaces": interfaces,
        "pictures": node_pictures(node, seen, interfaces),
        "picture_patterns": patterns(),
        "missing": _missing(node),
        "collections": _collections(node),
        "history": history_of(node.node_id),
        "types": DiskType.values,
        "collectable": node.status in COLLECTABLE,
        "deletable": node.status in DELETABLE,
        "retirable": node.status == NodeStatus.ACTIVE,
        "erasable": node.status in ERASABLE,
        "export_kinds": FORMATS,
        "conflicts": sum(disk["conflict"] for disk in disks),
    }


def _facts(node: Node) -> list[tuple[str, str]]:
    product = " ".join(part for part in (node.product_vendor, node.product_name) if part)
    cores = ngettext("%(n)s core", "%(n)s cores", node.cpu_cores) % {"n": node.cpu_cores}
    threads = ngettext("%(n)s thread", "%(n)s threads", node.cpu_threads) % {"n": node.cpu_threads}
    cpu = f"{node.cpu_sockets} × {node.cpu_model}, {cores}, {threads}"
    values = {"gateway": node.default_gateway, "interface": node.default_interface}
    gateway = gettext("%(gateway)s on %(interface)s") % values if node.default_gateway else ""
    return [
        (gettext("Machine"), product),
        (gettext("Serial number"), node.product_serial),
        (gettext("CPU"), cpu if node.cpu_cores else ""),
        (gettext("Architecture"), node.cpu_arch),
        (gettext("Memory"), memory_text(node.memory_bytes)),
        (gettext("Operating system"), f"{node.os_name} {node.os_version}".strip()),
        (gettext("Kernel"), node.kernel),
        (gettext("QEMU"), node.qemu_version),
        (gettext("Root partition"), _part(node.root_part, node.root_size_bytes)),
        (gettext("Swap partition"), _part(node.swap_part, node.swap_size_bytes)),
        (gettext("Remaining space"), _part(node.rest_part, node.rest_size_bytes)),
        (gettext("Default route"), gateway),
        (gettext("Management interface"), node.mgmt_interface),
        (gettext("Clock"), _clock(node)),
        (
            gettext("SSH login"),
            gettext("%(user)s, port %(port)s") % {"user": node.ssh_user, "port": node.ssh_port},
        ),
        (gettext("Host key"), node.host_key_fingerprint),
        (gettext("Host key pinned by"), node.host_key_pinned_by),
    ]


def _clock(node: Node) -> str:
    """Describe the offset of the clock, its time source, and when it was measured."""
    known = node.clock
    if known is None:
        return ""
    kept = {True: gettext("synchronised"), False: gettext("not synchronised"), None: ""}[known.synchronised]
    words = ", ".join(
        part for part in (describe(known.offset_ms, known.uncertainty_ms), known.source, kept) if part
    )
    measured = gettext("measured at %(time)s") % {"time": moment_words(known.measured_at, "minute")}
    return f"{words}; {measured}"


def _part(name: str, size_bytes: int) -> str:
    return f"{name} ({size_text(size_bytes)})" if name else ""


def _disk(disk: Disk, on_one_drive: list[str]) -> dict[str, Any]:
    fields = [_field(disk, name) for name in CORRECTABLE]
    return {
        "row": disk,
        "one_drive_with": on_one_drive,
        "fields": fields,
        "conflict": any(field["conflict"] for field in fields),
        "corrected": any(field["found"] for field in fields),
        "unused": disk.effective("status") == 0,
        "type": disk.effective("type"),
        "size_gb": gb_number(disk.effective("size_bytes")),
        "status": disk.effective("status"),
    }


def _field(disk: Disk, name: str) -> dict[str, Any]:
    found = disk.correction(name)
    return {
        "name": name,
        "word": FIELD_WORDS[name],
        "observed": shown_value(name, disk.observed(name)),
        "override": shown_value(name, found.value) if found else "",
        "effective": shown_value(name, disk.effective(name)),
        "against": shown_value(name, found.against) if found else "",
        "conflict": bool(found and found.conflict),
        "found": found,
    }


def _collections(node: Node) -> list[dict[str, Any]]:
    """Return the newest collections, each with the differences it found."""
    kept = ExpressionWrapper(~Q(raw=b""), output_field=BooleanField())
    rows = node.collections.defer("raw").annotate(has_raw=kept)[:COLLECTION_ROWS]
    return [{"row": row, "changes": change_rows(row.changes)} for row in rows]


def _missing(node: Node) -> list[dict[str, Any]]:
    """Return corrections of disks that the last collection did not find: they apply again when the disk is back."""
    present = list(node.disks.all())
    found = DiskCorrection.objects.filter(disk__node=node, disk__present=False).select_related("disk")
    disks: dict[int, dict[str, Any]] = {}
    for item in found.order_by("disk__name", "disk_id", "field"):
        may_be = [disk.name for disk in present if item.disk_id in disk.may_be]
        disk = disks.setdefault(item.disk_id, {"row": item.disk, "words": [], "fields": [], "may_be": may_be})
        disk["words"].append(
            f"{FIELD_WORDS[item.field]} {shown_value(item.field, item.value)} ({item.made_by})"
        )
        disk["fields"].append(item.field)
    return list(disks.values())


def raw_collection(node: Node, number: int) -> HttpResponse:
    """Return the node's raw output as a download; never shown as a page, since it is untrusted."""
    found = node.collections.filter(pk=number).first()
    if found is None or not found.raw:
        raise Http404(gettext("The raw output of this collection was not kept"))
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(bytes(found.raw), MAX_RAW_BYTES)
    answer = HttpResponse(text, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{node.node_id}-{number}.txt"'
    return answer
