"""Commands that succeed without a visible effect here: settling udev, loading modules, boot images."""

from __future__ import annotations

import os
import re

from . import node


def main(name: str, args: list[str]) -> int:
    """Succeed without effect; sysctl and modprobe refuse what is impossible."""
    if name == "sysctl":
        return _sysctl(args)
    if name == "modprobe":
        words = [arg for arg in args if not arg.startswith("-")]
        missing = node.profile().get("missing_modules", [])
        for word in words[:1]:
            if word in missing:
                return node.fail(f"modprobe: FATAL: Module {word} not found in directory /lib/modules")
    return 0


def _sysctl(args: list[str]) -> int:
    """Print or set values: those set are kept in the state, others are read from /proc/sys."""
    quiet = "-q" in args
    words = [arg for arg in args if not arg.startswith("-")]
    if {"-p", "--system", "--load"} & set(args):
        words = _from_files(words or ["/etc/sysctl.conf"], "--system" in args)
    with node.Change() as state:
        held: dict[str, str] = state.setdefault("sysctl", {})
        for word in words:
            key, equals, value = (part.strip() for part in word.partition("="))
            if equals:
                held[key] = value
            elif key not in held:
                path = "/proc/sys/" + key.replace(".", "/")
                if not os.path.isfile(path):
                    return node.fail(f"sysctl: cannot stat {path}: No such file or directory", 255)
                with open(path, encoding="utf-8", errors="replace") as file:
                    value = file.read().strip()
            if not quiet:
                text = value if equals else held.get(key, value)
                print(text if "-n" in args else f"{key} = {text}")
    return 0


def _from_files(names: list[str], everything: bool) -> list[str]:
    if everything and os.path.isdir("/etc/sysctl.d"):
        names = [*sorted(f"/etc/sysctl.d/{name}" for name in os.listdir("/etc/sysctl.d")), *names]
    found: list[str] = []
    for name in names:
        try:
            with open(name, encoding="utf-8", errors="replace") as file:
                found += [line.strip() for line in file if re.match(r"\s*[a-z][\w./-]*\s*=", line)]
        except OSError:
            continue
    return found
