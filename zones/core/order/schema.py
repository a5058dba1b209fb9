"""The two configuration files as JSON Schema, for other editors and for ours: made from the tables that the parsers read."""

from __future__ import annotations

from typing import Any

from zones.core.documents.reader import NAME
from zones.core.documents.schema import COMPONENTS, REQUIRED, SECTIONS, Field
from zones.core.documents.settings import (
    KEYS,
    MAX_REASON,
    ROLES,
    SUB_ROLES,
    VBC_KEYS,
    VM_ROLES,
    VPOOL_LAYOUTS,
)

DIALECT = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
_ADDRESS = r"^[0-9]{1,3}(\.[0-9]{1,3}){3}$"
_NETWORK = r"^[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}$"
_TEXT: Schema = {"type": ["string", "null"]}


def _list(items: Schema, **more: Any) -> Schema:
    return {"type": ["array", "null"], "items": items, **more}


def _by_address(value: Schema) -> Schema:
    return {
        "type": ["object", "null"],
        "patternProperties": {_ADDRESS: value},
        "additionalProperties": False,
    }


def _object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    found: Schema = {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
    return found | ({"required": list(required), "type": "object"} if required else {})


def _address() -> Schema:
    return {"type": "string", "pattern": _ADDRESS}


_ROLE = _object({"role": {"enum": list(ROLES)}, "sub_roles": _list({"enum": list(SUB_ROLES)})}, ("role",))
_VBC = _object({key: _list(_address()) if key == "mgmt_ips" else _TEXT for key in VBC_KEYS})
_VPOOL = _object(
    {"layout": {"enum": list(VPOOL_LAYOUTS)}, "reason": {**_TEXT, "maxLength": MAX_REASON}}, ("layout",)
)
_OF_KEY: dict[str, Schema] = {
    "zone_id": {"type": "string", "pattern": f"^{NAME.pattern}$"},
    "roles": _by_address(_ROLE) | {"type": "object", "minProperties": 1},
    "pairs": _list(_list(_address(), minItems=2, maxItems=2)),
    "vms": _object({role: _list(_address()) for role in VM_ROLES}),
    "eips": _by_address(_list({"type": "string"})),
    "vbc": _list(_VBC),
    "vpool": _by_address(_VPOOL),
    "erase": _by_address(_list({"type": "string"})),
    "qemu_version": {"type": ["string", "null"], "pattern": r"^([0-9]+(\.[0-9]+)*)?$"},
}


def settings_schema() -> Schema:
    """Return the schema of ``settings.ZONE_ID.yaml`` and ``scale_settings.ZONE_ID.yaml``."""
    return {
        "$schema": DIALECT,
        "title": "settings.ZONE_ID.yaml, scale_settings.ZONE_ID.yaml",
        **_object({key: _OF_KEY[key] for key in KEYS}, ("zone_id", "roles")),
    }


def variables_schema() -> Schema:
    """Return the schema of ``variables.ZONE_ID.yaml``."""
    sections: Schema = {name: _section(fields) for name, fields in SECTIONS.items()}
    for name, fields in COMPONENTS.items():
        deploy: Schema = {f"deploy_{name}": {"enum": [0, 1]}}
        # A component has more fields than those that must be filled: they are passed on as they are.
        sections[name] = _object(deploy | {field: {} for field in fields}) | {"additionalProperties": True}
    needed = tuple(name for name, fields in SECTIONS.items() if _required(fields))
    return {"$schema": DIALECT, "title": "variables.ZONE_ID.yaml", **_object(sections, needed)}


def _required(fields: dict[str, Field]) -> tuple[str, ...]:
    return tuple(key for key, field in fields.items() if field.need == REQUIRED)


def _section(fields: dict[str, Field]) -> Schema:
    return _object({key: _field(field) for key, field in fields.items()}, _required(fields))


def _field(field: Field) -> Schema:
    found: Schema = _KINDS.get(field.kind, _TEXT)
    if field.kind in ("flag", "integer"):
        found = {"type": "integer", "minimum": field.low, "maximum": field.high}
    elif field.kind == "choice":
        found = {"enum": list(field.choices)}
    if field.need != REQUIRED and "enum" not in found and found.get("type") not in (["object", "null"],):
        kinds = found["type"] if isinstance(found["type"], list) else [found["type"]]
        found = {**found, "type": list(dict.fromkeys([*kinds, "null"]))}
    return found if field.default is None else {**found, "default": field.default}


_KINDS: dict[str, Schema] = {
    "name": {"type": "string", "pattern": f"^{NAME.pattern}$"},
    # Empty stands for not filled.
    "address": {"type": "string", "pattern": f"^$|{_ADDRESS}"},
    "network4": {"type": "string", "pattern": f"^$|{_NETWORK}"},
    "network6": {"type": "string"},
    "addresses": _list({"type": "string"}),
    "pools": _list({"type": "string"}),
    "roles": _object({role: _list(_address()) for role in VM_ROLES}),
}
