"""Volumes of RAID controllers and hypervisors, whose reported medium is not the real one.

Drivers by the ``proc_name`` of their SCSI hosts (Linux, ``drivers/scsi``, ``drivers/message/fusion``; those of HighPoint and
others that come with the controller). Channels as these drivers define them: plain drives are on the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from nodes.parsers.block import BlockDevice
from nodes.parsers.sysfs_block import SysBlock

_EVERY: frozenset[str] = frozenset()
# Driver of the host -> the channels on which it shows volumes; an empty set: every disk may be one.
DRIVERS: Mapping[str, frozenset[str]] = {
    # Broadcom, LSI, Dell PERC: MEGASAS_MAX_PD_CHANNELS
    "megaraid_sas": frozenset("23"),
    **dict.fromkeys(("megaraid", "megaraid_legacy", "megaraid_mbox", "megasr"), _EVERY),
    # LSI fusion: MPTSAS_RAID_CHANNEL, RAID_CHANNEL of mpt3sas
    **dict.fromkeys(("mptsas", "mpt2sas", "mpt3sas"), frozenset("1")),
    "mptspi": _EVERY,
    # HPE and Microchip: HPSA_RAID_VOLUME_BUS, HPSA_EXTERNAL_RAID_VOLUME_BUS, PQI_RAID_VOLUME_BUS
    "hpsa": frozenset("12"),
    "smartpqi": frozenset("1"),
    **dict.fromkeys(("cciss", "aacraid", "ips", "gdth", "dpt_i2o"), _EVERY),  # Compaq, Adaptec, IBM, ICP
    **dict.fromkeys(
        ("hptiop", "hptnr", "hptnvme", "hptrr", "rsnvme"), _EVERY
    ),  # HighPoint RocketRAID, SSD7000
    **dict.fromkeys(("rr172x", "rr174x", "rr231x", "rr232x", "rr62x", "rr64xl", "rr276x", "rr278x"), _EVERY),
    **dict.fromkeys(("3w-xxxx", "3w-9xxx", "3w-sas"), _EVERY),  # 3ware
    **dict.fromkeys(
        ("arcmsr", "mvumi", "stex", "pmcraid", "ipr", "esas2r"), _EVERY
    ),  # Areca, Marvell, Promise, …
    **dict.fromkeys(("DAC960", "myrb", "myrs"), _EVERY),  # Mylex
    # Disks of hypervisors
    **dict.fromkeys(("hv_storvsc", "storvsc", "storvsc_host_t", "vmw_pvscsi"), _EVERY),
    **dict.fromkeys(("virtio_scsi", "Virtio", "Virtio SCSI HBA", "xen-scsifront", "ibmvscsi"), _EVERY),
}
# Vendor and model as volumes report them, and emulated drives.
VOLUME = re.compile(
    r"PERC|MegaRAID|\bMR[0-9]{3,4}|LOGICAL (?:VOLUME|DISK|DRIVE)|LogicalDrv|AVAGO|ServeRAID|Smart Array|RAID"
    r"|RS[0-9][A-Z]{2}[0-9]{3}|RMS[0-9][A-Z]{2}[0-9]{3}|\bH/W\b|\bVOL#[0-9]|^Areca |^HPT\b|^HighPoint|^Promise\b|^AMCC\b|^3ware"
    r"|^Marvell .*\bVD\b|\bVD [0-9A-Z]|\bIPR-[0-9]|NS204i"
    r"|QEMU|VBOX|VMware|Virtual [Dd]isk|BOSS|Msft|Volume|iSCSI",
    re.IGNORECASE,
)
# Volumes of block drivers other than SCSI: Compaq, Mylex, I2O.
_NAMES = re.compile(r"(?:cciss|ida|rd|i2o)[!/].+")


def is_volume(device: BlockDevice, kernel: SysBlock) -> bool:
    """Check whether a RAID controller or a hypervisor stands between the kernel and the medium."""
    if _NAMES.fullmatch(device.kname) or VOLUME.search(f"{device.vendor} {device.model}".strip()):
        return True
    channels = DRIVERS.get(kernel.host_driver)
    if channels is None:
        return False
    return not channels or device.hctl.split(":")[1:2] in [[channel] for channel in channels]
