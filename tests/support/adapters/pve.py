"""Proxmox's disk tests (sysfs files and ``udevadm info`` of each disk) as sections of our collection."""

from __future__ import annotations

from collections.abc import Mapping

from tests.support.adapters import rows, udev

_KERNEL = {
    "size": "size",
    "rotational": "queue/rotational",
    "model": "device/model",
    "vendor": "device/vendor",
}


def sections(files: Mapping[str, str]) -> dict[str, str]:
    """Return section texts by keyword name; ``files`` are the texts of one folder by their path in it."""
    records = {name: udev.record(files[f"{name}_udevadm"]) for name in files["disklist"].split()}
    return {
        "lsblk_json": rows.lsblk(udev.row(item) for item in records.values()),
        "sysfs_block": rows.keyed(
            {name: {**_kernel(name, files), "path": udev.folder(item)} for name, item in records.items()}
        ),
        "by_id": rows.by_id(udev.links(records.values())),
    }


def _kernel(name: str, files: Mapping[str, str]) -> dict[str, str]:
    return {key: files.get(f"{name}/{path}", "").strip() for key, path in _KERNEL.items()}
