"""Dumps of GLPI's storage inventory (Perl data): the machine as sections, and the answer written beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.support.adapters import rows

_TOKEN = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|([\[\]{},;]|=>|=)|([\w$]+)|#[^\n]*)", re.DOTALL)


def read(text: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read ``$SYSTEM`` and ``$STORAGE`` of a dump."""
    found: dict[str, Any] = {}
    tokens = _tokens(text)
    for token in tokens:
        if token in ("$SYSTEM", "$STORAGE"):
            next(tokens)
            found[token] = _value(next(tokens), tokens)
    return found["$SYSTEM"], found["$STORAGE"]


def _tokens(text: str) -> Iterator[str]:
    """Split the text: marks and bare words as they are, quoted text with a quote in front."""
    for match in _TOKEN.finditer(text):
        quoted, mark, word = match.groups()
        if quoted is not None:
            yield "'" + re.sub(r"\\(.)", r"\1", quoted)
        elif mark or word:
            yield mark or word


def _value(token: str, tokens: Iterator[str]) -> Any:
    if token == "[":
        return [_value(item, tokens) for item in iter(lambda: next(tokens), "]") if item != ","]
    if token == "{":
        found = {}
        for key in iter(lambda: next(tokens), "}"):
            if key != ",":
                next(tokens)
                found[key.removeprefix("'")] = _value(next(tokens), tokens)
        return found
    return None if token == "undef" else token.removeprefix("'")


def sections(system: dict[str, Any]) -> dict[str, str]:
    """Return section texts by keyword name."""
    blocks = {name: values for name, values in system["sys"]["block"].items() if values}
    links = {
        link: name
        for name in blocks
        for link in re.findall(r"/dev/disk/by-id/(\S+)", system.get(f"udisksctl-{name}", ""))
    }
    return {
        "lsblk_json": rows.lsblk(_row(name, blocks.get(name, {})) for name in system["sys"]["block"]),
        "sysfs_block": rows.keyed({name: _kernel(values) for name, values in blocks.items()}),
        "by_id": rows.by_id(links),
    }


def _row(name: str, values: dict[str, Any]) -> dict[str, Any]:
    kinds = {"sr": "rom", "loop": "loop", "dm-": "lvm"}
    page = re.findall(r"[\w-]+", values.get("device", {}).get("vpd_pg80", ""))
    return {
        "name": name,
        "type": next((kinds[start] for start in kinds if name.startswith(start)), "disk"),
        "serial": page[-1] if page else None,
    }


def _kernel(values: dict[str, Any]) -> dict[str, Any]:
    device = values["device"]
    told = {key: device.get(key) for key in ("model", "vendor", "serial", "wwid")}
    own = {key: values[key] for key in ("size", "removable", "serial", "wwid") if key in values}
    return {key: value.strip() for key, value in {**told, **own}.items() if value}
