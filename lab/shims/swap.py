"""mkswap(8), swapon(8) and swapoff(8)."""

from __future__ import annotations

from . import devices, node, procfiles


def main(name: str, args: list[str]) -> int:
    """Answer as the tool of this name."""
    words = [arg for arg in args if not arg.startswith("-")]
    if name == "swapon" and (not args or {"-s", "--summary", "--show", "--noheadings"} & set(args)):
        return _show(args)
    try:
        with node.Change() as state:
            if {"-a", "--all"} & set(args):
                found = [item for item, _ in devices.walk(state) if item["fstype"] == "swap"]
            else:
                found = [devices.need(state, word, name) for word in words]
            for device in found:
                _one(name, device)
    except devices.Refused as refused:
        return node.fail(str(refused), 255 if name != "mkswap" else 1)
    return 0


def _one(name: str, device: dict[str, object]) -> None:
    path = f"/dev/{device['name']}"
    active = device["mountpoint"] == "[SWAP]"
    if name == "mkswap":
        if active or device["mountpoint"]:
            raise devices.Refused(f"mkswap: error: {path} is mounted; will not make swapspace")
        device.update(fstype="swap", uuid=devices.new_uuid())
        print(f"Setting up swapspace version 1\nno label, UUID={device['uuid']}")
    elif name == "swapon":
        if device["fstype"] != "swap":
            raise devices.Refused(f"swapon: {path}: read swap header failed")
        device["mountpoint"] = "[SWAP]"
    else:
        if not active:
            raise devices.Refused(f"swapoff: {path}: swapoff failed: Invalid argument")
        device["mountpoint"] = None


def _show(args: list[str]) -> int:
    areas = [item for item in procfiles.all_devices(node.state()) if item["mountpoint"] == "[SWAP]"]
    if "-s" in args or "--summary" in args:
        print(procfiles.swaps(node.state()), end="")
        return 0
    if areas and "--noheadings" not in args:
        print("NAME      TYPE      SIZE USED PRIO")
    for item in areas:
        print(f"{procfiles.path_of(item)} partition {item['size'] >> 30}G   0B   -2")
    return 0
