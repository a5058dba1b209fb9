"""Files that are wrong, hostile or incomplete: every finding with its place, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.errors import Refused
from nodes.transfer.read_file import read_document

DISK = {"name": "sdb", "type": "ssd", "size_bytes": 10**12}
NIC = {"name": "eth0", "type": "physical"}
NODE: dict[str, Any] = {"mgmt_address": "10.0.0.1", "hostname": "a", "data_disks": [DISK], "networks": [NIC]}


def findings(data: bytes, file: str = "nodes.json") -> list[Any]:
    with pytest.raises(Refused) as caught:
        read_document(data, file)
    return list(caught.value.findings)


def document(**changed: Any) -> bytes:
    return json.dumps({"node_set": [{**NODE, **changed}]}).encode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "the column mgmt_address is missing"),
        (b"{", "truncated"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"node_set": [{"mgmt_address": "10.0.0.1", "memory_bytes": ' + b"9" * 5000 + b"}]}", "too long"),
        (b'{"node_set": 5}', "no list of nodes"),
        (b'{"node_set": [1]}', "no list of nodes"),
        (b"[]", "the file contains no nodes"),
        (b"mgmt_address\n", "the file contains no nodes"),
        (b"a,b\n1,2\n", "the column mgmt_address is missing"),
        (b"mgmt_address,colour\n10.0.0.1,red\n", "'colour'"),
        (b"mgmt_address,mgmt_address\n1,2\n", "duplicate columns"),
        (b"mgmt_address,ssh_port\n10.0.0.1\n", "the number of cells differs"),
        (b"mgmt_address,ssh_port\n10.0.0.1,1,2\n", "the number of cells differs"),
        (b'mgmt_address,ssh_port\n"10.0.0.1,1\n', "not valid CSV"),
        (b"record,mgmt_address\ntape,10.0.0.1\n", "'tape'"),
        (b"record,mgmt_address,name\ndisk,10.0.0.1,sdb\n", "before its record=node"),
        (b"mgmt_address\n10.0.0.1\n10.0.0.1\n", "appears twice"),
        (b"mgmt_address\n\xff\n", "not UTF-8"),
        ("mgmt_address,hostname\n10.0.0.1,节点\n".encode("gbk"), "CSV UTF-8"),
        (b"mgmt_address,hostname\n10.0.0.1,1.23457E+18\n", "format the column as text"),
        (b"mgmt_address,memory_bytes\n10.0.0.1,3.2E+12\n", "format the column as text"),
        (b'mgmt_address;memory_bytes\n10.0.0.1;"3,2E+12"\n', "format the column as text"),
        (
            b'[{"mgmt_address": "10.0.0.1", "data_disks": [], "data_disks": []}]',
            "duplicate key 'data_disks'",
        ),
        (b"mgmt_address\n" + b"1" * 30_000, "longer than 64 characters"),
    ],
)
def test_files_that_are_none(data: bytes, said: str) -> None:
    found = findings(data)
    assert said in " ".join(item.sentence() for item in found)
    assert all(item.file == "nodes.json" and item.remedy for item in found)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mgmt_address": "not one"}, "node_set[0].mgmt_address"),
        ({"mgmt_address": None}, "node_set[0].mgmt_address"),
        ({"mgmt_address": 5}, "node_set[0].mgmt_address"),
        ({"ssh_port": 0}, "node_set[0].ssh_port"),
        ({"ssh_port": True}, "node_set[0].ssh_port"),
        ({"ssh_port": "22"}, "node_set[0].ssh_port"),
        ({"ssh_user": "a b"}, "node_set[0].ssh_user"),
        ({"hostname": "a\x00b"}, "node_set[0].hostname"),
        ({"hostname": "x" * 300}, "node_set[0].hostname"),
        ({"hostname": ["a"]}, "node_set[0].hostname"),
        ({"memory_bytes": -1}, "node_set[0].memory_bytes"),
        ({"memory_bytes": 1.5}, "node_set[0].memory_bytes"),
        ({"cpu": [1]}, "node_set[0].cpu"),
        ({"cpu": {"cores": 10**12}}, "node_set[0].cpu.cores"),
        ({"data_disks": {}}, "node_set[0].data_disks"),
        ({"data_disks": [5]}, "node_set[0].data_disks[0]"),
        ({"data_disks": [{**DISK, "type": "tape"}]}, "node_set[0].data_disks[0].type"),
        ({"data_disks": [{**DISK, "size_bytes": 0}]}, "node_set[0].data_disks[0].size_bytes"),
        ({"data_disks": [{"name": "sdb", "type": "ssd"}]}, "node_set[0].data_disks[0].size_bytes"),
        ({"data_disks": [{"type": "ssd", "size_bytes": 1}]}, "node_set[0].data_disks[0].name"),
        ({"data_disks": [DISK, DISK]}, "node_set[0].data_disks"),
        ({"data_disks": [{**DISK, "rotational": 1}]}, "node_set[0].data_disks[0].rotational"),
        ({"data_disks": [{**DISK, "signatures": [1]}]}, "node_set[0].data_disks[0].signatures"),
        ({"data_disks": [{**DISK, "fields": {"serial": {}}}]}, "node_set[0].data_disks[0].fields.serial"),
        (
            {"data_disks": [{**DISK, "fields": {"status": {"observed": 1, "override": 7}}}]},
            "node_set[0].data_disks[0].fields.status.override",
        ),
        (
            {"data_disks": [{**DISK, "fields": {"size_bytes": {"observed": 1}}}]},
            "node_set[0].data_disks[0].fields.size_bytes.override",
        ),
        ({"networks": [{**NIC, "type": "tunnel"}]}, "node_set[0].networks[0].type"),
        ({"networks": [{**NIC, "address": "10.0.0.300"}]}, "node_set[0].networks[0].address"),
        ({"networks": [{**NIC, "prefix": 129}]}, "node_set[0].networks[0].prefix"),
        ({"networks": [NIC, NIC]}, "node_set[0].networks"),
        ({"networks": [{"type": "bond"}]}, "node_set[0].networks[0].name"),
        ({"collected_at": "yesterday"}, "node_set[0].collected_at"),
        ({"default_gateway": "nowhere"}, "node_set[0].default_gateway"),
        ({"warnings": ["x" * 30_000]}, "node_set[0].warnings"),
    ],
)
def test_values_that_cannot_be(changed: dict[str, Any], field: str) -> None:
    found = findings(document(**changed))
    assert [item.field for item in found] == [field] and found[0].remedy


def test_everything_wrong_is_told_at_once_with_its_line() -> None:
    lines = [
        "record,mgmt_address,ssh_port,name,type,size_bytes",
        "node,10.0.0.1,x,,,",
        "disk,10.0.0.1,,sdb,tape,0",
    ]
    found = findings("\r\n".join(lines).encode(), "nodes.csv")
    assert {(item.line, item.field.rpartition(".")[2]) for item in found} == {
        (2, "ssh_port"),
        (2, "type"),
        (2, "size_bytes"),
    }


def test_one_address_in_two_spellings_is_one_node() -> None:
    nodes = [{"mgmt_address": "fd00::1"}, {"mgmt_address": "FD00:0::1"}]
    assert "twice" in findings(json.dumps(nodes).encode())[0].detail


def test_unknown_keys_are_for_a_newer_console() -> None:
    nodes = read_document(document(colour="red", node_id="n-1", status="active", zone_id="z"))
    assert nodes[0].facts is not None and nodes[0].facts.data_disks[0].name == "sdb"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
_KEYS = [
    "mgmt_address",
    "hostname",
    "os_disk",
    "data_disks",
    "networks",
    "cpu",
    "fields",
    "collected_at",
    "legs",
]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(_KEYS), _JSON))
def test_any_json_is_read_or_refused(values: dict[str, Any]) -> None:
    try:
        read_document(json.dumps([{**NODE, **values}]).encode())
    except Refused as refusal:
        assert refusal.findings


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for text in (data, b"record,mgmt_address,name,type\n" + data, b'{"node_set": [' + data):
        try:
            assert read_document(text)
        except Refused as refusal:
            assert refusal.findings


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("10.0.0.１", "has the full-width digit U+FF11 in column 8"),
        ("10。0.0.1", "has the full-width full stop U+3002 in column 3"),
        ("10.0.\u30000.1", "has the full-width blank U+3000 in column 6"),
    ],
)
def test_a_character_that_was_pasted_into_an_address_is_named(address: str, words: str) -> None:
    for data in (document(mgmt_address=address), f"mgmt_address\n{address}\n".encode()):
        found = findings(data, "nodes.json" if data.startswith(b"{") else "nodes.csv")
        assert any(words in item.detail and item.remedy for item in found), found
