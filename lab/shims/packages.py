"""dpkg(1), dpkg-query(1) and apt-get(8): real .deb files are unpacked, names come from the profile's repository."""

from __future__ import annotations

import os
import subprocess
import sys

from . import deb, node, query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


class Broken(Exception):
    """A package could not be installed; the text is dpkg's."""


def main(name: str, args: list[str]) -> int:
    """Answer as the tool of this name."""
    if name == "dpkg":
        return _dpkg(args)
    if name == "dpkg-query":
        return query.run(args)
    return _apt(args)


def architecture() -> str:
    """Debian's name of the profile's machine."""
    machine = str(node.profile()["arch"])
    return ARCHITECTURES.get(machine, machine)


def _dpkg(args: list[str]) -> int:
    words = [arg for arg in args if not arg.startswith("-")]
    options = {arg for arg in args if arg.startswith("-")}
    if "--print-architecture" in options:
        print(architecture())
        return 0
    if options & {"-i", "--install"}:
        return _install_files(words)
    if options & {"-r", "--remove", "-P", "--purge"}:
        return _remove(words, "dpkg")
    if options & {"--configure", "--audit", "-C", "--add-architecture"}:
        return 0
    if options & {
        "-l",
        "--list",
        "-L",
        "--listfiles",
        "-s",
        "--status",
        "-W",
        "-S",
        "--search",
        "--get-selections",
    }:
        return query.run(args)
    if options & {"-I", "--info", "-f", "--field", "-c", "--contents", "-b", "--build", "-x", "-e", "-X"}:
        os.execv("/usr/bin/dpkg-deb", ["dpkg-deb", *args])
    return node.fail("dpkg: error: need an action option", 2)


def _install_files(paths: list[str]) -> int:
    if not paths:
        return node.fail("dpkg: error: --install needs at least one package archive file argument", 2)
    failed = []
    for path in paths:
        try:
            install(path)
        except (deb.BadPackage, Broken) as error:
            print(f"dpkg: error processing archive {path} (--install):\n {error}", file=sys.stderr)
            failed.append(path)
    if failed:
        print("Errors were encountered while processing:\n " + "\n ".join(failed), file=sys.stderr)
    return 1 if failed else 0


def install(path: str) -> str:
    """Unpack one file, run its scripts and record it; returns the package's name. Raises: BadPackage, Broken."""
    fields = deb.control(path)
    name, version = fields.get("Package", ""), fields.get("Version", "")
    if not name or not version:
        raise deb.BadPackage("missing 'Package' or 'Version' field")
    own = architecture()
    if fields.get("Architecture", "all") not in ("all", own):
        raise Broken(f"package architecture ({fields['Architecture']}) does not match system ({own})")
    held = node.state()["packages"].get(name)
    print(f"Preparing to unpack {os.path.basename(path)} ...\nUnpacking {name} ({version}) ...")
    _record(name, fields, "half-installed")
    deb.unpack(path, name)
    previous = [held["version"]] if held else []
    _script(name, "preinst", "upgrade" if held else "install", *previous)
    print(f"Setting up {name} ({version}) ...")
    _record(name, fields, "half-configured")
    _script(name, "postinst", "configure", *previous)
    _record(name, fields, "installed")
    return name


def _record(name: str, fields: dict[str, str], status: str) -> None:
    with node.Change() as state:
        state["packages"][name] = {
            "version": fields["Version"],
            "status": status,
            "architecture": fields.get("Architecture", "all"),
            "description": fields.get("Description", ""),
        }


def _script(name: str, kind: str, *args: str) -> None:
    path = f"{deb.INFO}/{name}.{kind}"
    if not os.path.isfile(path):
        return
    sys.stdout.flush()
    env = {**os.environ, "DPKG_MAINTSCRIPT_PACKAGE": name, "DPKG_MAINTSCRIPT_NAME": kind}
    try:
        status = subprocess.call([path, *args], env=env)
    except OSError as error:
        raise Broken(f"unable to execute installed {name} package {kind} script: {error.strerror}") from error
    if status:
        raise Broken(f"installed {name} package {kind} script subprocess returned error exit status {status}")


def _remove(names: list[str], tool: str) -> int:
    for name in names:
        held = node.state()["packages"].get(name)
        if held is None:
            print(
                f"{tool}: warning: ignoring request to remove {name} which isn't installed", file=sys.stderr
            )
            continue
        print(f"Removing {name} ({held['version']}) ...")
        try:
            _script(name, "prerm", "remove")
        except Broken as error:
            return node.fail(f"dpkg: error processing package {name} (--remove):\n {error}")
        _delete_files(name)
        with node.Change() as state:
            del state["packages"][name]
    return 0


def _delete_files(name: str) -> None:
    try:
        with open(f"{deb.INFO}/{name}.list", encoding="utf-8") as file:
            paths = [line.rstrip("\n") for line in file]
    except OSError:
        return
    for path in sorted(paths, reverse=True):
        if os.path.islink(path) or os.path.isfile(path):
            os.unlink(path)
        elif os.path.isdir(path) and path != "/" and not os.listdir(path) and path.count("/") > 1:
            os.rmdir(path)


def _apt(args: list[str]) -> int:
    words = _without_options(args)
    verb = words.pop(0) if words else "help"
    if verb in (
        "update",
        "clean",
        "autoclean",
        "autoremove",
        "upgrade",
        "dist-upgrade",
        "check",
        "hold",
        "unhold",
    ):
        print("Reading package lists... Done")
        return 0
    if verb in ("remove", "purge"):
        return _remove(words, "E")
    if verb == "policy" or verb == "show":
        return query.policy(words)
    if verb != "install":
        return node.fail(f"E: Invalid operation {verb}", 100)
    print("Reading package lists... Done\nBuilding dependency tree\nReading state information... Done")
    missing = [word for word in words if not _available(word)]
    for word in missing:
        print(f"E: Unable to locate package {word}", file=sys.stderr)
    if missing:
        return 100
    files = [word for word in words if "/" in word]
    with node.Change() as state:
        for word in (word for word in words if "/" not in word):
            _from_repository(state, word)
    return 100 if files and _install_files(files) else 0


def _without_options(args: list[str]) -> list[str]:
    words = []
    pending = list(args)
    while pending:
        arg = pending.pop(0)
        if arg in ("-o", "-t", "-c", "--option"):
            del pending[:1]
        elif not arg.startswith("-"):
            words.append(arg)
    return words


def _available(word: str) -> bool:
    if "/" in word:
        return os.path.isfile(word)
    name = word.partition("=")[0]
    return name in node.profile().get("repository", {}) or name in node.state()["packages"]


def _from_repository(state: dict[str, Any], word: str) -> None:
    name, _, version = word.partition("=")
    offered = node.profile().get("repository", {}).get(name)
    if name in state["packages"] and not version:
        print(f"{name} is already the newest version ({state['packages'][name]['version']}).")
        return
    state["packages"][name] = {"version": version or offered}
    print(f"Setting up {name} ({version or offered}) ...")
