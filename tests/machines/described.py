"""The described machines of this folder and of the lab, and what is expected of each in one form of its tools' output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from lab import disks, outputs, profiles
from nodes.collection.assemble import assemble
from nodes.collection.frames import Section
from nodes.facts import DiskFacts, NicFacts, NodeFacts

ADDRESS = "172.16.80.11"
LAB = "lab: "
HERE = Path(__file__).parent


@dataclass(frozen=True)
class Machine:
    """One description with everything that it builds on, its placeholders filled."""

    title: str
    facts: dict[str, Any]

    @property
    def answer(self) -> dict[str, Any]:
        """Return what the collector is to find."""
        return self.facts["answer"]


@cache
def machines() -> dict[str, Machine]:
    """Return every described machine by its title: the file, and its name there if the file has several; ``lab: PROFILE``."""
    found = {}
    for path in sorted(HERE.glob("*.yaml")):
        rows = {row.get("name", ""): row for row in yaml.load_all(path.read_text("utf-8"), yaml.CSafeLoader)}
        for name, row in rows.items():
            title = f"{path.stem}: {name}" if name else path.stem
            found[title] = Machine(
                title, profiles.complete({**rows.get(row.get("like"), {}), **row}, ADDRESS)
            )
    for name in profiles.names():
        found[f"{LAB}{name}"] = Machine(f"{LAB}{name}", profiles.load(name, ADDRESS, 1))
    return found


def titles(*keys: str) -> list[str]:
    """Return the recorded machines whose answer has one of the keys."""
    own = {title: item for title, item in machines().items() if not title.startswith(LAB)}
    return [title for title, item in own.items() if item.answer.keys() & set(keys)]


@cache
def sections_of(title: str, form: str) -> dict[str, str]:
    """Return what the tools of a machine print, in the form of this name."""
    return outputs.sections(machines()[title].facts, outputs.FORMS[form])


@cache
def found_on(title: str, form: str) -> NodeFacts:
    """Return what the collector makes of it."""
    given = {name: Section(name, "ok", 0, text) for name, text in sections_of(title, form).items()}
    return assemble(given, ADDRESS)


def every_disk(found: NodeFacts) -> list[DiskFacts]:
    """Return all disks, the one of the operating system first."""
    return [*([found.os_disk.disk] if found.os_disk else []), *found.data_disks]


def block_devices(facts: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield disks, partitions and what lies on them, as described."""
    for disk in facts["disks"]:
        yield disk
        yield from disk.get("children", [])
    yield from facts.get("stacks", [])


def expected_disk(facts: dict[str, Any], name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the disk to be found: as described, but for what the answer says otherwise."""
    told = next(item for item in block_devices(facts) if item["name"] == name)
    named = {item.get("kname", item["name"]): item for item in facts["disks"]}
    below = named[answer["members"][0]] if answer.get("members") else told
    untold = facts.get("untold", [])
    plain = {
        "name": name,
        "size_bytes": told["size"],
        **{key: below.get(key) or "" for key in ("model", "serial")},
        "wwn": disks.world_wide_name(below.get("wwn")) or "",
        "transport": below.get("tran") or "",
        "rotational": below.get("rota", None if "rota" in untold else True),
        **dict.fromkeys(("rotational_guess", "removable"), False),
        **dict.fromkeys(("by_id", "drive", "zoned"), ""),
        **dict.fromkeys(("signatures", "mountpoints", "members"), ()),
    }
    reason = answer.get("not_used", "")
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in answer.items()}
    given.pop("not_used", None)
    found = {**plain, **given, "status_reason": reason, "suggested_status": 0 if reason else 1}
    return {**found, "dirty": bool(found["signatures"])}


def expected_nic(facts: dict[str, Any], name: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Return the interface to be found: as described, but for what the answer says otherwise."""
    told = next(item for item in facts["nics"] if item["name"] == name)
    addresses = answer.get("addresses", [text.split()[0] for text in told.get("addresses", ())])
    first, _, prefix = (addresses or [""])[0].partition("/")
    kind = answer["type"]
    plain = {
        "name": name,
        "mac": told.get("mac", ""),
        "address": first,
        "prefix": int(prefix) if prefix else None,
        "gateway": "",
        "mtu": told.get("mtu", 1500),
        "speed_mbps": told.get("speed", None if "speed" in facts.get("untold", []) else 10000),
        "link": told.get("link", True) if told.get("admin_up", True) else None,
        "bond_mode": told.get("mode", "") if kind == "bond" else "",
        "slaves": tuple(told.get("slaves", ())),
        "vlan_id": told.get("id"),
        "raw_device": told.get("link_to", "") if kind == "vlan" else "",
    }
    given = {key: tuple(value) if isinstance(value, list) else value for key, value in answer.items()}
    return {**plain, **given, "addresses": tuple(addresses)}


def as_found(item: DiskFacts | NicFacts) -> dict[str, Any]:
    """Return the fields of a disk or an interface."""
    return {key: getattr(item, key) for key in item.__dataclass_fields__}
