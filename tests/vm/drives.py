"""The disks of the guest: what qemu is given for each, and so what the console must find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Drive:
    """``device`` is qemu's; ``wwn`` as the kernel writes it; ``transport`` and ``type`` as collected."""

    name: str
    device: str
    size_bytes: int
    serial: str = ""
    wwn: str = ""
    transport: str = ""
    type: str = "sata"
    sector_bytes: int = 512
    options: tuple[tuple[str, Any], ...] = ()

    def arguments(self, serial: str = "", wwn: str = "") -> dict[str, Any]:
        """Return the arguments of ``device_add``; another serial and WWN make another disk with the same content."""
        found: dict[str, Any] = {"driver": self.device, "id": self.name, "drive": f"b-{self.name}"}
        if serial or self.serial:
            found["serial"] = serial or self.serial
        if self.wwn:
            found["wwn"] = int(wwn or self.wwn, 16)
        if self.sector_bytes != 512:
            found |= {"logical_block_size": self.sector_bytes, "physical_block_size": self.sector_bytes}
        return found | dict(self.options)


_SCSI = (("bus", "scsi0.0"),)

OS_DISKS = (
    Drive("os0", "scsi-hd", 5 * GIB, "VMOS000001", "0x5000c50000000001", options=_SCSI),
    Drive("os1", "scsi-hd", 5 * GIB, "VMOS000002", "0x5000c50000000002", options=_SCSI),
)
# Sizes differ, so that one taken for another is seen.
DATA_DISKS = (
    Drive("sata", "ide-hd", 2 * GIB, "VMSATA0001", "0x5000c50000000011", "sata", options=(("bus", "ide.0"),)),
    Drive(
        "ssd", "scsi-hd", 2 * GIB + 4096, "VMSSD00001", "0x5000c50000000012", "virtio", "ssd",
        options=(*_SCSI, ("rotation_rate", 1)),
    ),
    Drive("nvme", "nvme", 2 * GIB + 8192, "VMNVME0001", "", "nvme", "nvme", 4096),
    # Cannot discard, so that erasing all of it means writing all of it.
    Drive("blk", "virtio-blk-pci", 2 * GIB + 512, "VMBLK00001", "", "virtio", options=(("discard", False),)),
    Drive("wide", "scsi-hd", 2 * GIB + 12288, "VMWIDE0001", "0x5000c50000000013", "virtio", "sata", 4096, options=_SCSI),
    Drive("lvm", "scsi-hd", 2 * GIB + 16384, "VMLVM00001", "0x5000c50000000014", "virtio", options=_SCSI),
    Drive("raid", "scsi-hd", 2 * GIB + 20480, "VMRAID0001", "0x5000c50000000015", "virtio", options=_SCSI),
    Drive("half", "scsi-hd", 2 * GIB + 24576, "VMHALF0001", "0x5000c50000000016", "virtio", options=_SCSI),
    Drive("mount", "virtio-blk-pci", 2 * GIB + 28672, "VMMOUNT001", "", "virtio"),
    Drive("naked", "virtio-blk-pci", 2 * GIB + 32768, "", "", "virtio"),
)  # fmt: skip
STICK = Drive(
    "stick", "usb-storage", 2 * GIB + 36864, "VMUSB00001", "", "usb",
    options=(("bus", "xhci.0"), ("removable", True)),
)  # fmt: skip
CDROM = Drive("cdrom", "scsi-cd", 64 << 20, "VMCD000001", options=_SCSI)
