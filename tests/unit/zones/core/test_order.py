"""An order as table and as YAML: nothing is lost on the way, and findings stay where they belong."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Finding
from tests.support.examples import examples
from zones.core.documents import SettingsDocument, load_settings
from zones.core.order import Order, OrderNode, OrderVbc, Segments, order_to_settings, settings_to_order
from zones.core.order.table import cells
from zones.services.templates import TEMPLATES, archive_texts, list_archives, template_text

NAME = "scale_settings.pek3c.yaml"
ADDRESSES = st.sampled_from([f"172.16.80.{number}" for number in range(1, 8)])
ODD = st.sampled_from(
    [
        "no",
        "1:30",
        "010",
        "~",
        "null",
        "2026-11-30",
        "a: b",
        "x # y",
        "[1]",
        "{",
        "'",
        '"',
        "é",
        "-",
        "?",
        "<<",
        "=",
    ]
)
SCALAR = st.one_of(ADDRESSES, ODD, st.none(), st.booleans(), st.integers(0, 99), st.text(max_size=6))
JUNK = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=5,
)
ROLE = st.fixed_dictionaries(
    {"role": st.sampled_from(["vg", "ks", "hyper-repl", "hyper-pair", "router"])},
    optional={
        "sub_roles": st.lists(st.sampled_from(["hyper", "seed", "vbr", "x"]), max_size=3),
        "colour": JUNK,
    },
)
VBC = st.fixed_dictionaries(
    {"mgmt_ips": st.lists(ADDRESSES, max_size=3)},
    optional={
        "ipv4_vbc": st.just("10.10.50.0/24"),
        "ipv4_vip": st.just("172.16.80.200|172.16.80.1"),
        "x": JUNK,
    },
)
SETTINGS = st.fixed_dictionaries(
    {"zone_id": st.sampled_from(["pek3c", "", None, 5, "Ä"])},
    optional={
        "roles": st.dictionaries(ADDRESSES, ROLE | JUNK, max_size=5) | JUNK,
        "pairs": st.lists(st.lists(ADDRESSES, max_size=3), max_size=3) | JUNK,
        "eips": st.dictionaries(ADDRESSES, st.lists(st.just("139.198.10.0/24|.1"), max_size=2) | JUNK) | JUNK,
        "vbc": st.lists(VBC, max_size=3) | JUNK,
        "vms": JUNK,
        "vpool": st.dictionaries(ADDRESSES, st.just({"layout": "mirror", "reason": "a, b: c # d"})) | JUNK,
        "erase": JUNK,
        "qemu_version": st.sampled_from(["2.11.1.1", 2.4, None]),
        "colour": JUNK,
    },
)
NOTES = st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=12).map(
    lambda text: " ".join(text.split())
)


def read(text: str) -> tuple[SettingsDocument | None, list[Finding]]:
    return load_settings(NAME, text.encode(), "scale")


def meaning(document: SettingsDocument | None) -> Any:
    """Return a document without lines; entries of a mapping have no order."""
    if document is None:
        return None
    bare = replace(
        document,
        lines={},
        roles={key: replace(entry, line=0) for key, entry in document.roles.items()},
        pairs=tuple(replace(entry, line=0) for entry in document.pairs),
        eips=(),
        vbc=tuple(replace(entry, line=0) for entry in document.vbc),
        vpool={key: replace(entry, line=0) for key, entry in document.vpool.items()},
        erase=(),
    )
    segments = sorted((entry.vg_address, entry.text) for entry in document.eips)
    return bare, segments, sorted((entry.address, entry.disk) for entry in document.erase)


def said(findings: list[Finding]) -> Counter[tuple[str, str]]:
    return Counter((item.code, item.detail) for item in findings)


@given(SETTINGS, st.booleans())
@examples(200)
def test_a_file_means_the_same_after_the_table(settings: dict[str, Any], flow: bool) -> None:
    text = yaml.safe_dump(settings, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    order, refused = settings_to_order(text)
    before, findings = read(text)
    if order is None:
        assert refused and before is None
        return
    again = order_to_settings(order)
    after, found = read(again)
    assert meaning(after) == meaning(before), again
    assert said(found) == said(findings), again
    # From here on nothing moves: neither a line nor the finding at it.
    second, _ = settings_to_order(again)
    assert second == order
    assert order_to_settings(second) == again


@given(
    st.lists(ADDRESSES, unique=True, max_size=6),
    st.data(),
)
@examples(100)
def test_a_table_is_the_same_after_the_file(addresses: list[str], data: st.DataObject) -> None:
    words = st.lists(st.sampled_from(["hyper", "seed", "vbr"]), max_size=2, unique=True).map(tuple)
    nodes = tuple(
        OrderNode(address, "hyper-pair", data.draw(words), data.draw(NOTES)) for address in addresses
    )
    vips = st.sampled_from(["", "172.16.80.200|172.16.80.1"])
    order = Order(
        "pek3c",
        tuple(replace(row, note=row.note.lstrip("# ")) for row in nodes),
        tuple((address, address) for address in addresses[:2]),
        tuple(Segments(address, ("139.198.10.0/24|.1|HA0",)) for address in addresses[1:3]),
        tuple(OrderVbc((address,), "10.10.50.0/24", data.draw(vips)) for address in addresses[:2]),
        remarks=("# ask olga before midnight",),
    )
    assert settings_to_order(order_to_settings(order)) == (order, [])
    assert Order.from_dict(order.as_dict()) == order


def test_templates_and_examples_are_read_without_a_loss() -> None:
    texts = [text for archive in list_archives() for text in archive_texts(archive.name).values()]
    texts = [text for text in texts if "\nroles:" in text]
    assert len(texts) == 7
    for text in [*texts, *(template_text(name, "pek3c") for name in TEMPLATES if name != "variables")]:
        order, refused = settings_to_order(text)
        assert order is not None and not refused
        assert meaning(read(order_to_settings(order, "zone"))[0]) == meaning(read(text)[0])


def test_the_text_is_commented_and_a_node_keeps_its_comment() -> None:
    text = (
        "zone_id: pek3c  # the new one\nroles:\n  # rack 2\n"
        "  172.16.80.5: {role: vg}   # pek3cr02n01\n"
        "  172.16.80.7:  # slow disk\n    role: hyper-repl\n    sub_roles: [hyper]\n    colour: 'no'\n"
        "eips: {172.16.80.5: 139.198.10.0/24|.1}\nvpool: {172.16.80.7: {layout: stripe, reason: 'a # b'}}\n"
    )
    order, _ = settings_to_order(text)
    assert order is not None
    assert [row.note for row in order.nodes] == ["pek3cr02n01", "slow disk"]
    assert order.remarks == ("# the new one", "# rack 2")
    assert order_to_settings(order).split("\n") == [
        "# scale_settings.pek3c.yaml: nodes that are added to a zone that exists.",
        "# the new one",
        "# rack 2",
        "zone_id: pek3c",
        "",
        "# each node by its management address: ks | vg | hyper-pair | hyper-repl | hyper-sanc",
        "roles:",
        "  172.16.80.5: {role: vg, sub_roles: []}  # pek3cr02n01",
        "  172.16.80.7: {role: hyper-repl, sub_roles: [hyper], colour: 'no'}  # slow disk",
        "",
        "# public segments of each VG node: NETWORK|GATEWAY SUFFIX or NETWORK|GATEWAY SUFFIX|HA GROUP",
        "eips:",
        "  172.16.80.5: ['139.198.10.0/24|.1']",
        "",
        "# the layout of the ZFS pool of a hyper-repl node, where it is not the advised one",
        "vpool:",
        "  172.16.80.7: {layout: stripe, reason: 'a # b'}",
        "",
    ]


def test_there_is_no_table_of_an_unreadable_file() -> None:
    for text in ("roles: {", "a: 1\na: 2\n", "roles: &x {}\n", "roles：{}\n", "\troles: {}\n"):
        order, findings = settings_to_order(text)
        assert order is None and findings, text
    assert settings_to_order(" \n") == (Order(), [])
    assert settings_to_order("- 1\n") == (None, [])


def test_a_finding_knows_its_cells() -> None:
    order = Order(
        "pek3c",
        (OrderNode("172.16.80.5", "vg"), OrderNode("172.16.80.7", "hyper-pair")),
        (("172.16.80.7", "172.16.80.8"),),
        vbc=(OrderVbc(("172.16.80.7",)),),
    )
    _, [finding] = read("zone_id: pek3c\nroles:\n  172.16.80.5: {role: vg, sub_roles: [x]}\n")
    assert list(cells(finding, order)) == [("172.16.80.5", "sub_roles")]
    places = {
        "roles.172.16.80.5": [("172.16.80.5", "role")],
        "roles.172.16.80.5.role": [("172.16.80.5", "role")],
        "eips.172.16.80.5.0": [("172.16.80.5", "eips")],
        "pairs.0": [("172.16.80.7", "pair"), ("172.16.80.8", "pair")],
        "vbc.0.ipv4_vip": [("172.16.80.7", "vbc")],
        "vpool.172.16.80.7.layout": [("172.16.80.7", "node")],
        "roles": [],
        "zone_id": [],
    }
    for field, wanted in places.items():
        assert list(cells(replace_field(finding, field), order)) == wanted, field


def replace_field(finding: Finding, field: str) -> Finding:
    return Finding(finding.message, field=field)
