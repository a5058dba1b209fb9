"""Hardware profiles: what a simulated machine claims to be, as JSON data in the form of ``lab/machine_facts.py``.

A profile may name a base with ``extends``; its own top-level keys win. Strings may hold placeholders that
are filled when a node is created: ``{address} {prefix} {gateway} {last} {index}`` and, with a number that
tells one from another inside the node, ``{mac:N} {serial:N} {wwn:N} {uuid:N} {hex:N}``.
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import re
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from lab.errors import LabError

FOLDER = Path(__file__).parent
PREFIX = 24
PLACEHOLDER = re.compile(r"\{(address|prefix|gateway|last|index|mac|serial|wwn|uuid|hex)(?::(\d+))?\}")
SERIAL_LETTERS = "0123456789ABCDEFGHJKLMNPQRSTVWXY"


def names() -> list[str]:
    """Return the names of the profiles that a node can be created from, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.json") if not path.stem.startswith("_"))


def describe(name: str) -> str:
    """Return one line about the machine that this profile simulates.

    Raises:
        LabError: unknown profile.
    """
    return str(_merged(name).get("description", ""))


def load(name: str, address: str, index: int) -> dict[str, Any]:
    """Read the profile ``name`` with its placeholders filled for the node at ``address``.

    ``name`` may be the path of another description (``.json``, ``.yaml``; the first one in it).
    The same name, address and index give the same serial numbers and MAC addresses.

    Raises:
        LabError: unknown profile, or the address is not an IPv4 address.
    """
    try:
        parsed = ipaddress.IPv4Address(address)
    except ValueError as error:
        raise LabError(
            f"{address!r} is not an IPv4 address; give a loopback address such as 127.1.0.11"
        ) from error
    filled: dict[str, Any] = _fill(_merged(name), parsed, index)
    return filled


def complete(own: Mapping[str, Any], address: str) -> dict[str, Any]:
    """Return a description with what it ``extends``, its placeholders filled. Raises: LabError, unknown profile."""
    filled: dict[str, Any] = _fill(_extended(own), ipaddress.IPv4Address(address), 1)
    return filled


def _extended(own: Mapping[str, Any]) -> dict[str, Any]:
    base = own.get("extends")
    return {**(_merged(base) if base else {}), **{key: own[key] for key in own if key != "extends"}}


def _merged(name: str) -> dict[str, Any]:
    file = Path(name)
    if file.suffix in (".json", ".yaml") and file.is_file():
        return _extended(next(yaml.safe_load_all(file.read_text(encoding="utf-8"))))
    path = FOLDER / f"{name}.json"
    if not re.fullmatch(r"[a-z0-9_-]+", name) or not path.is_file():
        raise LabError(f"there is no profile {name!r}; the profiles are: {', '.join(names())}")
    return _extended(json.loads(path.read_text(encoding="utf-8")))


def _fill(value: Any, address: ipaddress.IPv4Address, index: int) -> Any:
    if isinstance(value, dict):
        return {key: _fill(item, address, index) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, address, index) for item in value]
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda match: _placeholder(match, address, index), value)
    return value


def _placeholder(match: re.Match[str], address: ipaddress.IPv4Address, index: int) -> str:
    kind, number = match.group(1), match.group(2) or "0"
    network = ipaddress.IPv4Network((address, PREFIX), strict=False)
    plain = {
        "address": str(address),
        "prefix": str(PREFIX),
        "gateway": str(network.network_address + 1),
        "last": str(int(address) & 0xFF),
        "index": str(index),
    }
    return plain[kind] if kind in plain else _identity(kind, f"{address}/{kind}/{number}")


def _identity(kind: str, seed: str) -> str:
    digest = hashlib.sha256(seed.encode()).digest()
    if kind == "mac":
        return ":".join(f"{byte:02x}" for byte in (0x3C, 0xEC, 0xEF, *digest[:3]))
    if kind == "serial":
        return "".join(SERIAL_LETTERS[byte % 32] for byte in digest[:10])
    if kind == "hex":
        return digest[:4].hex()
    if kind == "wwn":
        return "5002538" + digest[:5].hex()[:9]
    return str(uuid.UUID(bytes=digest[:16], version=4))
