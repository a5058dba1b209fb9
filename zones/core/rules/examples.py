"""For each rule a file that breaks it: shown on the rule's page, and run through every interface by the tests.

The examples are about region pek3 on the management network 172.16.80.0/24:

* zone pek3a, standard: the installer allocates its VBCs; pek3d the same, devops; pek3m, standard: VBCs given by
  hand; pek3v, devops in vlan mode; pek3n does not exist yet
* nodes .21 to .26 have two SSDs, .31 to .34 one data disk, .41 and .42 two networks; .43 has one network, .51 only
  HDDs, .52 interfaces with other names than the others, and the clock of .53 stands in 1970
"""

from __future__ import annotations

from dataclasses import dataclass

_VARIABLES = """\
common: {region_id: pek3}
base:
  zone_id: pek3n
  deploy_mode: devops
  network_mode: sdn
  installer_allocate_vbc: 1
  vm_base_network: 10.40.0.0/16
  mgmt_network_gateway: 172.16.80.1
advance:
  vip_pools: ['172.16.80.240/24-172.16.80.250/24']
"""
_SETTINGS = """\
zone_id: pek3n
roles:
  172.16.80.31: {role: ks, sub_roles: [seed]}
  172.16.80.21: {role: hyper-repl, sub_roles: [hyper]}
  172.16.80.22: {role: hyper-repl, sub_roles: [hyper]}
"""
_FUSION = """\
zone_id: pek3n
roles:
  172.16.80.21: {role: hyper-repl, sub_roles: [hyper]}
  172.16.80.22: {role: hyper-repl, sub_roles: [hyper]}
  172.16.80.23: {role: hyper-repl, sub_roles: [hyper]}
"""
_TWO_HYPERS = """\
roles:
  172.16.80.21: {role: hyper-repl, sub_roles: [hyper]}
  172.16.80.22: {role: hyper-repl, sub_roles: [hyper]}
"""


@dataclass(frozen=True, slots=True)
class Example:
    """Files by name, the one in which the finding stands, its line, and what the finding says."""

    files: tuple[tuple[str, str], ...]
    file: str
    line: int
    says: str


def _at(text: str, mark: str) -> int:
    """Return the line in which ``mark`` occurs."""
    return text.count("\n", 0, text.index(mark)) + 1


def _scale(zone_id: str, body: str, mark: str, says: str) -> Example:
    name, text = f"scale_settings.{zone_id}.yaml", f"zone_id: {zone_id}\n{body}"
    return Example(((name, text),), name, _at(text, mark), says)


def _new(variables: str, settings: str, mark: str, says: str) -> Example:
    files = (("variables.pek3n.yaml", variables), ("settings.pek3n.yaml", settings))
    name, text = next((name, text) for name, text in files if mark in text)
    return Example(files, name, _at(text, mark), says)


def _variables(old: str, new: str) -> str:
    return _VARIABLES.replace(old, new)


def _fusion(more: str = "") -> str:
    return _VARIABLES.replace("deploy_mode: devops", "deploy_mode: fusion") + more


EXAMPLES: dict[str, Example] = {
    "R01": _scale(
        "pek3a",
        "roles:\n  172.16.80.31: {role: ks, sub_roles: [pgpool]}\n",
        "pgpool",
        "which cannot be added to a running zone",
    ),
    "R02": _scale(
        "pek3a",
        "roles:\n  172.16.80.21: {role: hyper-repl, sub_roles: [hyper]}\n",
        "roles",
        "the file adds 1 hyper, but a standard zone grows in pairs",
    ),
    "R03": _scale(
        "pek3d",
        "roles:\n  172.16.80.21: {role: hyper-repl, sub_roles: [hyper]}\n",
        "roles",
        "with an odd number, one has no partner",
    ),
    "R04": _scale(
        "pek3a",
        "roles:\n  172.16.80.41: {role: vg, sub_roles: [vgateway]}\n",
        "172.16.80.41",
        "has no EIP segment",
    ),
    "R05": _scale(
        "pek3a",
        "roles:\n  172.16.80.41: {role: vg, sub_roles: [vgateway]}\n"
        "eips:\n  172.16.80.41: ['10.10.8.0/24|.1']\n",
        "10.10.8.0",
        "the EIP network 10.10.8.0/24 overlaps vm_base_network 10.10.0.0/16 of zone pek3a",
    ),
    "R06": _scale(
        "pek3m",
        _TWO_HYPERS + "vbc:\n  - mgmt_ips: [172.16.80.21, 172.16.80.22]\n"
        "    ipv4_vbc: 10.99.0.0/24\n    ipv4_vip: 172.16.80.231|172.16.80.21\n",
        "10.99",
        "10.99.0.0/24 is not inside the zone's base network 10.30.0.0/16",
    ),
    "R07": _scale(
        "pek3a",
        _TWO_HYPERS + "vbc:\n  - mgmt_ips: [172.16.80.21, 172.16.80.22]\n"
        "    ipv4_vbc: 10.10.60.0/24\n    ipv4_vip: 172.16.80.210|172.16.80.21\n",
        "- mgmt_ips",
        "installer_allocate_vbc is 1, so the installer allocates VBCs, but vbc is filled in as well",
    ),
    "R08": _new(
        _variables("{region_id: pek3}", "{region_id: pek3, cloud_type: public}"),
        _SETTINGS,
        "cloud_type",
        "cloud_type is public",
    ),
    "R09": _new(
        _variables("172.16.80.240/24-", "172.16.80.240-"),
        _SETTINGS,
        "vip_pools",
        "'172.16.80.240' has no mask",
    ),
    "R10": _new(
        _fusion("  mgmt_network_address: {proxy: ['172.16.80.101']}\n"),
        _FUSION,
        "proxy",
        "mgmt_network_address lists proxy, but fusion allows only zoocassa",
    ),
    "R11": _new(
        _variables("  network_mode", "  is_global_zone: 1\n  network_mode"),
        _SETTINGS,
        "is_global_zone",
        "is_global_zone is 1, but region pek3 already has zone pek3a",
    ),
    "R12": _new(
        _VARIABLES,
        _SETTINGS.replace("[seed]", "[seed, pgpool]") + "vms:\n  pgpool: [172.16.80.31]\n",
        "pgpool: [",
        "pgpool is on 1 physical node",
    ),
    "R13": _new(
        _VARIABLES,
        _SETTINGS.replace("[seed]", "[seed, pgpool, pgserver]")
        + "".join(f"  172.16.80.{last}: {{role: ks, sub_roles: [seed]}}\n" for last in (32, 33, 34)),
        "pgserver",
        "pgpool and pgserver share 172.16.80.31 although there are 4 KS nodes",
    ),
    "R14": _new(
        _fusion(),
        _FUSION.replace(
            "21: {role: hyper-repl, sub_roles: [hyper]", "21: {role: hyper-repl, sub_roles: [pgpool]"
        ),
        "pgpool",
        "has the sub-role pgpool",
    ),
    "R15": Example(
        (("scale_settings.pek3a.yaml", "zone_id: pek3d\n" + _TWO_HYPERS),),
        "scale_settings.pek3a.yaml",
        1,
        "the file name contains zone pek3a, but its content is for zone pek3d",
    ),
    "R16": _scale(
        "pek3a",
        _TWO_HYPERS.replace("172.16.80.22", "172.16.80.99"),
        "80.99",
        "node 172.16.80.99 is not registered",
    ),
    "R17": _scale(
        "pek3a",
        _TWO_HYPERS.replace("172.16.80.22", "172.16.80.51"),
        "80.51",
        "hyper-repl needs at least 1 SSD; it has 0 SSD and 2 HDD",
    ),
    "R18": _scale(
        "pek3a",
        "roles:\n  172.16.80.43: {role: vg, sub_roles: [vgateway]}\n"
        "eips:\n  172.16.80.43: ['139.198.10.0/24|.1']\n",
        "172.16.80.43: {",
        "has only one network; it needs MGMT and EIP",
    ),
    "R19": _scale(
        "pek3v",
        "roles:\n  172.16.80.52: {role: hyper-repl, sub_roles: [hyper]}\n",
        "80.52",
        "lacks eth1 and has ens1f0",
    ),
    "R21": _scale(
        "pek3a",
        _TWO_HYPERS + "qemu_version: 2.4.1.2\n",
        "qemu_version",
        "QEMU 2.4.1.2 would run in addition to 2.11.1.1 of zone pek3a",
    ),
    "R25": _scale(
        "pek3a",
        _TWO_HYPERS.replace("172.16.80.22", "172.16.80.53"),
        "80.53",
        "years behind that of the installer",
    ),
    "R22": _new(
        _VARIABLES + "boss: {deploy_boss: 1}\n",
        _SETTINGS,
        "deploy_boss",
        "deploy_boss is 1, but boss.boss_domain is empty",
    ),
    "R24": _new(
        _variables("172.16.80.1\n", "192.168.99.1\n"),
        _SETTINGS,
        "192.168.99.1",
        "mgmt_network_gateway 192.168.99.1 is outside the management network 172.16.80.0/24 of nodes",
    ),
    "R23": Example(
        (
            (
                "variables.pek3a.yaml",
                _VARIABLES.replace("pek3n", "pek3a")
                .replace("10.40.0.0", "10.10.0.0")
                .replace("deploy_mode: devops", "deploy_mode: standard"),
            ),
            (
                "settings.pek3a.yaml",
                "zone_id: pek3a\n" + _TWO_HYPERS.replace(".21:", ".11:").replace(".22:", ".12:"),
            ),
        ),
        "settings.pek3a.yaml",
        1,
        "zone pek3a is already configured",
    ),
}
"""R20 has none: it is broken by a second job of the region, not by a file."""


def example_files() -> dict[str, str]:
    """Return Markdown by code: the files that break the rule, as far as one can."""
    return {
        code: "\n".join(f"`{name}`\n\n```yaml\n{text.rstrip()}\n```\n" for name, text in example.files)
        for code, example in EXAMPLES.items()
    }
