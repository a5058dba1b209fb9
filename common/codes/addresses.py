"""Codes of allocating addresses and networks."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "A01",
        _("No network is left for a VBC"),
        _(
            "Reported when the installer allocates VBCs and vm_base_network has no free subnet for every group "
            "of hypers from vm_base_network_start upwards. Hypers without a VBC cannot run VMs in a base "
            "network."
        ),
        _(
            "Widen vm_base_network, or write a lower or smaller vm_base_network_start in the variables file; a "
            "larger vbc_group_size uses fewer networks. If the finding is about stored variables, correct the "
            "variables file and configure the zone again with -f."
        ),
        "A01 error variables.pek3c.yaml:8: no network for 2 VBCs: no free /24 is left from 10.10.50.0/24 to "
        "the end of 10.10.0.0/16 -> widen vm_base_network, or lower vm_base_network_start",
        says={
            "used_from_start": Says(
                _(
                    "no network for {vbcs:VBC|VBCs}: no free /{prefix} is left from {start} to the end of {base}"
                ),
                _("widen {field}, or lower {start_field}"),
            ),
            "used_up": Says(
                _(
                    "no network for {vbcs:VBC|VBCs}: no free /{prefix} is left from {start} to the end of {base}"
                ),
                _("widen {field}"),
            ),
        },
    ),
    Code(
        "A02",
        _("No address is left in a pool"),
        _(
            "Reported when vip_pools has too few free addresses for the VIPs of new VBCs, or mgmt_network_pools "
            "for new management VMs. Addresses that a node uses, that the file assigns elsewhere, or that answer "
            "on the network are not allocated."
        ),
        _(
            "Widen the pool in the variables file, or list the addresses of management VMs by role in "
            "mgmt_network_address. If the finding is about stored variables, correct the variables file and "
            "configure the zone again with -f."
        ),
        "A02 error variables.pek3c.yaml:14: no VIP for 2 VBCs: vip_pools "
        "(172.16.80.200/24-172.16.80.203/24) has 0 of 4 IPv4 addresses left -> widen vip_pools",
        says={
            "vms_pool_too_small": Says(
                _(
                    "no address for {vms:management VM|management VMs} ({roles}): mgmt_network_pools "
                    "({pools}) has 0 of {held} left"
                ),
                _("widen mgmt_network_pools, or specify mgmt_network_address for these roles"),
            ),
            "vms_no_pool": Says(
                _(
                    "no address for {vms:management VM|management VMs} ({roles}): mgmt_network_pools "
                    "({pools}) has 0 of {held} left"
                ),
                _("specify mgmt_network_pools, or mgmt_network_address for these roles"),
            ),
            "vips_pool_too_small": Says(
                _("no VIP for {vbcs:VBC|VBCs}: vip_pools ({pools}) has 0 of {held} {family} addresses left"),
                _("widen vip_pools"),
            ),
            "vips_no_pool": Says(
                _("no VIP for {vbcs:VBC|VBCs}: vip_pools ({pools}) has 0 of {held} {family} addresses left"),
                _("add {family} addresses to vip_pools"),
            ),
        },
    ),
    Code(
        "A03",
        _("The start of the VBC networks does not fit the base network"),
        _(
            "Reported when vm_base_network_start or its IPv6 counterpart lies outside the base network, is too "
            "small to hold a gateway and a VM, or is specified without an IPv6 base network. VBC networks are "
            "allocated from this start upwards and have its size."
        ),
        _(
            "Specify a network inside vm_base_network and of /30 (IPv6: /126) or larger, such as "
            "10.10.50.0/24; for IPv6 set both fields or neither."
        ),
        "A03 error variables.pek3c.yaml:9: vm_base_network_start 10.20.50.0/24 is outside 10.10.0.0/16 -> "
        "choose a network inside 10.10.0.0/16",
        says={
            "no_base": Says(_("{field} is set but vm_base_network_ipv6 is not"), _("set both or neither")),
            "base_too_small": Says(
                _("{network} is too small for a gateway and a VM"),
                _("use a network of /{prefix} or larger"),
            ),
            "outside_base": Says(
                _("{field} {network} is outside {base}"), _("choose a network inside {base}")
            ),
            "start_too_small": Says(
                _("VBC networks of /{prefix} ({field}) are too small for a gateway and a VM"),
                _("use a network of /{least} or larger"),
            ),
        },
    ),
    Code(
        "A04",
        _("A VIP would be outside the management network of its hypers"),
        _(
            "Reported when the next address of vip_pools is not a host address of the management network of "
            "the hypers that would hold it. The return route leads to the VIP, so on another network the VMs "
            "of this VBC would be unreachable."
        ),
        _(
            "Choose vip_pools inside the management network that the finding names. If the finding is about "
            "stored variables, correct the variables file and configure the zone again with -f."
        ),
        "A04 error variables.pek3c.yaml:14: the VIP 172.16.81.200 for pek3cr01n01 is outside its management "
        "network 172.16.80.0/24 -> use a pool inside 172.16.80.0/24",
        says={
            "": Says(
                _("the VIP {vip} for {hostname} is outside its management network {network}"),
                _("use a pool inside {network}"),
            )
        },
    ),
    Code(
        "A05",
        _("Addresses in a pool answer, but belong to no registered node"),
        _(
            "Reported when addresses that would have been allocated from vip_pools or mgmt_network_pools "
            "answered on the network. They are skipped, because allocating one would put two machines on the "
            "same address."
        ),
        _("Find out which machines use these addresses, and remove the addresses from the pool."),
        "A05 warning variables.pek3c.yaml:14: vip_pools: 172.16.80.203, 172.16.80.204 answer but belong to "
        "no registered node: not allocated -> find out which machines use these addresses, and remove them "
        "from the pool",
        level="warning",
        says={
            "": Says(
                _("{field}: {addresses} answer but belong to no registered node: not allocated"),
                _("find out which machines use these addresses, and remove them from the pool"),
            )
        },
    ),
)
