"""dpkg(1), dpkg-query(1) and apt-get(8): real .deb files are unpacked, names come from the profile's repository."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys

from . import deb, node, query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


LOCKS = ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock")


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
    """Return Debian's name for the profile's machine."""
    machine = str(node.profile()["arch"])
    return ARCHITECTURES.get(machine, machine)


def _dpkg(args: list[str]) -> int:
    words = [arg for arg in args if not arg.startswith("-")]
    options = {arg for arg in args if arg.startswith("-")}
    if "--print-architecture" in options:
        print(architecture())
        return 0
    if options & {"-C", "--audit"}:
        return _audit()
    if "--add-architecture" in options:
        return 0
    if options & {"-i", "--install", "-r", "--remove", "-P", "--purge", "--configure"}:
        pid = _lock()
        if pid is not None:
            return node.fail(
                f"dpkg: error: dpkg frontend lock was locked by another process with pid {pid}\n"
                "Note: removing the lock file is always wrong, can damage the locked area\n"
                "and the entire system. See <https://wiki.debian.org/Teams/Dpkg/FAQ#db-lock>.",
                2,
            )
    if options & {"-i", "--install"}:
        return _install_files(words)
    if options & {"-r", "--remove", "-P", "--purge"}:
        return _remove(words, "dpkg")
    if "--configure" in options:
        return _configure(words)
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


def _lock() -> int | None:
    """Take dpkg's locks (fcntl(2), for the life of this process); returns the process that already holds one."""
    os.makedirs(os.path.dirname(LOCKS[0]), exist_ok=True)
    for path in LOCKS:
        held = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o640)
        try:
            fcntl.lockf(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return _holder(held)
    return None


def _holder(held: int) -> int:
    """Return the process that holds the lock, from /proc/locks (proc(5)); 0 when it is not visible from here."""
    number = f":{os.fstat(held).st_ino}"
    with open("/proc/locks", encoding="ascii") as file:
        found = [line.split() for line in file]
    return next(
        (int(words[4]) for words in found if words[1] == "POSIX" and words[5].endswith(number)),
        0,
    )


def _half() -> list[str]:
    packages = node.state()["packages"]
    return [name for name, item in sorted(packages.items()) if item.get("status", "")[:5] == "half-"]


def _audit() -> int:
    half = _half()
    if half:
        print("The following packages are only half configured, probably due to problems")
        print("configuring them the first time.  The configuration should be retried using")
        print("dpkg --configure <package> or the configure menu option in dselect:")
        for name in half:
            print(f" {name:<20} {node.state()['packages'][name].get('description', '')}")
    return 0


def _configure(words: list[str]) -> int:
    failed = []
    for name in words or _half():
        item = node.state()["packages"][name]
        print(f"Setting up {name} ({item['version']}) ...")
        try:
            _script(name, "postinst", "configure")
        except Broken as error:
            print(f"dpkg: error processing package {name} (--configure):\n {error}", file=sys.stderr)
            failed.append(name)
            continue
        with node.Change() as state:
            state["packages"][name]["status"] = "installed"
    if failed:
        print("Errors were encountered while processing:\n " + "\n ".join(failed), file=sys.stderr)
    return 1 if failed else 0


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
    pid = _lock()
    if pid is not None:
        return node.fail(
            f"E: Could not get lock {LOCKS[0]}. It is held by process {pid}\n"
            "N: Be aware that removing the lock file is not a solution and may break your system.\n"
            f"E: Unable to acquire the dpkg frontend lock ({LOCKS[0]}), is another process using it?",
            100,
        )
    if _half():
        return node.fail(
            "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
            100,
        )
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
