"""Whole disks of a machine: which devices are disks, their type, and whether to use them."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nodes.collection.identity import identify
from nodes.collection.raid import is_volume
from nodes.collection.signatures import Content, signatures_of
from nodes.collection.storage import CACHED, Storage, natural
from nodes.facts import DiskFacts
from nodes.parsers.block import BlockDevice
from nodes.parsers.sysfs_block import SysBlock

# Not disks, although lsblk calls many of them "disk".
NO_DISK = re.compile(
    r"(?:loop|ram|zram|fd|sr|scd|nbd|rbd|drbd|zd|md|dm-|bcache|mtdblock|pktcdvd|nullb|ublkb)[0-9/].*"
    r"|mmcblk[0-9]+(?:boot[0-9]+|rpmb|gp[0-9]+)|nvme[0-9]+c[0-9]+n[0-9]+"
)
_SSD_MODEL = re.compile(r"\bSSD|SSD\b")
_VIRTUAL_MEDIA = re.compile(
    r"Virtual (?:Floppy|CD|HDisk|Media|USB|KVM)|Virtual-?(?:Floppy|CDROM)|LCDRIVE|AMI Virtual|iDRAC|\biLO\b|OEMDRV"
    r"|Internal Dual SD|Remote (?:Disk|CD)",
    re.IGNORECASE,
)
_CARD_READER = re.compile(
    r"Memory ?Stick|SD/MMC|Card ?Reader|\bCRW\b|Multi.?Card|Compact ?Flash", re.IGNORECASE
)
# The start of the reason if a disk belongs to another machine.
NOT_HERE = "not in this machine"
# Block devices over the network that look like disks of this machine: RNBD, ATA over Ethernet, PowerFlex.
_NETWORK_NAMES = re.compile(r"rnbd[0-9]+|etherd/.*|scini[a-z]+")
# Buses that lead to disks of another machine.
REMOTE = {"iscsi": "iSCSI", "fc": "Fibre Channel", "fcoe": "Fibre Channel over Ethernet", "srp": "SRP"}
# Hosts of such a bus, by their proc_name, where lsblk does not report it.
_REMOTE_DRIVERS = {
    **dict.fromkeys(("qla2xxx", "lpfc", "efct", "bfa", "mptfc", "zfcp", "ibmvfc"), "fc"),
    **dict.fromkeys(("fcoe", "bnx2fc", "fnic", "qedf", "csiostor"), "fcoe"),
    **dict.fromkeys(("iscsi_tcp", "iscsi_iser", "iser", "bnx2i", "be2iscsi", "qla4xxx", "qedi"), "iscsi"),
    "ib_srp": "srp",
}
_PMEM = re.compile(r"pmem[0-9.]+s?")
_NVME = re.compile(r"nvme([0-9]+)n([0-9]+)")
_TOO_SMALL_BYTES = 10**9
# SCSI peripheral device type of host-managed zoned drives (SPC-5); ATA drives of that kind are shown as one, too.
ZONED_TYPE = "20"
HOST_MANAGED, HOST_AWARE = "host-managed", "host-aware"


def find_disks(
    storage: Storage, links: Mapping[str, tuple[str, ...]], content: Content
) -> dict[str, DiskFacts]:
    """Return every whole disk larger than zero by kernel name, in natural order, the OS disk among them."""
    return {
        kname: _disk(storage, kname, links, content)
        for kname in sorted(storage.devices, key=natural)
        if is_disk(storage, kname)
    }


def is_disk(storage: Storage, kname: str) -> bool:
    """Check for a whole disk or a multipath LUN, not a partition, a stack, an optical drive or an empty reader."""
    device = storage.devices[kname]
    if not device.size_bytes:
        return False
    if storage.stands_for_others(kname):
        return True
    if device.type != "disk" or NO_DISK.fullmatch(kname) or storage.parents.get(kname):
        return False
    return not any(storage.stands_for_others(child) for child in storage.children.get(kname, ()))


def _disk(storage: Storage, kname: str, links: Mapping[str, tuple[str, ...]], content: Content) -> DiskFacts:
    device = storage.devices[kname]
    members = _members(storage, kname)
    base = storage.devices[members[0]] if members else device
    kernel = storage.kernel.get(base.kname, SysBlock(base.kname))
    transport = transport_of(base, kernel)
    who = identify(device, base, kernel, links)
    mounted = tuple(
        dict.fromkeys(
            point for name in (kname, *storage.above(kname)) for point in storage.devices[name].mountpoints
        )
    )
    signs = signatures_of(storage, kname, members, content)
    removable = _is_removable(base, transport) or transport == "usb"
    reason = _elsewhere(storage, base.kname, transport) or _reason(device, base, kernel, transport, signs)
    return DiskFacts(
        name=device.name,
        type=disk_type(base, transport),
        size_bytes=device.size_bytes or 0,
        transport=transport,
        rotational=False if base.rotational is None and transport == "nvme" else base.rotational,
        rotational_guess=_is_guess(base, kernel, transport) or bool(CACHED.fullmatch(kname)),
        removable=removable,
        dirty=bool(signs),
        signatures=signs,
        mountpoints=mounted,
        members=members,
        suggested_status=0 if reason else 1,
        status_reason=reason,
        zoned=zones_of(base, kernel),
        wwn=who.wwn,
        serial=who.serial,
        model=who.model,
    )


def _members(storage: Storage, kname: str) -> tuple[str, ...]:
    below = storage.parents.get(kname, ())
    return tuple(sorted(below, key=natural))


def transport_of(device: BlockDevice, kernel: SysBlock) -> str:
    """Return ``sata sas nvme usb virtio xen mmc fc iscsi …``: from lsblk, else from name and device path."""
    name = device.kname
    by_name = {"nvme": "nvme", "mmcblk": "mmc", "vd": "virtio", "xvd": "xen"}
    for prefix, word in by_name.items():
        if re.fullmatch(rf"{prefix}[a-z0-9]+", name):
            return word
    path = f"{kernel.path}/"
    if "/usb" in path:
        return "usb"
    if device.transport:
        return device.transport
    if kernel.fibre_channel or kernel.host_driver in _REMOTE_DRIVERS:
        return _REMOTE_DRIVERS.get(kernel.host_driver, "fc")
    hints = (
        ("/session", "iscsi"),
        ("/rport-", "fc"),
        ("/end_device-", "sas"),
        ("/ata", "sata"),
        ("/virtio", "virtio"),
    )
    return next((word for hint, word in hints if hint in path), "")


def disk_type(device: BlockDevice, transport: str) -> str:
    """Return ``nvme``, ``ssd``, ``sas`` or ``sata``, as the engineer's tools call them."""
    if transport == "nvme":
        return "nvme"
    if device.rotational is False or (device.rotational is None and _SSD_MODEL.search(device.model)):
        return "ssd"
    # A SATA drive on a SAS controller shows it by its vendor.
    return "sas" if transport == "sas" and device.vendor != "ATA" else "sata"


def zones_of(device: BlockDevice, kernel: SysBlock) -> str:
    """Return ``host-managed`` or ``host-aware`` for a drive with zones; empty for any other.

    From the kernel's ``queue/zoned`` (``drive-managed`` drives hide theirs), lsblk's column ZONED (since 2.31) and the
    SCSI peripheral device type, the only source in old kernels.
    """
    told = next((word for word in (kernel.zoned, device.zoned) if word in (HOST_MANAGED, HOST_AWARE)), "")
    return HOST_MANAGED if kernel.type == ZONED_TYPE else told


def _is_removable(device: BlockDevice, transport: str) -> bool:
    """Check whether the medium can be taken out. AHCI reports every drive in a hot-swap bay as removable, too.

    A drive has a WWN; the cards and cartridges that ATA knows have none. (Linux: ``ATA_PFLAG_EXTERNAL``.)
    """
    return bool(device.removable) and not (transport == "sata" and device.wwn)


def _is_guess(device: BlockDevice, kernel: SysBlock, transport: str) -> bool:
    """Check whether something between the kernel and the medium may have made up the rotational flag."""
    if transport == "nvme":
        return False
    if device.rotational is None or transport in ("virtio", "xen", *REMOTE):
        return True
    return is_volume(device, kernel) or bool(device.rotational and _SSD_MODEL.search(device.model))


def _elsewhere(storage: Storage, kname: str, transport: str) -> str:
    """Return why an apparent disk of this machine belongs to another, so that it is not erased by mistake."""
    if transport in REMOTE:
        return f"{NOT_HERE} ({REMOTE[transport]})"
    if _NETWORK_NAMES.fullmatch(kname):
        return f"{NOT_HERE} (a network block device)"
    nvme = _NVME.fullmatch(kname)
    if nvme is None:
        return ""
    # With native multipath only the hidden paths of a namespace show where it is.
    paths = re.compile(rf"nvme{nvme[1]}(?:c[0-9]+)?n{nvme[2]}")
    known = (item.path for name, item in storage.kernel.items() if paths.fullmatch(name))
    return f"{NOT_HERE} (NVMe over fabrics)" if any("/nvme-fabrics/" in path for path in known) else ""


def _reason(
    device: BlockDevice, base: BlockDevice, kernel: SysBlock, transport: str, signs: tuple[str, ...]
) -> str:
    """Return why the disk should not be used, in plain words; empty when it may."""
    if _VIRTUAL_MEDIA.search(f"{base.vendor} {base.model}"):
        return "virtual media of the management controller"
    if transport == "usb":
        return "on USB"
    if _CARD_READER.search(base.model):
        return "a card reader"
    if _is_removable(base, transport) or (transport == "mmc" and kernel.type == "SD"):
        return "removable"
    if _PMEM.fullmatch(base.kname):
        return "persistent memory, not a drive"
    if device.read_only:
        return "read-only"
    if zones_of(base, kernel) == HOST_MANAGED:
        return "host-managed zones (SMR, ZNS): ZFS, ext4 and DRBD cannot write there"
    if "iso9660" in signs:
        return "carries an installation image"
    return "smaller than 1 GB" if (device.size_bytes or 0) < _TOO_SMALL_BYTES else ""
