"""dpkg-query(1), the listing half of dpkg(1), and ``apt-cache policy``."""

from __future__ import annotations

import fnmatch
import re
import sys

from . import deb, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ABBREVIATIONS = {"installed": "ii ", "half-configured": "iF ", "half-installed": "iH "}


def run(args: list[str]) -> int:
    """Answer -W, -l, -s, -L, -S and --get-selections."""
    form, words, options = "${binary:Package}\t${Version}\n", [], []
    pending = list(args)
    while pending:
        arg = pending.pop(0)
        if arg in ("-f", "--showformat") and pending:
            form = pending.pop(0)
        elif arg.startswith(("-f", "--showformat=")):
            form = arg[2:].lstrip("=") if arg.startswith("-f") else arg.partition("=")[2]
        elif arg.startswith("-"):
            options.append(arg)
        else:
            words.append(arg)
    packages = node.state()["packages"]
    if {"-L", "--listfiles"} & set(options):
        return _files(words)
    if {"-S", "--search"} & set(options):
        return _search(packages, words)
    found = {name: entry for name, entry in sorted(packages.items()) if not words or _fits(name, words)}
    status = 0
    for word in words:
        if not any(_fits(name, [word]) for name in found):
            print(f"dpkg-query: no packages found matching {word}", file=sys.stderr)
            status = 1
    for name, entry in found.items():
        print(_shown(name, entry, options, form), end="")
    return status


def _fits(name: str, words: list[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, word.partition(":")[0]) for word in words)


def _shown(name: str, entry: dict[str, Any], options: list[str], form: str) -> str:
    status = entry.get("status", "installed")
    values = {
        "Package": name,
        "binary:Package": name,
        "Version": entry["version"],
        "Architecture": entry.get("architecture", "amd64"),
        "Status": f"install ok {status}",
        "db:Status-Abbrev": ABBREVIATIONS.get(status, "ii "),
        "db:Status-Status": status,
        "Description": entry.get("description", ""),
    }
    if {"-s", "--status"} & set(options):
        keys = ("Package", "Status", "Architecture", "Version", "Description")
        return "".join(f"{key}: {values[key]}\n" for key in keys) + "\n"
    if {"-l", "--list"} & set(options):
        return f"{values['db:Status-Abbrev'].strip():<3} {name:<30} {values['Version']:<24} {values['Architecture']}\n"
    if "--get-selections" in options:
        return f"{name}\tinstall\n"
    text = re.sub(r"\$\{([^};]+)(?:;-?\d+)?\}", lambda match: str(values.get(match[1], "")), form)
    return text.replace("\\n", "\n").replace("\\t", "\t")


def _files(words: list[str]) -> int:
    for word in words:
        try:
            with open(f"{deb.INFO}/{word}.list", encoding="utf-8") as file:
                print(file.read(), end="")
        except OSError:
            return node.fail(f"dpkg-query: package '{word}' is not installed")
    return 0


def _search(packages: dict[str, Any], words: list[str]) -> int:
    hits = 0
    for name in sorted(packages):
        try:
            with open(f"{deb.INFO}/{name}.list", encoding="utf-8") as file:
                paths = file.read().splitlines()
        except OSError:
            continue
        for path in paths:
            if any(word in path for word in words):
                print(f"{name}: {path}")
                hits += 1
    return 0 if hits else node.fail(f"dpkg-query: no path found matching pattern {' '.join(words)}")


def policy(words: list[str]) -> int:
    """Print ``apt-cache policy NAME``."""
    state, repository = node.state(), node.profile().get("repository", {})
    for word in words:
        held = state["packages"].get(word, {}).get("version", "(none)")
        if held != "(none)" or word in repository:
            print(f"{word}:\n  Installed: {held}\n  Candidate: {repository.get(word, held)}")
    return 0
