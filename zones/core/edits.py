"""Checks of a rendered file that a person edited in the review.

======  ===================================================================
E01     the plan has no such file
E02     a file derived from others: it cannot be edited itself
E03     the file is no longer readable
E04     a key that the file did not have
E05     a key that is missing
E06     a value that is fixed: it is reserved, or another file depends on it
E07     disks or layout that do not go together
E08     a role or sub-role that this node cannot have
E09     a value that is not an address, mask or number
E10     the file is too large, or holds an invisible character
======  ===================================================================
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import islice

from common.characters import (
    MOST_FINDINGS,
    At,
    characters_at,
    deceives,
    instead,
    label,
    out_of_place,
    sentences,
    shown,
)
from common.errors import Finding, Refused
from common.messages import Message, message
from zones.core.documents import load_variables
from zones.core.documents.reader import nearest
from zones.core.documents.tree import Mapping as Tree
from zones.core.documents.tree import Node, Scalar, load_tree
from zones.core.nets import parse_address
from zones.core.rendering import SERVER_YAML
from zones.core.rendering.settings_reader import SettingsError, read_settings
from zones.core.rendering.sinks import host_line
from zones.core.rendering.vpool import VpoolChoice, check_vpool, vpool_vdevs
from zones.core.rules.roles import allowed_sub_roles
from zones.core.world import HYPER_ROLES

MAX_CHARS = 1_000_000
FIXED = frozenset(
    {
        *("hostname", "zone_id", "region_id", "is_region", "mgmt_network_address", "eip_network_address"),
        *("feature_vmnode", "feature_ksnode", "feature_vgnode", "feature_hypernode"),
        *("vm_base_network", "hyper_vip_address", "vm_network_routing_rule"),
        *("vm_base_network_ipv6", "hyper_vip_address_ipv6", "vm_network_routing_rule_ipv6"),
        *("os_disk", "erase_disks", "pair_hostname", "pair_address"),
    }
)
# Facts of the node or of the zone, which no configuration file changes.
_OF_THE_NODE = frozenset({"hostname"})
_FOR_GOOD = frozenset(
    {"zone_id", "region_id", "is_region", "mgmt_network_address", "eip_network_address", "os_disk"}
)
_OF_VBC = ("vm_base_network", "hyper_vip_address", "vm_network_routing_rule")
_DISK_KEYS = ("data_disks", "drbd_disks", "cache_disk", "pitrix_disk")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\u2028\u2029]")
_BLANKS = re.compile(r"[ \t]+")


def normal_text(content: str) -> str:
    r"""Normalize a text to ``\n`` line ends and one at the end: what editors and browsers do to them is not an edit."""
    text = content.replace("\r\n", "\n").replace("\r", "\n")
    return text if not text or text.endswith("\n") else text + "\n"


def file_hash(text: str) -> str:
    """Return the hash that identifies this text of a file: SHA-256, hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_edit(
    path: str,
    content: str,
    rendered: str,
    *,
    zone_id: str,
    deploy_mode: str,
    drives: Mapping[str, str] | None = None,
    routes: Message | None = None,
) -> list[Finding]:
    """Check ``content`` in place of ``rendered``; without an error among the findings it may be installed.

    ``drives``: the drive of each disk of the node, by the disk's name in its settings file. ``routes``: how to get
    other VBCs and their return routes.
    """
    routes = routes or message("E02", "configure_again")
    derived = _derived(path, zone_id, routes)
    if derived:
        return [Finding(derived, file=path)]
    unseen = _unseen(path, content)
    if unseen:
        return unseen
    if path.startswith("settings/"):
        return list(_settings(path, content, rendered, deploy_mode, drives or {}, routes))
    if path == "variables/variables.yaml":
        return _variables(path, content, zone_id)
    if path == SERVER_YAML:
        return list(_server(path, content))
    return list(_hosts(path, content)) if path == "hosts" else []


def _derived(path: str, zone_id: str, routes: Message) -> Message | None:
    """Return from what the file follows, where it does: it is not edited itself."""
    if path.startswith("nodes/"):
        return message("E02", "from_roles", path=path, zone=zone_id)
    if path.startswith("vms/"):
        return message(
            "E02",
            "from_vms",
            path=path,
            variables=f"variables.{zone_id}.yaml",
            settings=f"settings.{zone_id}.yaml",
        )
    if path.startswith("routes/"):
        return message("E02", "from_vbcs", path=path, routes=routes)
    return None


def _unseen(path: str, content: str) -> list[Finding]:
    """Yield each character that a reviewer would not see, or that a program that reads the file would misread."""
    if len(content) > MAX_CHARS:
        return [Finding(message("E10", "too_large", path=path), file=path)]
    allowed = shown if path.startswith("settings/") else _seen
    found = characters_at(content, lambda char: not (char == "\t" or allowed(char)))
    return [
        Finding(
            message(
                "E10",
                "hidden_character",
                line=at.line,
                char=label(at.char),
                column=at.column,
                instead=instead(at.char),
            ),
            file=path,
            line=at.line,
        )
        for at in islice(found, MOST_FINDINGS)
    ]


def _seen(char: str) -> bool:
    return not deceives(char)


def _settings(
    path: str, content: str, rendered: str, deploy_mode: str, drives: Mapping[str, str], routes: Message
) -> Iterator[Finding]:
    try:
        values = read_settings(content)
    except SettingsError as error:
        yield Finding(message("E03", "settings", reason=error), file=path, line=error.line)
        return
    before = read_settings(rendered)
    lines = {match.group(1): number for number, match in _key_lines(content)}
    for key in before.keys() - values.keys():
        yield Finding(message("E05", key=key, before=before[key]), field=key, file=path)
    for key in values.keys() - before.keys():
        near = nearest(key, before)
        yield Finding(
            message("E04", "near", key=key, near=near) if near else message("E04", "new", key=key),
            field=key,
            file=path,
            line=lines.get(key),
        )
    for key in sorted(FIXED & values.keys() & before.keys()):
        if values[key] != before[key]:
            yield Finding(
                _fixed(key, before[key], values[key], _other_way(key, routes)),
                field=key,
                file=path,
                line=lines.get(key),
            )
    for item in (
        *_role(values, before, deploy_mode),
        *_disks(values, before, drives),
        *_addresses(values, before),
    ):
        yield replace(item, file=path, line=lines.get(item.field))


def _fixed(key: str, before: str, value: str, other_way: Message | None) -> Message:
    if other_way:
        return message("E06", "fixed_here", key=key, before=before, value=value, other_way=other_way)
    return message("E06", "fixed", key=key, before=before, value=value)


def _other_way(key: str, routes: Message) -> Message | None:
    """Return how to change a fixed value elsewhere, where that is possible."""
    if key in _FOR_GOOD:
        return None
    if key in _OF_THE_NODE:
        return message("E06", "rename_node")
    if key.startswith(_OF_VBC):
        return routes if routes.says != "allocated" else None
    return message("E06", "change_configuration")


def _key_lines(content: str) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(content.split("\n"), start=1):
        match = re.match(r"\s*([a-z][a-z0-9_]*)=", line)
        if match:
            yield number, match


def _role(values: Mapping[str, str], before: Mapping[str, str], deploy_mode: str) -> Iterator[Finding]:
    old, new = before.get("role", ""), values.get("role", "")
    if new != old and not (old in HYPER_ROLES and new in HYPER_ROLES):
        yield Finding(message("E08", "role", role=old, wanted=new[:40]), field="role")
        return
    allowed = allowed_sub_roles(new, deploy_mode)
    wrong = [sub for sub in values.get("sub_roles", "").split(",") if sub and sub not in allowed]
    if wrong:
        yield Finding(
            message("E08", "sub_roles", role=new, sub_roles=", ".join(wrong)[:80], allowed=sorted(allowed)),
            field="sub_roles",
        )


def _disks(
    values: Mapping[str, str], before: Mapping[str, str], drives: Mapping[str, str]
) -> Iterator[Finding]:
    """Check that only reviewed disks are formatted, and that the pool is laid out over exactly those."""
    known = {word for key in _DISK_KEYS for word in before.get(key, "").split()}
    for key in _DISK_KEYS:
        words = values.get(key, "").split()
        foreign = [word for word in words if word not in known]
        if foreign or len(set(words)) != len(words):
            yield Finding(
                message(
                    "E07",
                    "foreign_disk",
                    key=key,
                    disk=(foreign or words)[0][:80],
                    known=" ".join(sorted(known)),
                ),
                field=key,
            )
            return
    if "vpool_layout" not in values:
        return
    disks = tuple(values.get("data_disks", "").split())
    if not disks and before.get("data_disks", "").split():
        yield Finding(message("E07", "no_disk", disks=before["data_disks"]), field="data_disks")
        return
    on = tuple(drives.get(disk, "") for disk in disks)
    layout = values["vpool_layout"]
    said = layout == before.get("vpool_layout") and disks == tuple(before.get("data_disks", "").split())
    # A stripe that was rendered has its reason.
    reason = values.get("vpool_reason", "")
    reason = reason if said or reason != before.get("vpool_reason") else ""
    for item in check_vpool("", values.get("hostname", ""), len(disks), VpoolChoice(layout, reason), on):
        yield Finding(
            message("E07", "stripe_without_reason", said=item.message)
            if item.code == "P01"
            else message("E07", "wrong_layout", said=item.message),
            field="vpool_layout",
        )
        return
    wanted = vpool_vdevs(layout, disks, on)
    if values.get("vpool_vdevs") != wanted:
        yield Finding(
            message("E07", "wrong_vdevs", disks=len(disks), layout=layout, wanted=wanted),
            field="vpool_vdevs",
        )


def _addresses(values: Mapping[str, str], before: Mapping[str, str]) -> Iterator[Finding]:
    for key, value in values.items():
        if not key.endswith(("_address", "_netmask", "_gateway", "_dns_servers")) or "mac_address" in key:
            continue
        for word in value.split() if value != before.get(key) else ():
            try:
                parse_address(word)
            except ValueError as error:
                yield Finding(message("E09", "address", key=key, reason=error), field=key)


def _variables(path: str, content: str, zone_id: str) -> list[Finding]:
    document, findings = load_variables(f"variables.{zone_id}.yaml", content.encode("utf-8", "replace"))
    found = [replace(item, file=path, node="") for item in findings]
    if document is not None and document.zone_id != zone_id:
        found.append(Finding(message("E06", "zone_id", zone=zone_id), field="base.zone_id", file=path))
    return found


def _server(path: str, content: str) -> Iterator[Finding]:
    tree, findings = load_tree(
        path, content.encode("utf-8", "replace"), lambda section, key: section != "compute_server"
    )
    yield from findings
    if tree is None or findings:
        return
    emulator = _entry(_entry(tree, "compute_server"), "emulator")
    if not isinstance(emulator, Tree):
        yield Finding(message("E03", "no_versions"), file=path, line=tree.line)
        return
    versions = [key for key in emulator.entries if key != "default"]
    for version in versions:
        folder = _entry(emulator.entries[version], "bin")
        if not isinstance(folder, Scalar) or not folder.value.startswith("/"):
            line = emulator.key_lines[version]
            yield Finding(message("E09", "no_folder", version=version[:40]), file=path, line=line)
    default = emulator.entries.get("default")
    if versions and (not isinstance(default, Scalar) or default.value not in versions):
        line = emulator.key_lines.get("default", emulator.line)
        yield Finding(message("E09", "default", versions=versions), file=path, line=line)


def _entry(node: Node | None, key: str) -> Node | None:
    return node.entries.get(key) if isinstance(node, Tree) else None


def _hosts(path: str, content: str) -> Iterator[Finding]:
    for number, line in enumerate(content.split("\n"), start=1):
        if line.startswith("# installer console:"):
            yield Finding(message("E03", "our_marks"), file=path, line=number)
        text = line.partition("#")[0]
        odd = [At(char, number, column) for column, char in enumerate(text, start=1) if out_of_place(char)]
        for _, what, remedy in sentences(odd):
            yield Finding(message("E10", "odd_character", what=what, instead=remedy), file=path, line=number)
        words = [] if odd else _BLANKS.split(text.strip(" \t"))
        if words in ([], [""]):
            continue
        try:
            host_line(words[0], words[1:])
            said = message("E03", "no_host_name") if len(words) == 1 else None
        except Refused as refusal:
            said = message("E03", "hosts", said=refusal.message)
        if said:
            yield Finding(said, file=path, line=number)
