"""Product, processor and operating system of a machine, from the sections that contain them."""

from __future__ import annotations

from common.messages import message
from common.wording import _
from nodes.collection.run_parsers import Reader
from nodes.facts import Cpu, OperatingSystem, Product
from nodes.parsers import cpuinfo, dmidecode, lscpu, meminfo, os_release, qemu, uname
from nodes.parsers.lscpu import CpuCounts
from nodes.parsers.sysfs_block import key_values
from nodes.parsers.uname import Kernel


def without_root(reader: Reader) -> bool:
    """Check whether the login user is not root and may not become root."""
    settings = reader.optional("meta", lambda text: key_values(text, "meta")) or {}
    return settings.get("root") == "no"


def warn_without_root(reader: Reader) -> None:
    """Warn of what is missing when the login user is not root and may not become root."""
    if without_root(reader):
        reader.warn(
            _(
                "The login user is not root and sudo asks for a password: the serial number and old signatures on "
                "disks may be missing. Allow sudo without a password, or log in as root, and collect again."
            )
        )


def read_product(reader: Reader) -> Product:
    """Return vendor, name and serial; empty, with a warning, where the firmware does not provide them."""
    product = reader.optional("dmidecode", dmidecode.parse) or Product()
    kernel = reader.optional("dmi-id", dmidecode.parse_key_values) or Product()
    best = Product(
        product.vendor or kernel.vendor, product.name or kernel.name, product.serial or kernel.serial
    )
    if not best.serial:
        reader.warn(
            _(
                "The machine's serial number is unknown: dmidecode could not read it, or the firmware has none."
            )
        )
    return best


def read_kernel(reader: Reader) -> Kernel:
    """Return the kernel. Raises: CollectionError, ParseError."""
    return reader.needed("uname", uname.parse, message("N63", "no_tool", section="uname"))


def read_hostname(reader: Reader) -> str:
    """Return the host name. Raises: CollectionError, ParseError."""
    return reader.needed("hostname", uname.parse_hostname, message("N63", "no_hostname", section="hostname"))


def read_cpu(reader: Reader, kernel: Kernel) -> Cpu:
    """Return the counts of lscpu, completed from ``/proc/cpuinfo``. Raises: CollectionError, ParseError."""
    first = reader.optional("lscpu", lscpu.parse, _("CPU counts come from /proc/cpuinfo"))
    second = reader.optional("cpuinfo", cpuinfo.parse)
    counts = (
        first
        or second
        or reader.needed("cpuinfo", cpuinfo.parse, message("N63", "no_proc", section="cpuinfo"))
    )
    other = second or counts
    rows = reader.optional("lscpu-rows", lscpu.parse_rows)
    # Sockets times cores is wrong where only some cores have two threads: the rows count each core.
    cores = (rows[1] if rows and rows[0] <= counts.threads else 0) or _agreed_cores(counts, second)
    # Small ARM boards report neither sockets nor cores: then each thread counts as one core of one socket.
    threads = counts.threads
    return Cpu(
        arch=kernel.machine,
        model=counts.model or other.model,
        sockets=counts.sockets or other.sockets or 1,
        cores=cores or counts.cores or min(other.cores, threads) or threads,
        threads=threads,
    )


def _agreed_cores(counts: CpuCounts, listed: CpuCounts | None) -> int:
    """Return the cores of /proc/cpuinfo when it lists every thread and its own numbers agree; else 0."""
    return listed.cores if listed and listed.agreed and listed.threads == counts.threads else 0


def read_memory(reader: Reader) -> int:
    """Return the memory in bytes. Raises: CollectionError, ParseError."""
    return reader.needed("meminfo", meminfo.parse, message("N63", "no_proc", section="meminfo"))


def read_os(reader: Reader, kernel: Kernel) -> OperatingSystem:
    """Return distribution and kernel. Raises: CollectionError, ParseError."""
    release = reader.needed(
        "os-release",
        os_release.parse,
        message("N63", "no_os_release", section="os-release"),
    )
    return OperatingSystem(name=release.id, version=release.version_id, kernel=kernel.release)


def read_qemu(reader: Reader) -> str:
    """Return the QEMU version in use, empty where there is none."""
    section = reader.section("qemu")
    if section.status == "missing":
        return ""
    return qemu.version_in_use(reader.optional("qemu", qemu.parse) or ())
