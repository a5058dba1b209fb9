"""zpool(8) and zfs(8) of OpenZFS 0.8: enough to create, show and destroy pools."""

from __future__ import annotations

import os

from . import devices, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

KINDS = ("mirror", "raidz", "raidz1", "raidz2", "raidz3")
ASIDE = ("spare", "log", "cache", "special")


def main(name: str, args: list[str]) -> int:
    """Run one subcommand."""
    verbs = {
        "create": _create, "destroy": _destroy, "list": _list, "status": _status, "import": _import,
        "export": _export, "labelclear": _labelclear, "version": _version, "--version": _version, "-V": _version,
    }  # fmt: skip
    if not args:
        return node.fail(f"missing command\nusage: {name} command args ...", 2)
    if name == "zfs":
        return _zfs(args[0], args[1:])
    if args[0] in ("set", "get", "clear", "scrub", "upgrade", "online", "offline", "events", "history"):
        return 0
    if args[0] not in verbs:
        return node.fail(f"unrecognized command '{args[0]}'", 2)
    try:
        return verbs[args[0]](args[1:])
    except devices.Refused as refused:
        return node.fail(str(refused))


def _version(args: list[str]) -> int:
    print("zfs-0.8.3-1ubuntu12.18\nzfs-kmod-0.8.3-1ubuntu12.17")
    return 0


def _words(args: list[str], with_value: str) -> tuple[dict[str, str], list[str]]:
    options: dict[str, str] = {}
    words: list[str] = []
    pending = list(args)
    while pending:
        arg = pending.pop(0)
        if arg.startswith("-") and len(arg) > 1:
            for position, letter in enumerate(arg[1:], 1):
                if letter in with_value:
                    options[letter] = arg[position + 1 :] or (pending.pop(0) if pending else "")
                    break
                options[letter] = ""
        else:
            words.append(arg)
    return options, words


def _create(args: list[str]) -> int:
    options, words = _words(args, "omORt")
    if len(words) < 2:
        return node.fail("missing pool name argument" if not words else "missing vdev specification", 2)
    pool, layout = words[0], words[1:]
    with node.Change() as state:
        if pool in state["zpools"] and state["zpools"][pool]["imported"]:
            raise devices.Refused(f"cannot create '{pool}': pool already exists")
        groups = _groups(layout)
        paths = [path for _, members in groups for path in members]
        if len(paths) != len(set(paths)):
            raise devices.Refused(f"cannot create '{pool}': one or more vdevs refer to the same device")
        chosen = {path: _usable(state, path, "f" in options) for path in paths}
        if "n" not in options:
            for device in chosen.values():
                _label(device, pool)
            vdevs = [[kind, [(path, chosen[path]["name"]) for path in members]] for kind, members in groups]
            state["zpools"][pool] = {
                "imported": True,
                "vdevs": vdevs,
                "disks": [chosen[path]["name"] for path in paths],
                "size": _size(groups, chosen),
                "mountpoint": options.get("m") or f"/{pool}",
                "datasets": {pool: {"mountpoint": options.get("m") or f"/{pool}"}},
            }
    mountpoint = options.get("m") or f"/{pool}"
    if mountpoint not in ("none", "legacy") and "n" not in options:
        os.makedirs(mountpoint, exist_ok=True)
    return 0


def _groups(layout: list[str]) -> list[tuple[str, list[str]]]:
    groups: list[tuple[str, list[str]]] = []
    for word in layout:
        if word in KINDS or word in ASIDE:
            groups.append((word, []))
        elif not groups:
            groups.append(("stripe", [word]))
        else:
            groups[-1][1].append(word)
    for kind, members in groups:
        least = {"mirror": 2, "raidz": 2, "raidz1": 2, "raidz2": 3, "raidz3": 4}.get(kind, 1)
        if len(members) < least:
            raise devices.Refused(f"invalid vdev specification: {kind} requires at least {least} devices")
    return groups


def _usable(state: dict[str, Any], path: str, force: bool) -> dict[str, Any]:
    device = devices.find(state, path)
    if device is None:
        raise devices.Refused(
            f"cannot open '{path}': no such device in /dev\nmust be a full path or shorthand device name"
        )
    used = devices.in_use(state, device)
    if used:
        raise devices.Refused(
            f"invalid vdev specification\nuse '-f' to override the following errors:\n{path} is {used}"
        )
    found = devices.signatures(device)
    if found and not force:
        raise devices.Refused(
            "invalid vdev specification\nuse '-f' to override the following errors:\n"
            f"{path} contains a filesystem of type '{found[0][1]}'"
        )
    return device


def _label(device: dict[str, Any], pool: str) -> None:
    """Partition a whole disk as zpool does: a GPT, the data partition 1 and the reserved partition 9."""
    if device["type"] == "part":
        device.update(fstype="zfs_member", label=pool, uuid=_guid())
        return
    devices.wipe(device)
    device.update(pttype="gpt", ptuuid=devices.new_uuid())
    reserved = 8 << 20
    guid = _guid()
    devices.partition(
        device,
        1,
        device["size"] - reserved - (2 << 20),
        fstype="zfs_member",
        label=pool,
        uuid=guid,
        start=2048,
    )
    devices.partition(device, 9, reserved, start=(device["size"] - reserved) // 512)


def _guid() -> str:
    return str(int.from_bytes(os.urandom(8), "big"))


def _size(groups: list[tuple[str, list[str]]], chosen: dict[str, dict[str, Any]]) -> int:
    total = 0
    for kind, members in groups:
        sizes = [int(chosen[path]["size"]) for path in members]
        if kind not in ASIDE:
            total += (
                min(sizes)
                if kind == "mirror"
                else min(sizes) * len(sizes)
                if kind != "stripe"
                else sum(sizes)
            )
    return total


def _pool(state: dict[str, Any], name: str, verb: str) -> dict[str, Any]:
    pool: dict[str, Any] | None = state["zpools"].get(name)
    if pool is None or not pool["imported"]:
        raise devices.Refused(f"cannot {verb} '{name}': no such pool")
    return pool


def _destroy(args: list[str]) -> int:
    _, words = _words(args, "")
    with node.Change() as state:
        _pool(state, words[0] if words else "", "open")
        del state["zpools"][words[0]]
    return 0


def _export(args: list[str]) -> int:
    _, words = _words(args, "")
    with node.Change() as state:
        _pool(state, words[0] if words else "", "open")["imported"] = False
    return 0


def _import(args: list[str]) -> int:
    _, words = _words(args, "doR")
    with node.Change() as state:
        waiting = {name: pool for name, pool in state["zpools"].items() if not pool["imported"]}
        if not words:
            for name in waiting:
                print(
                    f"   pool: {name}\n     id: 1\n  state: ONLINE\n action: The pool can be imported using its name."
                )
            return 0 if waiting else node.fail("no pools available to import")
        if words[0] not in waiting:
            raise devices.Refused(f"cannot import '{words[0]}': no such pool available")
        waiting[words[0]]["imported"] = True
    return 0


def _labelclear(args: list[str]) -> int:
    _, words = _words(args, "")
    with node.Change() as state:
        device = devices.need(state, words[0] if words else "", "zpool")
        if devices.in_use(state, device):
            raise devices.Refused(
                f'{words[0]} is a member (ACTIVE) of pool "{devices.pool_of(state, device)}"'
            )
        if device["fstype"] != "zfs_member":
            raise devices.Refused(f"failed to clear label for {words[0]}")
        device.update(fstype=None, label=None, uuid=None)
    return 0


def _imported(words: list[str]) -> dict[str, Any]:
    pools = {name: pool for name, pool in node.state()["zpools"].items() if pool["imported"]}
    for word in words:
        if word not in pools:
            raise devices.Refused(f"cannot open '{word}': no such pool")
    return {name: pool for name, pool in pools.items() if not words or name in words}


def _list(args: list[str]) -> int:
    options, words = _words(args, "oT")
    pools = _imported(words)
    if not pools:
        print("no pools available")
        return 0
    wanted = options.get("o", "name,size,alloc,free,ckpoint,expandsz,frag,cap,dedup,health,altroot").split(
        ","
    )
    rows = [] if "H" in options else [[key.upper() for key in wanted]]
    for name, pool in pools.items():
        size = str(pool["size"]) if "p" in options else f"{pool['size'] / (1 << 40):.2f}T"
        cells = {"name": name, "size": size, "alloc": "120K", "free": size, "frag": "0%", "cap": "0%",
                 "dedup": "1.00x", "health": "ONLINE"}  # fmt: skip
        rows.append([cells.get(key, "-") for key in wanted])
    for row in rows:
        print("\t".join(row) if "H" in options else "  ".join(cell.ljust(8) for cell in row).rstrip())
    return 0


def _status(args: list[str]) -> int:
    options, words = _words(args, "T")
    pools = _imported([word for word in words if not word.isdecimal()])
    if not pools:
        print("no pools available")
        return 0
    if "x" in options:
        print("all pools are healthy")
        return 0
    print("\n".join(status(name, pool, options) for name, pool in pools.items()), end="")
    return 0


def status(name: str, pool: dict[str, Any], options: Collection[str]) -> str:
    """Render ``zpool status`` of one pool; ``options`` are the letters that were given."""
    lines = [f"  pool: {name}", " state: ONLINE", "  scan: none requested", "config:", ""]
    lines += ["\tNAME                        STATE     READ WRITE CKSUM"]
    lines += [f"\t{name:<27} ONLINE       0     0     0"]
    for number, (kind, members) in enumerate(pool["vdevs"]):
        indent = "  "
        if kind != "stripe":
            label = {"raidz": "raidz1"}.get(kind, kind)
            lines.append(f"\t  {label + '-' + str(number):<25} ONLINE       0     0     0")
            indent = "    "
        for path, disk in members:
            whole = f"/dev/{disk}1" if "L" in options else path
            shown = whole if "P" in options else path.rsplit("/", 1)[-1]
            lines.append(f"\t{indent}{shown:<{27 - len(indent)}} ONLINE       0     0     0")
    return "\n".join([*lines, "", "errors: No known data errors", ""])


def _zfs(verb: str, args: list[str]) -> int:
    _options, words = _words(args, "otVbsSr")
    name = words[-1] if words else ""
    with node.Change() as state:
        pools = {key: pool for key, pool in state["zpools"].items() if pool["imported"]}
        if verb in ("create", "destroy"):
            pool = pools.get(name.split("/")[0])
            if pool is None:
                return node.fail(f"cannot {verb} '{name}': no such pool '{name.split('/')[0]}'")
            if (name in pool["datasets"]) == (verb == "create"):
                why = "dataset already exists" if verb == "create" else "dataset does not exist"
                return node.fail(f"cannot {verb} '{name}': {why}")
            if verb == "create":
                pool["datasets"][name] = {"mountpoint": f"/{name}"}
            else:
                del pool["datasets"][name]
        elif verb == "list":
            found = [key for pool in pools.values() for key in pool["datasets"]]
            print("\n".join(found) if found else "no datasets available")
    return 0
