"""mdadm(8) and the LVM tools, as far as a profile with old volumes needs them: show and remove."""

from __future__ import annotations

from . import devices, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(name: str, args: list[str]) -> int:
    """Answer as the tool of this name."""
    try:
        if name == "mdadm":
            return _mdadm(args)
        if name == "vgchange":
            return _vgchange(args)
        if name in ("pvremove", "vgremove"):
            return _remove(name, [arg for arg in args if not arg.startswith("-")])
        return _list(name, args)
    except devices.Refused as refused:
        return node.fail(str(refused), 5)


def _mdadm(args: list[str]) -> int:
    words = [arg for arg in args if not arg.startswith("-")]
    if {"--detail", "-D", "--examine", "-E"} & set(args) and words:
        return node.fail(f"mdadm: No md superblock detected on {words[0]}.")
    if "--zero-superblock" in args:
        with node.Change() as state:
            for word in words:
                device = devices.need(state, word, "mdadm")
                if device["fstype"] != "linux_raid_member":
                    return node.fail(f"mdadm: Unrecognised md component device - {word}")
                device.update(fstype=None, label=None, uuid=None)
    return 0


def _volumes(state: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return (physical volume, group, device) of every LVM2 member."""
    return [
        (devices.path_of(device), str(device.get("vg", "")), device)
        for device, _ in devices.walk(state)
        if device["fstype"] == "LVM2_member"
    ]


def _option(args: list[str], *names: str) -> str:
    for position, arg in enumerate(args):
        for name in names:
            if arg == name and position + 1 < len(args):
                return args[position + 1]
            if arg.startswith(f"{name}="):
                return arg.split("=", 1)[1]
    return ""


def _list(name: str, args: list[str]) -> int:
    found = _volumes(node.state())
    columns = [item.strip() for item in _option(args, "-o", "--options").split(",") if item.strip()]
    defaults = {
        "pvs": ["pv_name", "vg_name", "pv_size"],
        "vgs": ["vg_name", "vg_size"],
        "lvs": ["lv_name", "vg_name"],
    }
    columns = columns or defaults[name]
    rows = []
    for path, group, device in found:
        base = {
            "pv_name": path,
            "vg_name": group,
            "pv_size": f"{device['size']}B",
            "vg_size": f"{device['size']}B",
        }
        if name == "lvs":
            rows += [{**base, "lv_name": child["name"].partition("-")[2]} for child in device["children"]]
        else:
            rows.append(base)
    separator = _option(args, "--separator") or " "
    if rows and "--noheadings" not in args:
        print(
            "  "
            + separator.join(
                {"pv_name": "PV", "vg_name": "VG", "lv_name": "LV"}.get(key, key) for key in columns
            )
        )
    for row in rows:
        print("  " + separator.join(row.get(key, "") for key in columns))
    return 0


def _remove(name: str, words: list[str]) -> int:
    with node.Change() as state:
        for path, group, device in _volumes(state):
            if name == "vgremove" and group in words:
                if any(devices.mountpoints(child) for child in device["children"]):
                    raise devices.Refused(f"  Logical volume {group} contains a filesystem in use.")
                device["children"] = []
                device["vg"] = ""
                print(f'  Volume group "{group}" successfully removed')
            elif name == "pvremove" and devices.find(state, words[-1] if words else "") is device:
                if group:
                    raise devices.Refused(f"  PV {path} is used by VG {group} so please use vgreduce first.")
                device.update(fstype=None, uuid=None, label=None)
                print(f'  Labels on physical volume "{path}" successfully wiped.')
    return 0


def _vgchange(args: list[str]) -> int:
    """Run ``-an GROUP…`` (or ``-a n``): deactivated volumes stay on the disk, but no longer keep it in use."""
    switches = {"-an", "-ay"} & {*args, "".join(args[:2])}
    if len(switches) != 1:
        return node.fail("vgchange: the lab knows -an and -ay only")
    on = switches == {"-ay"}
    words = [arg for arg in args if not arg.startswith("-") and arg not in ("n", "y")]
    with node.Change() as state:
        for _, group, device in _volumes(state):
            if words and group not in words:
                continue
            source, target = ("inactive", "children") if on else ("children", "inactive")
            for child in device.get(source, []):
                if devices.mountpoints(child):
                    raise devices.Refused(f"  Logical volume {group} contains a filesystem in use.")
            device[target] = [*device.get(target, []), *device.get(source, [])]
            device[source] = []
            print(f'  {len(device["children"])} logical volume(s) in volume group "{group}" now active')
    return 0
