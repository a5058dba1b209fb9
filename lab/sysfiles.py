"""Files in /proc and /sys that describe a node's hardware, generated from the profile and the state.

Formats: proc(5), and Documentation/ABI/testing/sysfs-class-net, sysfs-block and bonding.txt of Linux.
"""

from __future__ import annotations

from typing import Any

from lab import disks
from lab.shims import procfiles


def proc_files(facts: dict[str, Any], state: dict[str, Any]) -> dict[str, str]:
    """Return the content of each generated file, by its name under /proc."""
    return {
        "cpuinfo": _cpuinfo(facts["cpu"], facts["arch"]),
        "meminfo": _meminfo(facts["memory_kib"]),
        "mdstat": state.get("mdstat") or "Personalities : \nunused devices: <none>\n",
        "swaps": procfiles.swaps(state),
        "mounts": procfiles.mounts(state),
        "partitions": procfiles.partitions(state),
        "version": f"Linux version {facts['kernel']} (buildd@build) {facts['kernel_build']}\n",
        "cmdline": f"BOOT_IMAGE=/boot/vmlinuz-{facts['kernel']} root=UUID=0 ro\n",
    }


def sys_files(facts: dict[str, Any], state: dict[str, Any]) -> dict[str, str]:
    """Return the content of each generated file, by its path under /sys; a value that starts with ``->`` is a symlink."""
    files: dict[str, str] = {}
    product = facts["product"]
    for name, value in {
        "sys_vendor": product["vendor"],
        "product_name": product["name"],
        "product_serial": product["serial"],
        "product_version": product.get("version", ""),
        "product_uuid": product.get("uuid", ""),
        "product_family": product.get("family", ""),
        "bios_version": product.get("bios", ""),
        "bios_date": product.get("bios_date", ""),
        "chassis_type": "23",
    }.items():
        files[f"devices/virtual/dmi/id/{name}"] = f"{value}\n"
    files["class/dmi/id"] = "->../../devices/virtual/dmi/id"
    for position, nic in enumerate(facts["nics"], 2):
        files.update(_nic(nic, position, facts["nics"]))
    for disk in state["disks"]:
        files.update(_block(disk))
    return files


def _nic(nic: dict[str, Any], index: int, others: list[dict[str, Any]]) -> dict[str, str]:
    name, up = nic["name"], nic.get("link", True)
    physical = nic["type"] == "physical"
    pci = nic.get("pci", f"0000:01:00.{index % 8}")
    home = f"devices/pci0000:00/{pci}/net/{name}" if physical else f"devices/virtual/net/{name}"
    owner = next(
        (other for other in others if other["name"] == nic.get("master") and other["type"] == "bond"), nic
    )
    values = {
        "address": owner["mac"],
        "operstate": "up" if up else "down",
        "carrier": "1" if up else "0",
        "mtu": nic.get("mtu", 1500),
        "speed": nic.get("speed", 10000) if up else -1,
        "duplex": "full" if up else "unknown",
        "ifindex": index,
        "iflink": index,
        "type": 1,
        "addr_len": 6,
        "addr_assign_type": 0 if physical else 3,
        "flags": "0x1003" if up else "0x1002",
        "uevent": f"INTERFACE={name}\nIFINDEX={index}",
    }
    files = {f"{home}/{key}": f"{value}\n" for key, value in values.items()}
    files[f"class/net/{name}"] = f"->../../{home}"
    if nic.get("master"):
        files[f"{home}/master"] = f"->{'../' * (home.count('/') + 1)}devices/virtual/net/{nic['master']}"
    if physical:
        files.update(_adapter(home, pci, nic.get("driver", "e1000e")))
    if nic["type"] == "bond":
        files.update({f"{home}/bonding/{key}": f"{value}\n" for key, value in _bonding(nic).items()})
    if nic["type"] == "bridge":
        ports = [other["name"] for other in others if other.get("master") == name]
        files.update({f"{home}/brif/{port}/port_no": "0x1\n" for port in ports})
        files[f"{home}/bridge/bridge_id"] = f"8000.{nic['mac'].replace(':', '')}\n"
    return files


def _adapter(home: str, pci: str, driver: str) -> dict[str, str]:
    """Return the PCI device behind an interface, and its driver."""
    return {
        f"{home}/device": "->../..",
        f"devices/pci0000:00/{pci}/uevent": f"DRIVER={driver}\nPCI_SLOT_NAME={pci}\n",
        f"devices/pci0000:00/{pci}/vendor": "0x8086\n",
        f"devices/pci0000:00/{pci}/driver": f"->../../../bus/pci/drivers/{driver}",
        f"bus/pci/drivers/{driver}/module": f"{driver}\n",
    }


BOND_MODES = {
    "balance-rr": 0, "active-backup": 1, "balance-xor": 2, "broadcast": 3,
    "802.3ad": 4, "balance-tlb": 5, "balance-alb": 6,
}  # fmt: skip


def _bonding(nic: dict[str, Any]) -> dict[str, str]:
    return {
        "mode": f"{nic['mode']} {BOND_MODES[nic['mode']]}",
        "slaves": " ".join(nic["slaves"]),
        "miimon": "100",
        "mii_status": "up",
        "xmit_hash_policy": "layer3+4 1",
        "active_slave": nic["slaves"][0] if nic["mode"] == "active-backup" else "",
    }


def _block(disk: dict[str, Any]) -> dict[str, str]:
    name = disk["name"]
    home = f"devices/virtual/block/{name}" if disk.get("virtual") else f"devices/pci0000:00/block/{name}"
    values = {
        "size": disk["size"] // 512,
        "removable": int(disk["rm"]),
        "ro": int(disk["ro"]),
        "dev": disk.get("maj_min", "8:0"),
        "queue/rotational": int(disk["rota"]),
        "queue/logical_block_size": disk["logical"],
        "queue/physical_block_size": disk["physical"],
        "queue/hw_sector_size": disk["logical"],
        "device/model": f"{disk.get('model') or '':<16}",
        "device/vendor": f"{disk.get('vendor') or '':<8}",
        "device/rev": disk.get("rev") or "",
        "device/state": "running",
        "device/type": disk.get("scsi_type", 0),
    }
    if disk.get("zoned"):
        values["queue/zoned"] = disk["zoned"]
    if name.startswith("nvme"):
        values["device/serial"] = disk["serial"]
        values["device/transport"] = "pcie"
        values["device/subsysnqn"] = (
            f"nqn.2014.08.org.nvmexpress:80868086{disk['serial']:<20}{disk['model']:<40}"
        )
        values["nsid"] = disks.nsid(name)
    if disk["wwn"]:
        # An NVMe namespace has eui.…, nvme.… or uuid.…, and udev takes it as it is (Linux: nvme_sysfs wwid_show).
        own = name.startswith("nvme")
        values["wwid" if own else "device/wwid"] = (
            disk["wwn"] if own else f"naa.{disk['wwn'].removeprefix('0x')}"
        )
    files = {f"{home}/{key}": f"{value}\n" for key, value in values.items()}
    files[f"{home}/holders/"] = ""
    for number, part in enumerate((child for child in disk["children"] if child["type"] == "part"), 1):
        where = f"{home}/{part['name']}"
        files[f"{where}/size"] = f"{part['size'] // 512}\n"
        files[f"{where}/partition"] = f"{number}\n"
        files[f"{where}/start"] = f"{part.get('start', 2048)}\n"
        files[f"{where}/holders/"] = ""
        files[f"class/block/{part['name']}"] = f"->../../{where}"
    files[f"class/block/{name}"] = f"->../../{home}"
    files[f"block/{name}"] = f"->../{home}"
    return files


def _cpuinfo(cpu: dict[str, Any], arch: str) -> str:
    blocks = []
    per_socket = cpu["cores_per_socket"] * cpu["threads_per_core"]
    for number in range(cpu["sockets"] * per_socket):
        if arch == "aarch64":
            blocks.append(
                f"processor\t: {number}\nBogoMIPS\t: 200.00\nFeatures\t: {cpu['flags']}\n"
                "CPU implementer\t: 0x48\nCPU architecture: 8\nCPU variant\t: 0x1\nCPU part\t: 0xd01\n"
                "CPU revision\t: 0\n"
            )
            continue
        core = number // cpu["threads_per_core"] % cpu["cores_per_socket"]
        blocks.append(
            f"processor\t: {number}\nvendor_id\t: {cpu['vendor_id']}\ncpu family\t: {cpu['family']}\n"
            f"model\t\t: {cpu['model_number']}\nmodel name\t: {cpu['model']}\nstepping\t: {cpu['stepping']}\n"
            f"cpu MHz\t\t: {cpu['mhz']:.3f}\ncache size\t: {cpu['cache_kib']} KB\n"
            f"physical id\t: {number // per_socket}\nsiblings\t: {per_socket}\ncore id\t\t: {core}\n"
            f"cpu cores\t: {cpu['cores_per_socket']}\napicid\t\t: {number}\nfpu\t\t: yes\n"
            f"flags\t\t: {cpu['flags']}\nbogomips\t: {cpu['mhz'] * 2:.2f}\naddress sizes\t: 46 bits physical, "
            "48 bits virtual\n"
        )
    return "\n".join(blocks) + "\n"


def _meminfo(kib: int) -> str:
    values = {
        "MemTotal": kib,
        "MemFree": kib * 8 // 10,
        "MemAvailable": kib * 9 // 10,
        "Buffers": 180000,
        "Cached": kib // 12,
        "SwapCached": 0,
        "SwapTotal": 0,
        "SwapFree": 0,
    }
    return "".join(f"{name + ':':<15} {value:>8} kB\n" for name, value in values.items())
