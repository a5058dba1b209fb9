"""drbdadm(8) of DRBD 8.4: create-md, up, down, status and roles, for the resources in /etc/drbd.d."""

from __future__ import annotations

import os
import re

from . import devices, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = "/etc/drbd.d"


def main(name: str, args: list[str]) -> int:
    """Run one subcommand on one resource or ``all``."""
    words = [arg for arg in args if not arg.startswith("-")]
    if "--version" in args:
        print("DRBDADM_BUILDTAG=GIT-hash\nDRBDADM_VERSION_CODE=0x090f00\nDRBD_KERNEL_VERSION=8.4.11")
        return 0
    if not words:
        return node.fail("drbdadm: missing command", 20)
    resources = configured()
    asked = words[1] if len(words) > 1 else "all"
    names = list(resources) if asked == "all" else [asked]
    if asked != "all" and asked not in resources:
        return node.fail(f"'{asked}' not defined in your config (for this host).", 10)
    try:
        with node.Change() as state:
            return _run(words[0], names, resources, state, args)
    except devices.Refused as refused:
        return node.fail(str(refused), 10)


def configured() -> dict[str, dict[str, str]]:
    """Return ``{resource: {"disk": …, "device": …}}`` from /etc/drbd.d, for this host where hosts are named."""
    found: dict[str, dict[str, str]] = {}
    names = sorted(os.listdir(FOLDER)) if os.path.isdir(FOLDER) else []
    for name in names:
        if not name.endswith(".res"):
            continue
        with open(f"{FOLDER}/{name}", encoding="utf-8", errors="replace") as file:
            text = re.sub(r"#.*", "", file.read())
        for match in re.finditer(r"resource\s+\"?([\w.-]+)\"?\s*\{", text):
            body = text[match.end() :]
            own = re.search(rf"on\s+{re.escape(os.uname().nodename)}\s*\{{(.*?)\}}", body, re.DOTALL)
            merged = (own.group(1) if own else "") + body
            found[match[1]] = {key: _word(merged, key) for key in ("disk", "device")}
    return found


def _word(text: str, key: str) -> str:
    match = re.search(rf"\b{key}\s+\"?([^;{{\s\"]+)\"?(?:\s+minor\s+\d+)?\s*;", text)
    return match[1] if match else ""


def _run(verb: str, names: list[str], resources: Any, state: dict[str, Any], args: list[str]) -> int:
    for name in names:
        entry = state["drbd"].setdefault(name, {"md": False, "up": False, "role": "Secondary"})
        if verb == "create-md":
            _create_md(name, entry, resources[name]["disk"], state, "--force" in args)
        elif verb in ("up", "adjust", "attach", "connect"):
            if not entry["md"]:
                raise devices.Refused(f"{name}: Failure: (119) No valid meta-data signature found.")
            entry["up"] = True
        elif verb in ("down", "disconnect", "detach"):
            entry.update(up=False, role="Secondary")
        elif verb in ("primary", "secondary"):
            if not entry["up"]:
                raise devices.Refused(f"{name}: State change failed: (-2) Need access to UpToDate data")
            entry["role"] = verb.capitalize()
        elif verb in ("status", "role", "dstate", "cstate"):
            _show(verb, name, entry)
        elif verb == "wipe-md":
            entry.update(md=False, up=False)
        elif verb == "dump":
            print(f"resource {name} {{ disk {resources[name]['disk']}; }}")
        else:
            raise devices.Refused(f"drbdadm: Unknown command '{verb}'")
    return 0


def _create_md(name: str, entry: dict[str, Any], disk: str, state: dict[str, Any], force: bool) -> None:
    device = devices.need(state, disk, "open") if disk else None
    if device is None:
        raise devices.Refused(f"{name}: no disk is configured in {FOLDER}")
    used = devices.in_use(state, device)
    if used:
        raise devices.Refused(f"open({disk}) failed: Device or resource busy ({used})")
    if devices.signatures(device) and not force:
        raise devices.Refused(
            f"md_offset 0\nFound some data\n ==> This might destroy existing data! <== ({disk})"
        )
    devices.wipe(device)
    device["fstype"] = "drbd"
    entry["md"] = True
    print(
        "initializing activity log\ninitializing bitmap\nWriting meta data...\nNew drbd meta data block successfully created."
    )


def _show(verb: str, name: str, entry: dict[str, Any]) -> None:
    if not entry["up"]:
        print(f"# No currently configured DRBD found for {name}.")
    elif verb == "status":
        print(
            f"{name} role:{entry['role']}\n  disk:UpToDate\n  peer role:Secondary\n    replication:Established\n"
        )
    else:
        print(
            {"role": f"{entry['role']}/Secondary", "dstate": "UpToDate/UpToDate", "cstate": "Connected"}[verb]
        )
