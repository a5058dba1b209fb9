"""Read a file of nodes (JSON as describe_nodes prints it, or CSV) into checked nodes."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Sequence
from typing import Any

from common.errors import Finding, Refused
from common.messages import message
from common.pasted import pasted
from common.ssh.types import is_host_key
from nodes.transfer.document import ImportedNode
from nodes.transfer.field_reader import FieldReader
from nodes.transfer.hardware import read_absent, read_corrections, read_facts
from nodes.transfer.table import rows_to_nodes

MAX_NODES = 4096
_MAX_KEY = 4096
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


def read_document(data: bytes, file: str = "") -> list[ImportedNode]:
    """Return the nodes of the file. Raises :class:`Refused` with a finding for everything that is wrong in it."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused.because(message("N50", "not_utf8"), file=file, line=line) from None
    findings: list[Finding] = []
    entries = _json_entries(text, file) if text.lstrip()[:1] in ("{", "[") else rows_to_nodes(text, file)
    if not entries:
        raise Refused.because(message("N50", "no_node"), file=file)
    if len(entries) > MAX_NODES:
        raise Refused.because(message("N50", "too_many_nodes", limit=MAX_NODES), file=file)
    place = {"file": file} if file else {}
    nodes = [
        _node(FieldReader(values, path, {**place, "line": line} if line else place, findings))
        for values, path, line in entries
    ]
    findings += _doubles(nodes, file)
    if findings:
        # Disks are read for their facts and for their corrections: an error is reported once.
        raise Refused(dict.fromkeys(findings))
    return nodes


def _json_entries(text: str, file: str) -> Sequence[tuple[dict[str, Any], str, int]]:
    try:
        document = json.loads(text, object_pairs_hook=lambda pairs: _object(pairs, file))
    except json.JSONDecodeError as error:
        stumbled = " " * (error.colno - 1) + text[error.pos : error.pos + 1]
        odd = list(pasted(stumbled, file=file, line=error.lineno))
        if odd:
            raise Refused(odd) from None
        raise Refused.because(
            message("N50", "broken_json", reason=error.msg), file=file, line=error.lineno
        ) from None
    except (RecursionError, ValueError):
        raise Refused.because(message("N50", "deep_json"), file=file) from None
    nodes = document.get("node_set") if isinstance(document, dict) else document
    if not isinstance(nodes, list) or not all(isinstance(item, dict) for item in nodes):
        raise Refused.because(message("N50", "no_node_set"), file=file)
    return [(item, f"node_set[{position}]", 0) for position, item in enumerate(nodes)]


def _object(pairs: list[tuple[str, Any]], file: str) -> dict[str, Any]:
    """Refuse two values under one name, as after a careless merge: which one is meant is not known."""
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise Refused.because(message("N50", "key_twice", key=twice[:40]), file=file)
    return found


def _node(reader: FieldReader) -> ImportedNode:
    address = reader.address("mgmt_address")
    if not reader.values.get("mgmt_address"):
        reader.wrong("mgmt_address", message("N50", "no_node_address", field=reader.name("mgmt_address")))
    reader.node = address
    user = reader.text("ssh_user", 32) or "root"
    if not _USER.fullmatch(user):
        reader.wrong("ssh_user", message("N50", "no_login_name", field=reader.name("ssh_user")))
    facts = read_facts(reader)
    return ImportedNode(
        address=str(ipaddress.ip_address(address)) if address else "",
        port=reader.number("ssh_port", 1, 65535, default=22),
        user=user,
        facts=facts,
        corrections=read_corrections(reader) if facts else (),
        absent=read_absent(reader) if facts else (),
        collected_at=reader.moment("collected_at"),
        host_key=_host_key(reader),
    )


def _host_key(reader: FieldReader) -> str:
    """Read the pinned key; a comment after it, as in a .pub file, is skipped."""
    text = " ".join(reader.text("host_key", _MAX_KEY).split()[:2])
    if text and not is_host_key(text):
        reader.wrong("host_key", message("N50", "no_host_key", field=reader.name("host_key")))
        return ""
    return text


def _doubles(nodes: Sequence[ImportedNode], file: str) -> list[Finding]:
    seen: set[str] = set()
    found = []
    for node in nodes:
        if node.address and node.address in seen:
            found.append(
                Finding(
                    message("N50", "node_twice", address=node.address),
                    node=node.address,
                    file=file,
                )
            )
        seen.add(node.address)
    return found
