"""Loading: every trap of YAML and every wrong value is a finding with its line, never a traceback."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Finding
from tests.support.examples import examples
from zones.core.documents import (
    SettingsDocument,
    load_settings,
    load_variables,
)
from zones.core.documents.names import settings_kind
from zones.core.documents.reader import nearest, yaml_kind

NAME = "settings.z1.yaml"
GOOD = """zone_id: z1
roles:
  172.16.80.5:  {role: vg, sub_roles: [vgateway]}
  172.16.80.7:  {role: hyper-pair, sub_roles: [hyper]}
  172.16.80.8:  {role: hyper-pair}
pairs: [[172.16.80.7, 172.16.80.8]]
vms: {proxy: [172.16.80.11, 172.16.80.12]}
eips:
  172.16.80.5: ['139.198.10.0/24|.1', '139.198.20.0/24|.1|HA0']
vbc:
  - mgmt_ips: [172.16.80.7, 172.16.80.8]
    ipv4_vbc: 10.10.50.0/24
    ipv4_vip: 172.16.80.200|172.16.80.8
    ipv6_vbc: 'fd00:0:0::/64'
    ipv6_vip: fd00::9|172.16.80.8
vpool: {172.16.80.9: {layout: stripe, reason: '测试数据：可以丢失'}, 172.16.80.10: {layout: raidz}}
qemu_version: 2.11.1.1
""".encode()


def load(data: bytes, name: str = NAME) -> tuple[SettingsDocument | None, list[Finding]]:
    return load_settings(name, data, "zone")


def only(data: bytes) -> Finding:
    document, findings = load(data)
    assert len(findings) == 1, findings
    assert document is None or findings[0].code in ("D10", "R15")
    return findings[0]


def test_a_good_file_is_read_whole() -> None:
    document, findings = load(GOOD)
    assert findings == [] and document is not None
    assert [entry.role for entry in document.roles.values()] == ["vg", "hyper-pair", "hyper-pair"]
    assert document.pairs[0].addresses == ("172.16.80.7", "172.16.80.8")
    assert document.vms == {"proxy": ("172.16.80.11", "172.16.80.12")}
    assert [eip.text for eip in document.eips] == ["139.198.10.0/24|.1", "139.198.20.0/24|.1|HA0"]
    (vbc,) = document.vbc
    assert (vbc.ipv4_vip, vbc.ipv4_master) == ("172.16.80.200", "172.16.80.8")
    assert (vbc.ipv6_network, vbc.ipv6_vip, vbc.ipv6_master) == ("fd00::/64", "fd00::9", "172.16.80.8")
    assert document.qemu_version == "2.11.1.1"
    stripe, raidz = document.vpool.values()
    assert (stripe.address, stripe.layout, stripe.reason) == ("172.16.80.9", "stripe", "测试数据：可以丢失")
    assert (raidz.address, raidz.layout, raidz.reason, raidz.line) == ("172.16.80.10", "raidz", "", 16)
    assert document.line("roles", "172.16.80.7", "role") == 4
    assert document.line("vbc", "0", "ipv4_vip") == 13
    assert document.line("vbc", "0", "nothing") == 11
    assert document.line("nowhere") is None


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b"\n", b"\r"),
        b"--- \n" + GOOD + b"...\n",
    ],
    ids=["bom", "crlf", "cr", "marker"],
)
def test_what_editors_add_changes_nothing(data: bytes) -> None:
    document, findings = load(data)
    assert findings == [] and document is not None
    assert len(document.roles) == 3


ROLE = b"zone_id: z1\nroles:\n  10.0.0.1: {role: vg}\n"


@pytest.mark.parametrize(
    ("data", "code", "line", "words"),
    [
        (b"zone_id: z1\n\xff\n", "D01", 2, "not UTF-8"),
        (GOOD.decode().encode("utf-16"), "D01", 1, "UTF-16"),
        (b"zone_id: z1\n\x00", "D01", 2, "U+0000"),
        (b"#" * 1_000_001, "D02", None, "1000001 bytes"),
        (b"zone_id: z1\nroles: [\n", "D03", 3, "not YAML"),
        (b"zone_id: 'z1\n", "D03", 2, "not YAML"),
        (b"zone_id: z1\nroles:\n\t10.0.0.1: {role: vg}\n", "D04", 3, "tab"),
        (ROLE + b"zone_id: z1\n", "D05", 4, "first in line 1"),
        (ROLE + b"  10.0.0.1: {role: vg}\n", "D05", 4, "10.0.0.1"),
        (ROLE + b"  ' 10.0.0.1': {role: vg}\n", "D05", 4, "duplicate address 10.0.0.1"),
        (b"zone_id: &a z1\n", "D06", 1, "anchors"),
        (b"a: [x]\nb: [*a, *a]\n", "D06", 2, "aliases"),
        (b"zone_id: !!python/object:os.system z1\n", "D07", 1, "tag"),
        (b"<<: {zone_id: z1}\n", "D07", 1, "merge key"),
        (ROLE + b"---\nzone_id: z2\n", "D07", 4, "second document"),
        (b"? {a: b}\n: c\n", "D07", 1, "key"),
        (b"a: " + b"[" * 400, "D08", 1, "nested deeper"),
        (b"- a\n- b\n", "D09", 1, "is a list"),
        (b"word", "D09", 1, "'word'"),
        (ROLE + b"vbc: {mgmt_ips: []}\n", "D09", 4, "vbc is a mapping"),
        (ROLE + b"vms: {proxy: 10.0.0.1}\n", "D09", 4, "vms.proxy is the value"),
        (ROLE + b"vbc: [{ipv4_vip: 10.0.0.9}]\n", "D09", 4, "10.0.0.9"),
        (ROLE + b"rolls: 1\n", "D10", 4, "'rolls'"),
        (b"", "D11", 1, "empty"),
        (b"# nothing\n", "D11", 1, "empty"),
        (b"roles:\n  10.0.0.1: {role: vg}\n", "D11", 1, "zone_id is missing"),
        (b"zone_id: z1\nroles:\n", "D11", 2, "roles is missing or empty"),
        (b"zone_id: z1\nroles:\n  10.0.0.1:\n", "D11", 3, "no role"),
        (b"zone_id: z1\nroles:\n  10.0.0.1: {sub_roles: [hyper]}\n", "D11", 3, "no role"),
        (b"zone_id: no\nroles:\n  10.0.0.1: {role: vg}\n", "D12", 1, "Boolean"),
        (b"zone_id: 1:30\nroles:\n  10.0.0.1: {role: vg}\n", "D12", 1, "a number"),
        (b"zone_id: 017\nroles:\n  10.0.0.1: {role: vg}\n", "D12", 1, "a number"),
        (ROLE + b"qemu_version: 2.11\n", "D12", 4, "a number"),
        (ROLE + b"qemu_version: 2024-01-01\n", "D12", 4, "a date"),
        (b"zone_id: z1\nroles:\n  010.1.1.1: {role: vg}\n", "D13", 3, "leading zero"),
        (b"zone_id: z1\nroles:\n  fd00::1: {role: vg}\n", "D13", 3, "is IPv6, but IPv4 is required"),
        (ROLE + b"vbc: [{ipv6_vip: 10.0.0.9|10.0.0.1}]\n", "D13", 4, "is IPv4, but IPv6 is required"),
        (ROLE + b"vbc: [{ipv6_vbc: 10.0.0.0/24}]\n", "D14", 4, "is IPv4, but IPv6 is required"),
        (ROLE + b"vbc: [{ipv4_vbc: 10.0.0.7/24}]\n", "D14", 4, "10.0.0.0/24"),
        (b"zone_id: z1\nroles:\n  10.0.0.1: {role: hyper-rpl}\n", "D15", 3, "hyper-rpl"),
        (b"zone_id: Z1/../x\nroles:\n  10.0.0.1: {role: vg}\n", "D15", 1, "zone_id"),
        (ROLE + b"qemu_version: two\n", "D15", 4, "two"),
        (ROLE + b"vpool: stripe\n", "D09", 4, "vpool is the value 'stripe'"),
        (ROLE + b"vpool:\n  10.0.0.2: stripe\n", "D09", 5, "vpool.10.0.0.2 is the value"),
        (ROLE + b"vpool:\n  10.0.0.2:\n    layout: [mirror]\n", "D09", 6, "layout is a list"),
        (ROLE + b"vpool:\n  10.0.0.2:\n    layout: mirror\n    why: x\n", "D10", 7, "unknown key 'why'"),
        (ROLE + b"vpool:\n  10.0.0.2:\n", "D11", 5, "has no layout"),
        (ROLE + b"vpool:\n  10.0.0.2:\n    reason: x\n", "D11", 5, "has no layout"),
        (ROLE + b"vpool:\n  10.0.0.2:\n    layout: raid0\n", "D15", 6, "'raid0'"),
        (
            ROLE + b"vpool:\n  10.0.0.2: {layout: mirror}\n  ' 10.0.0.2': {layout: raidz}\n",
            "D05",
            6,
            "duplicate",
        ),
        (ROLE + b"vpool:\n  node7: {layout: mirror}\n", "D13", 5, "node7"),
        (ROLE + b"vpool:\n  10.0.0.2:\n    layout: stripe\n    reason: no\n", "D12", 7, "Boolean"),
        (ROLE + b'vpool:\n  10.0.0.2:\n    layout: stripe\n    reason: "a\\nb"\n', "D15", 7, "U+000A"),
        (ROLE + b"vpool: {10.0.0.2: {layout: stripe, reason: " + b"x" * 501 + b"}}\n", "D15", 4, "501"),
    ],
)
def test_each_trap_is_one_finding_with_its_line(data: bytes, code: str, line: int | None, words: str) -> None:
    finding = only(data)
    assert (finding.code, finding.line, finding.file) == (code, line, NAME)
    assert words in finding.detail
    assert finding.remedy


def test_an_unknown_key_names_the_nearest_and_leaves_the_document() -> None:
    document, findings = load(ROLE + b"eip: {}\n")
    assert document is not None
    assert "'eips'" in findings[0].remedy
    assert nearest("sub_rols", ["role", "sub_roles"]) == "sub_roles"
    assert nearest("zzz", ["role"]) == ""


def test_everything_wrong_is_said_at_once() -> None:
    data = b"zone_id: off\nroles:\n  10.0.0.300: {role: vgg}\n  10.0.0.1: {role: ks, sub_role: x}\nfoo: 1\n"
    _, findings = load(data)
    assert [(item.code, item.line) for item in findings] == [
        ("D10", 5),
        ("D12", 1),
        ("D13", 3),
        ("D15", 3),
        ("D10", 4),
    ]


def test_a_billion_laughs_is_refused_at_its_first_anchor() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    finding = only("\n".join(lines).encode())
    assert (finding.code, finding.line) == ("D06", 1)


def test_more_values_than_any_zone_has_are_refused() -> None:
    finding = only(b"a: [" + b"1," * 250_000 + b"]")
    assert finding.code == "D08"


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("settings.yaml", "zone", "does not contain the zone"),
        ("settings.z1.yml", "zone", "is not of the form settings.ZONE_ID.yaml"),
        ("z1.settings.yaml", "zone", "does not contain the zone"),
        ("settings.z2.yaml", "zone", "its content is for zone z1"),
        ("scale_settings.z1.yaml", "zone", "settings file is required"),
        ("settings.z1.yaml", "scale", "scale_settings file is required"),
    ],
)
def test_the_file_name_carries_the_zone(name: str, kind: str, words: str) -> None:
    document, findings = load_settings(name, ROLE, kind)
    assert [item.code for item in findings] == ["R15"]
    assert words in findings[0].detail
    assert document is not None, "a wrong name does not hide what the rules have to say"


@pytest.mark.parametrize("folder", ["/srv/config/", "C:\\conf\\", "./"])
def test_the_folder_does_not_matter(folder: str) -> None:
    assert load_settings(f"{folder}settings.z1.yaml", ROLE, "zone")[1] == []


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("no", "bool"),
        ("On", "bool"),
        ("1:30", "int"),
        ("0x1f", "int"),
        ("1e+3", "str"),
        ("~", "null"),
        ("pek3", "str"),
    ],
)
def test_yaml_kinds_are_those_of_yaml_1_1(word: str, kind: str) -> None:
    assert yaml_kind(word) == kind


ANY_BYTES = st.binary(max_size=400)
ALMOST_YAML = st.text(alphabet="zone_idrlsvbcmt: \n-[]{}'\"&*!|>%#?,0127./\t~<é", max_size=200).map(
    lambda text: text.encode()
)
MUTATED = st.tuples(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=4)).map(
    lambda cut: GOOD[: cut[0]] + cut[1] + GOOD[cut[0] + 1 :]
)


@examples(300)
@given(st.one_of(ANY_BYTES, ALMOST_YAML, MUTATED), st.sampled_from(["scale", "zone", "adopt"]))
def test_any_bytes_are_a_document_or_findings(data: bytes, kind: str) -> None:
    document, findings = load_settings(NAME, data, kind)
    assert document is not None or any(item.level == "error" for item in findings)
    variables, more = load_variables("variables.z1.yaml", data)
    assert variables is not None or any(item.level == "error" for item in more)
    for item in (*findings, *more):
        assert item.detail and item.remedy and item.file
        assert item.line is None or 1 <= item.line <= data.count(b"\n") + data.count(b"\r") + 2


@pytest.mark.parametrize(
    ("name", "variables", "right"),
    [
        ("scale_settings.yaml", False, "scale_settings.pek3c.yaml"),
        ("scale-settings.pek3c.yaml", False, "scale_settings.pek3c.yaml"),
        ("scale_settings.pek3c.yml", False, "scale_settings.pek3c.yaml"),
        ("Scale_Settings.pek3c.yaml", True, "scale_settings.pek3c.yaml"),
        ("扩容.yaml", False, "scale_settings.pek3c.yaml"),
        ("pek3c.yaml", False, "scale_settings.pek3c.yaml"),
        ("pek3c.yaml", True, "settings.pek3c.yaml"),
        ("settings (1).pek3c.yaml", True, "settings.pek3c.yaml"),
    ],
)
def test_a_settings_file_of_a_wrong_name_is_given_the_right_one(name, variables, right):
    kind = settings_kind(name, with_variables=variables)
    _, findings = load_settings(name, b"zone_id: pek3c\nroles: {}\n", kind)
    assert [finding.remedy for finding in findings if finding.code == "R15"] == [f"rename it to {right}"]


def test_the_zone_of_a_wrong_name_is_used_where_the_content_has_none():
    _, findings = load_settings("scale-settings.pek3d.yml", b"roles: {}\n", "scale")
    (finding,) = [finding for finding in findings if finding.code == "R15"]
    assert finding.remedy == "rename it to scale_settings.pek3d.yaml"
