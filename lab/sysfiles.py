"""Files in /proc and /sys that describe a node's hardware, generated from the profile and the state.

Formats: proc(5), and Documentation/ABI/testing/sysfs-class-net, sysfs-block and bonding.txt of Linux.
"""

from __future__ import annotations

from typing import Any

from lab import cpuinfo, disks
from lab.shims import devices, iptext, procfiles

VIRTUAL = "devices/virtual"
SCSI_ROM = 5


def proc_files(facts: dict[str, Any], state: dict[str, Any]) -> dict[str, str]:
    """Return the content of each generated file, by its name under /proc."""
    return {
        "cpuinfo": cpuinfo.render(facts["cpu"], facts["arch"]),
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
        "sys_vendor": product.get("vendor", ""),
        "product_name": product.get("name", ""),
        "product_serial": product.get("serial", ""),
        "product_version": product.get("version", ""),
        "product_uuid": product.get("uuid", ""),
        "product_family": product.get("family", ""),
        "bios_version": product.get("bios", ""),
        "bios_date": product.get("bios_date", ""),
        "chassis_type": "23",
    }.items():
        files[f"devices/virtual/dmi/id/{name}"] = f"{value}\n"
    files["class/dmi/id"] = "->../../devices/virtual/dmi/id"
    files.update(_loopback())
    for position, nic in enumerate(state["nics"], 2):
        files.update(_nic(nic, position, state["nics"]))
    for disk in state["disks"]:
        files.update(_block(disk))
    for device in procfiles.all_devices(state):
        if device.get("stack"):
            files.update(_stack(device, state))
    return {**files, **_holders(files)}


def _loopback() -> dict[str, str]:
    home = f"{VIRTUAL}/net/lo"
    values = {
        "address": "00:00:00:00:00:00",
        "operstate": "unknown",
        "carrier": 1,
        "mtu": 65536,
        "ifindex": 1,
    }
    return {
        **_written(home, {**values, "iflink": 1, "type": 772, "flags": "0x9"}),
        f"{home}/uevent": "INTERFACE=lo\nIFINDEX=1\n",
        "class/net/lo": f"->../../{home}",
    }


def _nic(nic: dict[str, Any], index: int, others: list[dict[str, Any]]) -> dict[str, str]:
    name, up = nic["name"], nic.get("link", True)
    device = _device_folder(nic, index)
    home = f"{device or VIRTUAL}/net/{name}"
    kind = f"\nDEVTYPE={nic['devtype']}" if nic.get("devtype") else ""
    values = {
        "address": iptext.current_mac(nic, others),
        "operstate": "up" if up else "down",
        "carrier": ("1" if up else "0") if nic.get("admin_up", True) else None,
        "mtu": nic.get("mtu", 1500),
        "speed": nic.get("speed", 10000) if up else -1,
        "duplex": "full" if up else "unknown",
        "ifindex": index,
        "iflink": index,
        "type": 1,
        "addr_len": 6,
        "addr_assign_type": 0 if device else 3,
        "flags": "0x1003" if up else "0x1002",
        "uevent": f"INTERFACE={name}\nIFINDEX={index}{kind}",
        "phys_port_name": nic.get("port_name"),
    }
    files = _written(home, values)
    files[f"class/net/{name}"] = f"->../../{home}"
    if nic.get("master"):
        files[f"{home}/master"] = f"->{_up(home)}{VIRTUAL}/net/{nic['master']}"
    if nic.get("wireless"):
        files[f"{home}/wireless/"] = ""
    if device:
        files.update(_adapter(home, device, nic.get("driver", "e1000e")))
        files.update({f"{device}/physfn/net/{port}/": "" for port in nic.get("physfn", [])})
    if nic["type"] == "bond":
        files.update({f"{home}/bonding/{key}": f"{value}\n" for key, value in _bonding(nic).items()})
    if nic["type"] == "bridge":
        ports = [other["name"] for other in others if other.get("master") == name]
        files.update({f"{home}/brif/{port}/port_no": "0x1\n" for port in ports})
        files[f"{home}/bridge/bridge_id"] = f"8000.{(nic.get('mac') or '').replace(':', '')}\n"
    return files


def _device_folder(nic: dict[str, Any], index: int) -> str:
    """Return the folder of the device behind an interface, without ``/sys/``; empty for a virtual one."""
    if nic["type"] not in iptext.HARDWARE:
        return ""
    if "path" in nic:
        return str(nic["path"])
    return f"devices/pci0000:00/{nic.get('pci', f'0000:01:00.{index % 8}')}"


def _written(home: str, values: dict[str, Any]) -> dict[str, str]:
    """Return a file for each value that the machine tells."""
    return {f"{home}/{key}": f"{value}\n" for key, value in values.items() if value is not None}


def _up(home: str) -> str:
    """Return the way from a file of the folder ``home`` to the top of /sys."""
    return "../" * (home.count("/") + 1)


def _adapter(home: str, device: str, driver: str) -> dict[str, str]:
    """Return the PCI device behind an interface, and its driver."""
    files = {f"{home}/device": "->../.."}
    if driver:
        files |= {
            f"{device}/uevent": f"DRIVER={driver}\nPCI_SLOT_NAME={device.rpartition('/')[2]}\n",
            f"{device}/vendor": "0x8086\n",
            f"{device}/driver": f"->{_up(device)}bus/pci/drivers/{driver}",
            f"bus/pci/drivers/{driver}/module": f"{driver}\n",
        }
    return files


BOND_MODES = {
    "balance-rr": 0, "active-backup": 1, "balance-xor": 2, "broadcast": 3,
    "802.3ad": 4, "balance-tlb": 5, "balance-alb": 6,
}  # fmt: skip


def _bonding(nic: dict[str, Any]) -> dict[str, str]:
    return {
        "mode": f"{nic['mode']} {BOND_MODES[nic['mode']]}",
        "slaves": " ".join(nic.get("slaves", [])),
        "miimon": "100",
        "mii_status": "up",
        "xmit_hash_policy": "layer3+4 1",
        "active_slave": nic["slaves"][0] if nic["mode"] == "active-backup" else "",
    }


def _block(disk: dict[str, Any]) -> dict[str, str]:
    name = devices.kname(disk).replace("/", "!")
    device = _disk_folder(disk)
    home = f"{device}/{name}" if name.startswith("nvme") and disk.get("path") else f"{device}/block/{name}"
    files = _written(home, _queue(disk))
    if not disk.get("virtual"):
        files.update(_written(home, _identity(disk)))
    if disk.get("path"):
        files = _with_device_above(files, home, device)
        files.update(_host(disk))
    files[f"{home}/holders/"] = ""
    for number, part in enumerate((child for child in disk["children"] if child["type"] == "part"), 1):
        where = f"{home}/{part['name']}"
        files[f"{where}/size"] = f"{(part['size'] or 0) // 512}\n"
        files[f"{where}/partition"] = f"{number}\n"
        files[f"{where}/start"] = f"{part.get('start', 2048)}\n"
        files[f"{where}/holders/"] = ""
        files[f"class/block/{part['name']}"] = f"->../../{where}"
    files[f"class/block/{name}"] = f"->../../{home}"
    files[f"block/{name}"] = f"->../{home}"
    return files


def _disk_folder(disk: dict[str, Any]) -> str:
    """Return the folder of the device that a disk belongs to, without ``/sys/``."""
    if disk.get("virtual"):
        return VIRTUAL
    return str(disk.get("path") or "devices/pci0000:00")


def _with_device_above(files: dict[str, str], home: str, device: str) -> dict[str, str]:
    """Move what is below ``device/`` of the disk to where that link leads."""
    inside = f"{home}/device/"
    moved = {
        f"{device}/{path.removeprefix(inside)}" if path.startswith(inside) else path: text
        for path, text in files.items()
    }
    return {**moved, f"{home}/device": "->.." if home == f"{device}/{home.rpartition('/')[2]}" else "->../.."}


def _host(disk: dict[str, Any]) -> dict[str, str]:
    """Return the SCSI host that the disk hangs on."""
    host = next(
        (part for part in disk["path"].split("/") if part.startswith("host") and part[4:].isdigit()), ""
    )
    files = {f"class/scsi_host/{host}/proc_name": f"{disk['driver']}\n"} if host and disk["driver"] else {}
    return {**files, f"class/fc_host/{host}/": ""} if host and disk.get("fc") else files


def _queue(disk: dict[str, Any]) -> dict[str, Any]:
    return {
        "size": None if disk["size"] is None else disk["size"] // 512,
        "removable": _bit(disk["rm"]),
        "ro": _bit(disk["ro"]),
        "dev": disk.get("maj_min", "8:0"),
        "queue/rotational": _bit(disk["rota"]),
        "queue/logical_block_size": disk["logical"],
        "queue/physical_block_size": disk["physical"],
        "queue/hw_sector_size": disk["logical"],
        "queue/zoned": disk.get("zoned"),
    }


def _bit(told: bool | None) -> int | None:
    return None if told is None else int(told)


def _identity(disk: dict[str, Any]) -> dict[str, Any]:
    own = devices.kname(disk).startswith("nvme")
    values = {
        "device/model": f"{disk['model']:<16}" if disk.get("model") else None,
        "device/vendor": f"{disk['vendor']:<8}" if disk.get("vendor") else None,
        "device/rev": disk.get("rev") or "",
        "device/state": "running",
        "device/type": disk.get("scsi_type", SCSI_ROM if disk["type"] == "rom" else 0),
    }
    if own:
        values["device/serial"] = disk["serial"]
        values["device/transport"] = "pcie"
        values["device/subsysnqn"] = (
            f"nqn.2014.08.org.nvmexpress:80868086{disk['serial'] or '':<20}{disk.get('model') or '':<40}"
        )
        values["nsid"] = disks.nsid(devices.kname(disk))
    wwid = disk.get("wwid")
    if disk["wwn"] and not wwid:
        # An NVMe namespace has eui.…, nvme.… or uuid.…, and udev takes it as it is (Linux: nvme_sysfs wwid_show).
        wwid = disk["wwn"] if own else f"naa.{disk['wwn'].removeprefix('0x')}"
    return {**values, "wwid" if own else "device/wwid": wwid}


def _stack(device: dict[str, Any], state: dict[str, Any]) -> dict[str, str]:
    """Return what the kernel shows of a device that lies on others: md, device-mapper, bcache, …."""
    name = devices.kname(device)
    below = [parent for entry, parent in devices.walk(state) if devices.kname(entry) == name and parent]
    is_part = device["type"] == "part" and not name.startswith("dm-")
    home = f"{VIRTUAL}/block/{f'{devices.kname(below[0])}/' if is_part else ''}{name}"
    values = {
        "size": None if device["size"] is None else device["size"] // 512,
        "ro": _bit(device.get("ro", False)),
        "removable": 0,
        "queue/rotational": _bit(device.get("rota")),
        "partition": 1 if is_part else None,
        "dm/uuid": device.get("dm_uuid"),
        "dm/name": device["name"] if name.startswith("dm-") else None,
    }
    files = _written(home, values)
    if is_part:
        return {**files, f"class/block/{name}": f"->../../{home}"}
    files.update({f"{home}/slaves/{devices.kname(item).replace('/', '!')}/": "" for item in below})
    if device.get("backing"):
        files[f"{VIRTUAL}/{device['backing']}/bcache/"] = ""
        files[f"{home}/bcache"] = f"->{_up(home)}{VIRTUAL}/{device['backing']}/bcache"
    return {**files, f"class/block/{name}": f"->../../{home}", f"block/{name}": f"->../{home}"}


def _holders(files: dict[str, str]) -> dict[str, str]:
    """Return, for each device that lies on another, its entry in the folder ``holders`` of that one."""
    found = {}
    for path in files:
        above, slaves, below = path.rstrip("/").rpartition("/slaves/")
        if slaves:
            home = files[f"class/block/{below}"].removeprefix("->../../")
            found[f"{home}/holders/{above.rpartition('/')[2]}/"] = ""
    return found


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
