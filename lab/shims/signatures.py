"""blkid(8) and wipefs(8)."""

from __future__ import annotations

from . import devices, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def main(name: str, args: list[str]) -> int:
    """Answer as the tool of this name."""
    try:
        return _wipefs(args) if name == "wipefs" else _blkid(args)
    except devices.Refused as refused:
        return node.fail(str(refused))


def _split(args: list[str], with_value: str) -> tuple[dict[str, str], list[str]]:
    """Split options (with their values) from the names that follow; several short options may share a dash."""
    options: dict[str, str] = {}
    names: list[str] = []
    pending = list(args)
    while pending:
        arg = pending.pop(0)
        if arg.startswith("--"):
            key, _, value = arg.partition("=")
            options[key] = value
        elif arg.startswith("-") and len(arg) > 1:
            for position, letter in enumerate(arg[1:], 1):
                if letter in with_value:
                    options[f"-{letter}"] = arg[position + 1 :] or (pending.pop(0) if pending else "")
                    break
                options[f"-{letter}"] = ""
        else:
            names.append(arg)
    return options, names


def _fields(device: dict[str, Any]) -> dict[str, str]:
    kind = device["fstype"]
    values = {
        "LABEL": device["label"],
        "UUID": device["uuid"],
        "BLOCK_SIZE": "4096" if kind in ("ext4", "xfs") else None,
        "TYPE": kind,
        "PTUUID": device["ptuuid"] if device["type"] != "part" else None,
        "PTTYPE": device["pttype"] if device["type"] != "part" else None,
        "PARTUUID": device.get("partuuid") if device["type"] == "part" else None,
    }
    return {key: str(value) for key, value in values.items() if value}


def _blkid(args: list[str]) -> int:
    options, names = _split(args, "cosLUtnu")
    state = node.state()
    if "-L" in options or "-U" in options:
        key, wanted = ("label", options["-L"]) if "-L" in options else ("uuid", options["-U"])
        found = [item for item, _ in devices.walk(state) if item[key] == wanted]
        if found:
            print(devices.path_of(found[0]))
        return 0 if found else 2
    text = listing([devices.need(state, name, "blkid") for name in names] or every(state), options)
    print(text, end="")
    return 0 if text or not names else 2


def every(state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all devices once, parents first."""
    return list({item["name"]: item for item, _ in devices.walk(state)}.values())


def listing(chosen: list[dict[str, Any]], options: dict[str, str]) -> str:
    """Render what blkid prints of these devices: those with any content, as ``-o`` requests."""
    shown = []
    for device in chosen:
        fields = _fields(device)
        ambiguous = len(devices.signatures(device)) > 1 and not device["pttype"] and "-p" in options
        if not fields or ambiguous:
            continue
        if "-s" in options:
            fields = {key: value for key, value in fields.items() if key == options["-s"].upper()}
        shown.append(_one(devices.path_of(device), fields, options.get("-o", "full")))
    return ("\n" if options.get("-o") == "export" else "").join(shown)


def _one(path: str, fields: dict[str, str], kind: str) -> str:
    if kind == "export":
        lines = [f"DEVNAME={path}", *(f"{key}={value}" for key, value in fields.items())]
    elif kind == "value":
        lines = list(fields.values())
    elif kind == "device":
        lines = [path]
    elif kind == "udev":
        lines = [
            f"ID_FS_{key}={value}" if key in ("TYPE", "UUID", "LABEL") else f"ID_PART_{key}={value}"
            for key, value in fields.items()
        ]
    else:
        lines = [f"{path}: " + " ".join(f'{key}="{value}"' for key, value in fields.items())]
    return "".join(f"{line}\n" for line in lines)


def _wipefs(args: list[str]) -> int:
    options, names = _split(args, "otO")
    if not names:
        return node.fail("wipefs: no device specified")
    if "-a" in options or "--all" in options:
        dry = "-n" in options or "--no-act" in options
        return _wipe_all(names, dry, "-f" in options or "--force" in options, "-q" in options)
    state = node.state()
    found = [(name, devices.need(state, name, "wipefs: error")) for name in names]
    if "-p" in options or "--parsable" in options:
        print("# offset,uuid,label,type")
        for _, device in found:
            for offset, kind, uuid in devices.signatures(device):
                print(f"{offset},{uuid},{device['label'] or ''},{kind}")
        return 0
    rows = [
        (device["name"], offset, kind, uuid, device["label"] or "")
        for _, device in found
        for offset, kind, uuid in devices.signatures(device)
    ]
    for row in [("DEVICE", "OFFSET", "TYPE", "UUID", "LABEL"), *rows] if rows else []:
        print(f"{row[0]:<6} {row[1]:<12} {row[2]:<12} {row[3]:<36} {row[4]}".rstrip())
    return 0


def _wipe_all(names: list[str], dry: bool, force: bool, quiet: bool) -> int:
    with node.Change() as state:
        found = [(name, devices.need(state, name, "wipefs: error")) for name in names]
        for name, device in found:
            used = devices.in_use(state, device)
            if used and not force:
                raise devices.Refused(
                    f"wipefs: error: {name}: probing initialization failed: Device or resource busy"
                )
            for offset, kind, _ in devices.signatures(device):
                if not quiet:
                    print(
                        f"{name}: 8 bytes were erased at offset 0x{int(offset, 16):08x} ({kind}): 45 46 49 20"
                    )
            if not dry:
                had_table = device["pttype"]
                if device["type"] == "part":
                    for key in ("fstype", "label", "uuid"):
                        device[key] = None
                else:
                    devices.wipe(device)
                if had_table and device["type"] != "part" and not quiet:
                    print(f"{name}: calling ioctl to re-read partition table: Success")
    return 0
