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
from common.messages import message
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
DERIVED = {
    "nodes/": "node lists follow from the roles: edit the settings file of the node, then gen_node_list -z {zone_id}",
    "vms/": "the placement of management VMs follows from vms of the settings file: "
    "config_qingcloud -v variables.{zone_id}.yaml -s settings.{zone_id}.yaml",
    "routes/": "return routes follow from the VBCs: {routes}",
}
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
    routes: str = "configure again",
) -> list[Finding]:
    """Check ``content`` in place of ``rendered``; without an error among the findings it may be installed.

    ``drives``: the drive of each disk of the node, by the disk's name in its settings file. ``routes``: how to get
    other VBCs and their return routes.
    """
    for prefix, remedy in DERIVED.items():
        if path.startswith(prefix):
            return [
                Finding(
                    "E02",
                    f"{path} is not edited by hand",
                    remedy.format(zone_id=zone_id, routes=routes),
                    file=path,
                )
            ]
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


def _unseen(path: str, content: str) -> list[Finding]:
    """Yield each character that a reviewer would not see, or that a reader of the file takes for something else."""
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
    path: str, content: str, rendered: str, deploy_mode: str, drives: Mapping[str, str], routes: str
) -> Iterator[Finding]:
    try:
        values = read_settings(content)
    except SettingsError as error:
        yield Finding("E03", str(error), 'write key="value" lines and # comments', file=path, line=error.line)
        return
    before = read_settings(rendered)
    lines = {match.group(1): number for number, match in _key_lines(content)}
    for key in before.keys() - values.keys():
        yield Finding(message("E05", key=key, before=before[key]), field=key, file=path)
    for key in values.keys() - before.keys():
        near = nearest(key, before)
        remedy = f"did you mean {near!r}?" if near else "remove it"
        yield Finding("E04", f"the key {key} is new", remedy, field=key, file=path, line=lines.get(key))
    for key in sorted(FIXED & values.keys() & before.keys()):
        if values[key] != before[key]:
            yield Finding(
                message(
                    "E06",
                    "fixed_became",
                    key=key,
                    before=before[key],
                    values=values[key],
                    key2=_other_way(key, routes),
                ),
                field=key,
                file=path,
                line=lines.get(key),
            )
    for item in (
        *_role(values, before, deploy_mode),
        *_disks(values, before, drives),
        *_addresses(values, before),
    ):
        yield Finding(
            item.code, item.detail, item.remedy, field=item.field, file=path, line=lines.get(item.field)
        )


def _other_way(key: str, routes: str) -> str:
    """Return how to change a fixed value elsewhere, where that is possible."""
    if key in _FOR_GOOD:
        return ""
    if key in _OF_THE_NODE:
        return ", or rename the node itself, collect it and configure again"
    if key.startswith(_OF_VBC):
        return f", or {routes}" if routes.startswith("configure again") else ""
    return ", or change the configuration file and configure again"


def _key_lines(content: str) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(content.split("\n"), start=1):
        match = re.match(r"\s*([a-z][a-z0-9_]*)=", line)
        if match:
            yield number, match


def _role(values: Mapping[str, str], before: Mapping[str, str], deploy_mode: str) -> Iterator[Finding]:
    old, new = before.get("role", ""), values.get("role", "")
    if new != old and not (old in HYPER_ROLES and new in HYPER_ROLES):
        yield Finding(message("E08", "role_cannot_become", old=old, new=new[:40]), field="role")
        return
    allowed = allowed_sub_roles(new, deploy_mode)
    wrong = [sub for sub in values.get("sub_roles", "").split(",") if sub and sub not in allowed]
    if wrong:
        yield Finding(
            message("E08", "node_cannot_have", new=new, wrong=", ".join(wrong)[:80], allowed=sorted(allowed)),
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
                    "names_which_not",
                    key=key,
                    foreign=(foreign or words)[0][:80],
                    known=" ".join(sorted(known)),
                ),
                field=key,
            )
            return
    if "vpool_layout" not in values:
        return
    disks = tuple(values.get("data_disks", "").split())
    if not disks and before.get("data_disks", "").split():
        yield Finding(message("E07", "vpool_has_no", data_disks=before["data_disks"]), field="data_disks")
        return
    on = tuple(drives.get(disk, "") for disk in disks)
    layout = values["vpool_layout"]
    said = layout == before.get("vpool_layout") and disks == tuple(before.get("data_disks", "").split())
    # A stripe that was rendered has its reason.
    reason = values.get("vpool_reason", "")
    reason = reason if said or reason != before.get("vpool_reason") else ""
    for item in check_vpool("", values.get("hostname", ""), len(disks), VpoolChoice(layout, reason), on):
        remedy = item.remedy if item.code != "P01" else "say why in vpool_reason, or choose another layout"
        yield Finding("E07", item.detail, remedy, field="vpool_layout")
        return
    wanted = vpool_vdevs(layout, disks, on)
    if values.get("vpool_vdevs") != wanted:
        yield Finding(
            message("E07", "vpool_vdevs_does", disks=len(disks), layout=layout, wanted=wanted),
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
                yield Finding(message("E09", "value", key=key, error=error), field=key)


def _variables(path: str, content: str, zone_id: str) -> list[Finding]:
    document, findings = load_variables(f"variables.{zone_id}.yaml", content.encode("utf-8", "replace"))
    found = [Finding(i.code, i.detail, i.remedy, i.level, i.field, path, i.line) for i in findings]
    if document is not None and document.zone_id != zone_id:
        found.append(
            Finding(message("E06", "zone_id_fixed", zone_id=zone_id), field="base.zone_id", file=path)
        )
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
        yield Finding(message("E03", "compute_server_emulator"), file=path, line=tree.line)
        return
    versions = [key for key in emulator.entries if key != "default"]
    for version in versions:
        folder = _entry(emulator.entries[version], "bin")
        if not isinstance(folder, Scalar) or not folder.value.startswith("/"):
            line = emulator.key_lines[version]
            yield Finding(message("E09", "qemu_has_no", version=version[:40]), file=path, line=line)
    default = emulator.entries.get("default")
    if versions and (not isinstance(default, Scalar) or default.value not in versions):
        line = emulator.key_lines.get("default", emulator.line)
        yield Finding(message("E09", "default_names_no", versions=versions), file=path, line=line)


def _entry(node: Node | None, key: str) -> Node | None:
    return node.entries.get(key) if isinstance(node, Tree) else None


def _hosts(path: str, content: str) -> Iterator[Finding]:
    for number, line in enumerate(content.split("\n"), start=1):
        if line.startswith("# installer console:"):
            yield Finding(message("E03", "line_marks_where"), file=path, line=number)
        text = line.partition("#")[0]
        odd = [At(char, number, column) for column, char in enumerate(text, start=1) if out_of_place(char)]
        for _, what, remedy in sentences(odd):
            yield Finding(message("E10", "odd_character", what=what, instead=remedy), file=path, line=number)
        words = [] if odd else _BLANKS.split(text.strip(" \t"))
        if words in ([], [""]):
            continue
        try:
            host_line(words[0], words[1:])
            detail = "" if len(words) > 1 else "no host name"
        except Refused as refusal:
            detail = refusal.findings[0].detail
        if detail:
            yield Finding("E03", detail, "write ADDRESS NAME [NAME…]", file=path, line=number)
