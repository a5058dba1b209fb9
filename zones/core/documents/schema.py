"""The fields of ``variables.ZONE_ID.yaml``: which exist, which must be filled, what each may hold."""

from __future__ import annotations

from dataclasses import dataclass

REQUIRED = "required"
SDN = "sdn"  # required when network_mode is sdn
OPTIONAL = "optional"  # auto generated, or a default


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the variables file.

    ``kind`` names the reader (text, name, flag, integer, choice, address, network4, network6, addresses, pools, roles);
    ``low`` and ``high`` bound integers; ``default`` replaces an absent field.
    """

    kind: str
    need: str = OPTIONAL
    choices: tuple[str, ...] = ()
    default: str | int | None = None
    low: int = 0
    high: int = 1


DEPLOY_MODES = ("standard", "fusion", "devops")
NETWORK_MODES = ("sdn", "vlan")

SECTIONS: dict[str, dict[str, Field]] = {
    "common": {
        "region_id": Field("name", REQUIRED),
        "console_id": Field("text"),
        "domain": Field("text"),
        "cloud_type": Field("choice", choices=("private", "public"), default="private"),
        "site_protocol": Field("choice", choices=("http", "https"), default="https"),
    },
    "base": {
        "zone_id": Field("name", REQUIRED),
        "deploy_mode": Field("choice", REQUIRED, choices=DEPLOY_MODES),
        "network_mode": Field("choice", REQUIRED, choices=NETWORK_MODES),
        "is_global_zone": Field("flag", default=0),
        "installer_allocate_vbc": Field("flag", REQUIRED),
        "vm_base_network": Field("network4", SDN),
        "vm_base_network_start": Field("network4"),
        "vm_base_network_ipv6": Field("network6"),
        "vm_base_network_ipv6_start": Field("network6"),
        "mgmt_network_gateway": Field("address", REQUIRED),
        "mgmt_network_dns_servers": Field("addresses"),
    },
    "advance": {
        "mgmt_network_pools": Field("pools"),
        "eip_network_pools": Field("pools"),
        "vip_pools": Field("pools"),
        "mgmt_network_address": Field("roles"),
        "network_separated": Field("flag", default=0),
        "vxnet_ipv6_prefixlen": Field("integer", default=120, low=64, high=126),
        "vbc_group_size": Field("integer", default=2, low=1, high=64),
    },
}

COMPONENTS: dict[str, tuple[str, ...]] = {
    "bm": ("bm_network",),
    "v2v": ("v2v_network",),
    "boss": ("boss_domain",),
    "cronus": ("cronus_address",),
    "warehouse": ("warehouse_hosts",),
    "neonsan": ("neonsan_mgmt_network", "neonsan_storage_network"),
    "qingstor": ("qingstor_address",),
}
"""Sections of attached components and the fields that must be filled when ``deploy_<name>`` is 1.
A section may have more fields: they belong to the component and are passed on as they are."""


def free_text(section: str, key: str) -> bool:
    """Return whether the field holds text for people: the console's name, and what a component has beyond its known fields."""
    if section in COMPONENTS:
        return key not in COMPONENTS[section] and key != f"deploy_{section}"
    return key == "console_id"
