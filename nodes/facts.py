"""What collection knows about a machine: frozen facts, no database, no network.

Sizes are bytes, speeds Mbit/s, MTU bytes. ``None`` means that the machine did not report it; an empty
string or tuple means that it reported "nothing".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Product:
    """The machine as its firmware names it (SMBIOS type 1)."""

    vendor: str = ""
    name: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Cpu:
    """``arch`` as ``uname -m`` prints it; counts are of the whole machine."""

    arch: str
    model: str
    sockets: int
    cores: int
    threads: int


@dataclass(frozen=True, slots=True)
class OperatingSystem:
    """``name`` is the ID of os-release (``ubuntu``), ``version`` its VERSION_ID, ``kernel`` ``uname -r``."""

    name: str
    version: str
    kernel: str


@dataclass(frozen=True, slots=True)
class DiskFacts:
    """One whole disk (multipath and RAID members folded), identified by ``wwn`` or ``serial`` and size."""

    name: str
    type: str  # ssd | sata | sas | nvme
    size_bytes: int
    by_id: str = ""
    wwn: str = ""
    serial: str = ""
    model: str = ""
    transport: str = ""
    rotational: bool | None = None
    rotational_guess: bool = False  # behind a RAID controller or a hypervisor: the flag is a guess
    removable: bool = False
    dirty: bool = False
    signatures: tuple[str, ...] = ()  # what makes it dirty: "gpt", "ext4", "LVM2_member", ...
    mountpoints: tuple[str, ...] = ()
    members: tuple[str, ...] = ()  # paths of a multipath LUN, legs of a RAID
    suggested_status: int = 1  # 1 usable, 0 not to be used (removable or virtual media)
    status_reason: str = ""  # plain words for a suggested status of 0
    # The physical drive it is a namespace or LUN of: disks of one machine with the same text are lost together.
    drive: str = ""
    zoned: str = (
        ""  # host-managed | host-aware: a shingled or zoned drive; empty for any other, or when not reported
    )


@dataclass(frozen=True, slots=True)
class OsDiskFacts:
    """The disk (or the first of several legs) that carries the root file system."""

    disk: DiskFacts
    root_part: str
    root_size_bytes: int
    swap_part: str = ""
    swap_size_bytes: int = 0
    rest_part: str = ""
    rest_size_bytes: int = 0
    legs: tuple[str, ...] = ()  # all whole disks under the root file system


@dataclass(frozen=True, slots=True)
class NicFacts:
    """One network interface that can carry traffic of the platform."""

    name: str
    mac: str
    type: str  # physical | bond | vlan | bridge
    address: str = ""
    prefix: int | None = None
    gateway: str = ""
    mtu: int | None = None
    speed_mbps: int | None = None
    link: bool | None = None
    bond_mode: str = ""
    slaves: tuple[str, ...] = ()
    vlan_id: int | None = None
    raw_device: str = ""
    addresses: tuple[str, ...] = ()  # every address with its prefix, ``address`` first


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """The machine's clock minus the installer's, accurate to ``uncertainty_ms``, at ``measured_at`` (ours).

    ``synchronised``: as its time service reports, or the kernel; ``source`` is that service, empty when there is none.
    """

    offset_ms: int
    uncertainty_ms: int
    measured_at: datetime
    synchronised: bool | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class NodeFacts:
    """Everything that one collection of one machine found."""

    hostname: str
    product: Product
    cpu: Cpu
    memory_bytes: int
    os: OperatingSystem
    os_disk: OsDiskFacts | None
    data_disks: tuple[DiskFacts, ...]
    networks: tuple[NicFacts, ...]
    default_gateway: str = ""
    default_interface: str = ""
    mgmt_interface: str = ""  # carries the address that the installer connected to
    qemu_version: str = ""
    clock: ClockFacts | None = None
    warnings: tuple[str, ...] = ()  # plain sentences: what could not be read and why it matters
