"""``variables.ZONE_ID.yaml``: the settings of a whole zone."""

from __future__ import annotations

from collections.abc import Mapping as Map
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

from common.errors import Finding
from common.messages import message
from zones.core.documents import codes
from zones.core.documents.names import check_name
from zones.core.documents.reader import Path, Reader, is_empty, yaml_kind
from zones.core.documents.schema import COMPONENTS, REQUIRED, SDN, SECTIONS, Field, free_text
from zones.core.documents.settings import VM_ROLES, read_zone_id
from zones.core.documents.tree import Mapping, Node, Scalar, Sequence, load_tree

Value = str | int | tuple[str, ...] | dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class VariablesDocument:
    """A well-formed variables file. ``values`` holds every field that was filled or has a default."""

    name: str
    values: Map[str, Map[str, Any]]
    lines: Map[Path, int] = field(default_factory=dict)

    def line(self, *path: str) -> int | None:
        """Return the line of the field, else of its section; None when unknown."""
        for end in range(len(path), 0, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return None

    def text(self, section: str, key: str) -> str:
        """Return a word, address or network; empty when not filled."""
        value = self.values.get(section, {}).get(key, "")
        return value if isinstance(value, str) else ""

    def flag(self, section: str, key: str) -> bool:
        """Return whether a 0/1 field is 1."""
        return self.values.get(section, {}).get(key) == 1

    def integer(self, section: str, key: str) -> int:
        """Return a number; 0 when not filled."""
        value = self.values.get(section, {}).get(key, 0)
        return value if isinstance(value, int) else 0

    def texts(self, section: str, key: str) -> tuple[str, ...]:
        """Return a list of words."""
        value = self.values.get(section, {}).get(key, ())
        return tuple(value) if isinstance(value, list | tuple) else ()

    def by_role(self) -> dict[str, tuple[str, ...]]:
        """Return ``mgmt_network_address``: addresses of management VMs per role."""
        value = self.values.get("advance", {}).get("mgmt_network_address", {})
        return {role: tuple(addresses) for role, addresses in value.items()} if value else {}

    @property
    def zone_id(self) -> str:
        """Return ``base.zone_id``."""
        return self.text("base", "zone_id")

    @property
    def region_id(self) -> str:
        """Return ``common.region_id``."""
        return self.text("common", "region_id")

    @property
    def deploy_mode(self) -> str:
        """Return standard, fusion or devops."""
        return self.text("base", "deploy_mode")

    @property
    def network_mode(self) -> str:
        """Return sdn or vlan."""
        return self.text("base", "network_mode")

    def as_dict(self) -> dict[str, dict[str, Any]]:
        """Return plain lists and dicts, as YAML or JSON stores them; ``variables_from_mapping`` reads them back."""
        plain: dict[str, dict[str, Any]] = {}
        for section, fields in self.values.items():
            plain[section] = {key: _plain(value) for key, value in fields.items()}
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, Map):
        return {key: _plain(item) for key, item in value.items()}
    return value


def load_variables(name: str, data: bytes) -> tuple[VariablesDocument | None, list[Finding]]:
    """Load the document, or None where its content is unusable; findings either way. Never raises on any bytes."""
    document, findings, line = _load(name, data)
    zone_id = document.zone_id if document else ""
    findings += check_name(name, "variables", zone_id, line)
    return (None if codes.unusable(findings) else document), findings


def variables_from_mapping(values: Map[str, Any]) -> tuple[VariablesDocument | None, list[Finding]]:
    """Load the document of a zone whose variables were stored as plain data (``VariablesDocument.as_dict``)."""
    try:
        data = yaml.safe_dump(_plain(values)).encode()
    except (yaml.YAMLError, UnicodeError):
        said = message("D09", "no_plain_data")
        return None, [Finding(said)]
    document, findings, _ = _load("", data)
    if document is None or codes.unusable(findings):
        return None, [replace(item, file="", line=None) for item in findings]
    return VariablesDocument("", document.values), []


def _load(name: str, data: bytes) -> tuple[VariablesDocument | None, list[Finding], int | None]:
    tree, findings = load_tree(name, data, free_text)
    if tree is None:
        return None, findings, None
    reader = Reader(name, findings)
    root = reader.mapping(tree, ())
    if root is None:
        if not reader.findings:
            reader.refuse((), tree.line, message("D11", "empty_file"))
        return None, reader.findings, None
    reader.known_keys(root, (), [*SECTIONS, *COMPONENTS])
    values: dict[str, dict[str, Any]] = {}
    for section, fields in SECTIONS.items():
        values[section] = _section(reader, root, section, fields)
    for component in COMPONENTS:
        filled = _component(reader, root, component)
        if filled:
            values[component] = filled
    _needed_in_sdn(reader, values, root.line)
    return (
        VariablesDocument(name, values, reader.lines),
        reader.findings,
        reader.lines.get(("base", "zone_id")),
    )


def _section(reader: Reader, root: Mapping, section: str, fields: dict[str, Field]) -> dict[str, Any]:
    node = root.entries.get(section)
    entries = reader.mapping(node, (section,))
    if entries is not None:
        reader.known_keys(entries, (section,), fields)
    elif node is not None and not is_empty(node):
        return {}
    found: dict[str, Any] = {}
    for key, spec in fields.items():
        path = (section, key)
        value = entries.entries.get(key) if entries else None
        if spec.need == REQUIRED and spec.kind != "name" and (value is None or is_empty(value)):
            line = reader.lines.get(path) or reader.lines.get((section,)) or root.line
            reader.refuse(path, line, message("D11", "field", field=f"{section}.{key}"))
            continue
        read = _field(reader, spec, value, path, reader.lines.get((section,), root.line))
        if read not in (None, "", (), {}):
            found[key] = read
        elif spec.default is not None and (value is None or is_empty(value)):
            found[key] = spec.default
    return found


def _field(reader: Reader, spec: Field, node: Node | None, path: Path, line: int) -> Value | None:
    match spec.kind:
        case "name":
            return read_zone_id(reader, node, path, line)
        case "flag" | "integer":
            return reader.integer(node, path, spec.low, spec.high)
        case "choice":
            return reader.choice(node, path, spec.choices)
        case "address":
            return reader.address(node, path, 4)
        case "network4":
            return reader.network(node, path, 4)
        case "network6":
            return reader.network(node, path, 6)
        case "addresses":
            return reader.addresses(node, path)
        case "pools":
            return tuple(
                text for place, item in reader.items(node, path) if (text := reader.text(item, place))
            )
        case "roles":
            return _role_addresses(reader, node, path)
        case _:
            return reader.text(node, path)


def _role_addresses(reader: Reader, node: Node | None, path: Path) -> dict[str, tuple[str, ...]]:
    section = reader.mapping(node, path)
    if section is None:
        return {}
    reader.known_keys(section, path, VM_ROLES)
    found = {
        role: reader.addresses(value, (*path, role), 4)
        for role, value in section.entries.items()
        if role in VM_ROLES
    }
    return {role: addresses for role, addresses in found.items() if addresses}


def _component(reader: Reader, root: Mapping, component: str) -> dict[str, Any]:
    """Return the section as it is; its fields belong to the component, only their form is checked."""
    entries = reader.mapping(root.entries.get(component), (component,))
    found: dict[str, Any] = {}
    for key, node in (entries.entries if entries else {}).items():
        path = (component, key)
        if key == f"deploy_{component}":
            found[key] = reader.integer(node, path, 0, 1) or 0
        elif isinstance(node, Scalar):
            number = (
                node.plain
                and yaml_kind(node.value) == "int"
                and len(node.value) < 18
                and node.value.isdigit()
            )
            number = number and not (len(node.value) > 1 and node.value.startswith("0"))
            found[key] = int(node.value) if number else reader.text(node, path)
        elif isinstance(node, Sequence):
            found[key] = tuple(reader.text(item, place) for place, item in reader.items(node, path))
        else:
            said = message("D09", "no_value_or_list", field=f"{component}.{key}")
            reader.refuse(path, node.line, said)
    return found


def _needed_in_sdn(reader: Reader, values: dict[str, dict[str, Any]], line: int) -> None:
    if values["base"].get("network_mode") != "sdn":
        return
    refused = {item.field for item in reader.findings}
    for key, spec in SECTIONS["base"].items():
        if spec.need == SDN and key not in values["base"] and f"base.{key}" not in refused:
            where = reader.lines.get(("base", key)) or reader.lines.get(("base",), line)
            said = message("D11", "field_of_sdn", field=key)
            reader.refuse(("base", key), where, said)
