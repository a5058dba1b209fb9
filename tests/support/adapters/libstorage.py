"""Mock-ups of libstorage-ng (what it ran and read on a machine) as sections, and the device graph it made of them."""

from __future__ import annotations

from xml.etree import ElementTree

from tests.support.adapters import rows, udev

_SECTOR_BYTES = 512
_FILES = {"mounts": "/proc/mounts", "swaps": "/proc/swaps", "mdstat": "/proc/mdstat"}


def sections(mockup: str) -> dict[str, str]:
    """Return section texts by keyword name."""
    root = ElementTree.fromstring(mockup)
    commands = _texts(root, "Commands/Command", "stdout")
    files = _texts(root, "Files/File", "content")
    records = _records(commands)
    disks = [item for item in records if item["DEVTYPE"] == "disk"]
    found = {
        "lsblk_json": rows.lsblk(
            {**udev.row(item), "size": _part_bytes(item), "parents": udev.parents(item, records)}
            for item in records
        ),
        "sysfs_block": rows.keyed({udev.name(item): _kernel(item, files) for item in disks}),
        "by_id": rows.by_id(udev.links(records)),
        "blkid": commands["/sbin/blkid --cache-file /dev/null"],
    }
    return found | {key: files[path] for key, path in _FILES.items() if path in files}


def answer(graph: str) -> dict[str, tuple[int, bool, str]]:
    """Return bytes, rotational and transport (may be empty) of each disk in the graph, by name."""
    found = {}
    for item in ElementTree.fromstring(graph).iter("Disk"):
        size = int(item.findtext("region/length", "")) * int(item.findtext("region/block-size", ""))
        rotational = item.findtext("rotational") == "true"
        name = item.findtext("name", "").removeprefix("/dev/")
        found[name] = (size, rotational, item.findtext("transport", "").lower())
    return found


def _texts(root: ElementTree.Element, path: str, line: str) -> dict[str, str]:
    return {
        str(name.text): "".join(f"{part.text or ''}\n" for part in item.findall(line))
        for item in root.findall(path)
        for name in item.findall("name")
    }


def _records(commands: dict[str, str]) -> list[udev.Record]:
    told = [
        udev.record(text) for name, text in commands.items() if name.startswith("/usr/bin/udevadm info /dev/")
    ]
    return list({udev.name(item): item for item in told}.values())


def _part_bytes(item: udev.Record) -> int | None:
    """Return a partition's size; that of a whole disk is left to the kernel's own attributes."""
    sectors = item.get("ID_PART_ENTRY_SIZE")
    return int(sectors) * _SECTOR_BYTES if sectors and item["DEVTYPE"] == "partition" else None


def _kernel(item: udev.Record, files: dict[str, str]) -> dict[str, str]:
    folder = f"/sys{item['DEVPATH']}"
    keys = {"size": "size", "ro": "ro", "rotational": "queue/rotational"}
    values = {key: files.get(f"{folder}/{path}", "").strip() for key, path in keys.items()}
    return {**values, "path": udev.folder(item)}
