"""``python -m lab``: create nodes, serve them, break them."""

from __future__ import annotations

import argparse
import asyncio
import ipaddress
import json
import logging
import signal
import sys
from pathlib import Path

from lab import check, profiles
from lab.errors import LabError
from lab.lab import DEFAULT_PORT, Lab

FIRST = "127.1.0.11"


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns its exit status: 0 done, 1 refused with a sentence on standard error."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        return status
    except LabError as error:
        print(f"lab: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m lab", description="Simulated nodes over real SSH.")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")
    create = verbs.add_parser("create", help="add nodes to a lab folder")
    create.add_argument("folder", type=Path)
    create.add_argument("--profile", required=True)
    create.add_argument("--count", type=int, default=1)
    create.add_argument("--first", default=FIRST, help="address of the first node; the others follow")
    create.add_argument("--port", type=int, default=DEFAULT_PORT)
    create.add_argument("--password-stdin", action="store_true", help="root's password, one line")
    create.add_argument("--authorized-key", type=Path, action="append", default=[], metavar="FILE")
    create.add_argument("--sudo-user", metavar="NAME", help="a second login with the same password and sudo")
    create.add_argument(
        "--hostname",
        metavar="FORM",
        help="such as pek3cr01n{:02d}: the nodes are counted from 1; else by address",
    )
    create.add_argument("--clock-offset", type=float, metavar="SECONDS", help="their clock is that far ahead")
    create.set_defaults(run=_create)
    serve = verbs.add_parser("serve", help="answer for all nodes of a folder until SIGTERM")
    serve.add_argument("folder", type=Path)
    serve.add_argument("--verbose", action="store_true")
    serve.set_defaults(run=_serve)
    fault = verbs.add_parser("fault", help="break a node, or mend it with: clear")
    fault.add_argument("folder", type=Path)
    fault.add_argument("node", help="its address")
    fault.add_argument(
        "faults",
        nargs="+",
        metavar="FAULT",
        help="refuse hang drop=N slow=MS full_disk reboot wrong_host_key clear",
    )
    fault.set_defaults(run=_fault)
    verbs.add_parser("profiles", help="list the hardware profiles").set_defaults(run=_profiles)
    verbs.add_parser("check", help="say whether this host allows the namespaces").set_defaults(run=_check)
    return parser


def _create(options: argparse.Namespace) -> int:
    password = sys.stdin.readline().rstrip("\n") if options.password_stdin else None
    keys = [_read_key(path) for path in options.authorized_key]
    users = {options.sudo_user: {"password": password, "sudo": True}} if options.sudo_user else None
    lab = Lab(options.folder, options.port)
    for number, address in enumerate(_addresses(options.first, options.count), 1):
        host = _host_name(options.hostname, number)
        lab.add(
            options.profile,
            address,
            password=password,
            authorized_keys=keys,
            users=users,
            hostname=host,
            clock_offset_s=options.clock_offset,
        )
        print(address)
    return 0


def _host_name(form: str | None, number: int) -> str | None:
    try:
        return form.format(number) if form else None
    except (ValueError, IndexError, KeyError) as error:
        raise LabError(f"--hostname {form!r} cannot be filled in ({error}); try pek3cr01n{{:02d}}") from error


def _read_key(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise LabError(f"the key {path} cannot be read ({error}); give a public key file") from error


def _addresses(first: str, count: int) -> list[str]:
    """Return ``count`` addresses from ``first`` on, without network and broadcast addresses of its /24s."""
    try:
        start = ipaddress.IPv4Address(first)
    except ValueError as error:
        raise LabError(f"--first {first!r} is not an IPv4 address; try {FIRST}") from error
    if not start.is_loopback:
        raise LabError(f"--first {first} is not a loopback address; the lab serves 127.x.y.z only")
    if count < 1:
        raise LabError(f"--count {count}: give 1 or more")
    found: list[str] = []
    current = int(start)
    while len(found) < count:
        address = ipaddress.IPv4Address(current)
        if not address.is_loopback:
            raise LabError(f"there are not {count} loopback addresses from {first} on; start lower")
        if 1 < current & 0xFF < 255:
            found.append(str(address))
        current += 1
    return found


def _serve(options: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO if options.verbose else logging.WARNING, format="%(message)s")
    if not options.verbose:
        logging.getLogger("asyncssh").setLevel(logging.ERROR)
    check.require()
    return asyncio.run(_serve_until_told(Lab(options.folder)))


async def _serve_until_told(lab: Lab) -> int:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    nodes = lab.nodes
    if not nodes:
        raise LabError(
            f"{lab.path} has no nodes; add some: python -m lab create {lab.path} --profile hyper-repl"
        )
    try:
        await lab.start()
        where = [{"address": node.address, "port": node.port, "profile": node.profile} for node in nodes]
        print(json.dumps({"ready": True, "nodes": where}), flush=True)
        await told.wait()
    finally:
        await lab.stop()
    return 0


def _fault(options: argparse.Namespace) -> int:
    Lab(options.folder).fault(options.node, *options.faults)
    return 0


def _profiles(_: argparse.Namespace) -> int:
    for name in profiles.names():
        print(f"{name:<18} {profiles.describe(name)}")
    return 0


def _check(_: argparse.Namespace) -> int:
    check.require()
    print("This host allows what the lab needs.")
    return 0
