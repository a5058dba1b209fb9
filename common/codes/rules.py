"""Codes of configuration rules."""

from common.codes.registry import Code, Says, _

# Each has an example file in zones/core/rules/examples.py, which its page shows.
CODES = (
    Code(
        "R01",
        _("Scaling accepts hypers, VGs and KS nodes with seed, snapshot or vbr, but no VMs"),
        _(
            "Reported when a scale_settings file names another sub-role of a KS node, a KS node without one, a "
            "sub-role that its role does not support, or the vms section. Databases and management VMs are "
            "placed when a zone is created; scaling has no step that adds them."
        ),
        _(
            "Remove the vms section and the sub-roles that the finding names: keep seed, snapshot and vbr for "
            "a KS node, hyper for a hyper, vgateway for a VG."
        ),
        "R01 error scale_settings.pek3a.yaml:3: KS node 172.16.80.31 (pek3nr01n31) has pgpool, which cannot "
        "be added to a running zone -> keep only the sub-roles seed, snapshot, vbr",
        level="error",
        says={
            "never_added": Says(
                _("KS node {node} has {sub_roles}, which cannot be added to a running zone"),
                _("keep only the sub-roles seed, snapshot, vbr"),
            ),
            "no_sub_role": Says(
                _("KS node {node} has no sub-role"), _("assign at least one of seed, snapshot, vbr")
            ),
            "vms_filled": Says(
                _("the vms section is not empty, but management VMs are placed only when a zone is created"),
                _("remove the vms section"),
            ),
            "wrong_sub_role": Says(
                _("{role} node {node} has the sub-role {sub_roles}"), _("allowed sub-roles: {allowed}")
            ),
        },
    ),
    Code(
        "R02",
        _("Standard zones grow in pairs of hypers; each hyper-pair node is in exactly one pair"),
        _(
            "Reported in standard mode when the number of hypers to add is odd, even if the zone already has "
            "an odd number, or when a hyper-pair node is not in exactly one pair. Each hyper of such a zone "
            "has a partner that takes over; a DRBD disk without its peer has one copy only. Reported as a "
            "warning when a zone starts or ends up with an odd number."
        ),
        _(
            "Add or remove one hyper. Under pairs, write two management addresses for each pair and every "
            "hyper-pair node exactly once, or omit pairs to have nodes paired in host name order."
        ),
        "R02 error scale_settings.pek3a.yaml:2: the file adds 1 hyper, but a standard zone grows in "
        "pairs -> add one hyper",
        level="error",
        says={
            "single_of_both": Says(
                _("{nodes:hyper-pair node|hyper-pair nodes} cannot be paired"),
                _(
                    "the number of hyper-pair nodes and that of the other hypers must be even: add one of each kind"
                ),
            ),
            "odd_serves": Says(
                _(
                    "no action is possible: the zone runs with an odd number of hypers, and scaling adds hypers in pairs"
                )
            ),
            "unpaired": Says(
                _("{nodes:hyper-pair node|hyper-pair nodes} cannot be paired"),
                _("add or remove one hyper-pair node"),
            ),
            "single_pair_node": Says(
                _("{nodes:hyper-pair node|hyper-pair nodes} cannot be paired"), _("add one hyper-pair node")
            ),
            "unpaired_of_both": Says(
                _("{nodes:hyper-pair node|hyper-pair nodes} cannot be paired"),
                _(
                    "the number of hyper-pair nodes and that of the other hypers must be even: add one of each kind, or "
                    "remove one of each kind"
                ),
            ),
            "take_both_out": Says(
                _(
                    "remove the hyper-pair node without a peer as well: `leave_out_nodes`, or `retire_nodes` if it is in "
                    "service; then add both again as a pair"
                )
            ),
            "not_in_one_pair": Says(
                _("hyper-pair node {node} is in {pairs:pair|pairs}"), _("put it into exactly one pair")
            ),
            "odd_growth": Says(
                _("the file adds {hypers:hyper|hypers}, but a standard zone grows in pairs"),
                _("add or remove one hyper"),
            ),
            "single_growth": Says(
                _("the file adds {hypers:hyper|hypers}, but a standard zone grows in pairs"),
                _("add one hyper"),
            ),
            "odd_begin": Says(
                _("the zone starts with {hypers:hyper|hypers}, an odd number"),
                _("no action is needed; later it grows in pairs"),
            ),
            "no_pair": Says(
                _("the pair {pair} is not two different nodes"), _("write two management addresses")
            ),
            "no_pair_node": Says(
                _("{address} is in a pair but is not a hyper-pair node of this file"),
                _("correct the address or its role"),
            ),
            "odd_then": Says(
                _("the zone would have {hypers} hypers, but a standard zone grows in pairs"), "{then}"
            ),
            "odd_remain": Says(
                _("{hypers} hypers would remain, but a standard zone grows in pairs"), "{then}"
            ),
        },
    ),
    Code(
        "R03",
        _("Fusion and devops accept any number of hypers, with a warning for odd numbers in devops"),
        _(
            "Reported as a warning in devops mode when the number of hypers to add is odd, and in devops and "
            "fusion mode when the number of hyper-pair nodes is. Any number is installed, but the hyper "
            "without a partner has no copy of its volumes."
        ),
        _(
            "No action is needed in a test cloud. For redundancy, add one more hyper, or one more hyper-pair "
            "node for the one without a DRBD peer."
        ),
        "R03 warning scale_settings.pek3d.yaml:2: the file adds 1 hyper: with an odd number, one has no "
        "partner -> no action is needed in a test cloud; for redundancy, add one hyper",
        level="warning",
        says={
            "odd_hypers": Says(
                _("the file adds {hypers:hyper|hypers}: with an odd number, one has no partner"),
                _("no action is needed in a test cloud; for redundancy, add one hyper"),
            ),
            "odd_pair_nodes": Says(
                _(
                    "{nodes:hyper-pair node|hyper-pair nodes}: the last one has no DRBD peer, so its volumes are not "
                    "mirrored"
                ),
                _("add one hyper-pair node"),
            ),
        },
    ),
    Code(
        "R04",
        _("Every VG node has EIP segments"),
        _(
            "Reported when a VG node of the file has no entry under eips. A virtual gateway carries public "
            "networks; without a segment it would be installed but route nothing."
        ),
        _(
            "Have the public segments routed to the site, then add them under eips: {VG_ADDRESS: "
            "['NETWORK|.1']}."
        ),
        "R04 error scale_settings.pek3a.yaml:3: VG node 172.16.80.41 (pek3nr01n41) has no EIP segment "
        "-> add eips: {172.16.80.41: ['NETWORK|.1']}",
        level="error",
        says={"": Says(_("VG node {node} has no EIP segment"), _("add eips: {{{address}: ['NETWORK|.1']}}"))},
    ),
    Code(
        "R05",
        _("EIP segments are valid, belong to VGs in the file and overlap nothing"),
        _(
            "Reported when a segment under eips is malformed, is assigned to an address that is not a VG of "
            "this file, has two different gateways, or overlaps another zone's segments, a pool, a VBC, a base "
            "network or a management network. Two networks with the same addresses make both unreachable. The "
            "same segment may be assigned to several VGs."
        ),
        _(
            "Write NETWORK|GATEWAY SUFFIX, for example 139.198.10.0/24|.1, with a network that is not used "
            "elsewhere, under the management address of a VG of this file."
        ),
        "R05 error scale_settings.pek3a.yaml:5: the EIP network 10.10.8.0/24 overlaps vm_base_network "
        "10.10.0.0/16 of zone pek3a -> choose a network that is not used elsewhere",
        level="error",
        says={
            "no_vg": Says(
                _("eips contains {address}, which is not a VG node of this file"),
                _("correct the address, or assign the role vg"),
            ),
            "twice": Says(_("{network} is listed twice for VG {address}"), _("remove one of the two")),
            "two_gateways": Says(
                _("{network} has the gateway {gateway} here and {other} above"),
                _("a network has one gateway: correct one of the two"),
            ),
            "overlap_at_one_vg": Says(
                _("the EIP network {network} overlaps the EIP network {other} of this file"),
                _("make them disjoint"),
            ),
            "overlap_at_two_vgs": Says(
                _("the EIP network {network} overlaps the EIP network {other} of this file"),
                _("make them disjoint, or assign the same network to both VGs"),
            ),
            "other_gateway_now": Says(
                _("{network} has the gateway {gateway} here and {other} in the zone"),
                _("a network has one gateway: correct this one"),
            ),
            "overlap": Says(
                _("the EIP network {network} overlaps {owner}"),
                _("choose a network that is not used elsewhere"),
            ),
            "malformed": Says("{reason}", _("write NETWORK|GATEWAY SUFFIX, for example 139.198.10.0/24|.1")),
            "no_segment": Says(
                _("{segment!r} is not NETWORK|GATEWAY SUFFIX or NETWORK|GATEWAY SUFFIX|HA GROUP")
            ),
            "special": Says(
                _("{network} contains addresses that no machine can have (multicast or reserved)")
            ),
            "too_small": Says(_("{network} is too small for a gateway and an EIP")),
            "gateway_outside": Says(_("the gateway {gateway} is not a host address inside {network}")),
            "ha_group": Says(_("the HA group {group!r} is not a word of letters and digits")),
            "long_suffix": Says(_("the gateway suffix {suffix!r} has too many numbers")),
        },
    ),
    Code(
        "R06",
        _("Manual VBCs are complete and disjoint, lie in the base network and contain each hyper once"),
        _(
            "Reported for the vbc section, when the file defines the VBCs: a hyper in no VBC or in two, a "
            "member or Master that is not a hyper of the VBC, a VIP that is missing, in use, assigned twice or "
            "not in the management network, or a network that overlaps another or lies outside the base "
            "network. VMs of such a VBC would have no connectivity."
        ),
        _(
            "Correct the item that the finding names: every hyper in exactly one VBC, the Master one of "
            "mgmt_ips, a free VIP of the management network, and a network of its own inside "
            "vm_base_network. Write a VBC in service exactly as the finding shows it."
        ),
        "R06 error scale_settings.pek3m.yaml:7: 10.99.0.0/24 is not inside the zone's base network "
        "10.30.0.0/16 -> choose a network inside 10.30.0.0/16",
        level="error",
        says={
            "management_gateway": Says(_("the management gateway")),
            "dns_server": Says(_("a DNS server (mgmt_network_dns_servers)")),
            "vm_by_address": Says(_("the {role} VM of mgmt_network_address")),
            "unknown_hyper": Says(
                _("mgmt_ips contains {address}, which is not a hyper of this file"),
                _("correct the address or its role"),
            ),
            "foreign_master": Says(
                _("the Master {master} is not one of mgmt_ips"), _("choose one of mgmt_ips as Master")
            ),
            "no_vip": Says(_("{family}_vbc is set but {family}_vip is not"), _("write VIP|Master")),
            "outside_base": Says(
                _("{network} is not inside the zone's base network {base}"),
                _("choose a network inside {base}"),
            ),
            "answering_machine": Says(_("a machine that answers there")),
            "vip_no_host": Says(
                _("the VIP {vip} is not a host address of the management network {network}"),
                _("choose a free address of that network"),
            ),
            "hyper_in_service": Says(
                _("hyper {node} already carries the VBC {networks} of the zone"),
                _("the node is already in service: remove it from this file"),
            ),
            "network_of_vbc": Says(_("{network} of VBC {number}")),
            "no_hyper": Says(_("the VBC has no hyper"), _("fill in mgmt_ips")),
            "no_network": Says(_("the VBC has no ipv4_vbc"), _("fill in a network inside vm_base_network")),
            "vip_inside_vbc": Says(
                _(
                    "the VIP {vip} is inside the VBC network {network}, but the route to that network goes through the "
                    "VIP"
                ),
                _("choose a free address of the management network"),
            ),
            "not_in_one_vbc": Says(_("hyper {node} is in {vbcs:VBC|VBCs}"), _("list it in exactly one VBC")),
            "vbcs_overlap": Says(_("{network} overlaps {other}"), _("make the VBC networks disjoint")),
            "hyper_twice": Says(_("mgmt_ips contains {address} twice"), _("remove one")),
            "no_ipv6_network": Says(_("ipv6_vip is set but ipv6_vbc is not"), _("fill in the network")),
            "too_small": Says(
                _("{network} is too small for a gateway and a VM"), _("choose a larger network")
            ),
            "vip_in_use": Says(_("the VIP {vip} is in use by {owner}"), _("choose a free address")),
            "other_vbc": Says(
                _("hyper {node} already carries the VBC {networks} of the zone"),
                _("write that VBC exactly as in service: {vbc}"),
            ),
            "overlap": Says(
                _("{network} overlaps {owner}"), _("choose a network that is not used elsewhere")
            ),
            "vip_twice": Says(
                _("the VIP {vip} is used by two VBCs of this file"), _("give each VBC its own VIP")
            ),
        },
    ),
    Code(
        "R07",
        _(
            "VBCs are either allocated by the installer or defined in the file; vlan zones have none; an "
            "adopted zone lists its own"
        ),
        _(
            "Reported when installer_allocate_vbc and the vbc section conflict: both define VBCs, neither "
            "does, a vlan zone has any, or an adopted zone omits those that it runs with. With two sources a "
            "hyper could get two networks, and with none its VMs have no network."
        ),
        _(
            "Decide on one source: remove the vbc section where installer_allocate_vbc is 1, and fill it in "
            "where it is 0 in sdn mode. For vlan, set installer_allocate_vbc to 0 and remove vbc. To adopt a "
            "zone, list each of its VBCs under vbc."
        ),
        "R07 error scale_settings.pek3a.yaml:6: installer_allocate_vbc is 1, so the installer allocates "
        "VBCs, but vbc is filled in as well -> remove the vbc section",
        level="error",
        says={
            "both_in_scaling": Says(
                _(
                    "installer_allocate_vbc is 1, so the installer allocates VBCs, but vbc is filled in as well"
                ),
                _("remove the vbc section"),
            ),
            "neither_in_scaling": Says(
                _("installer_allocate_vbc is 0 and vbc is missing: {hypers:hyper|hypers} without a VBC"),
                _("fill in the vbc section"),
            ),
            "both": Says(
                _(
                    "installer_allocate_vbc is 1, so the installer allocates VBCs, but vbc is filled in as well"
                ),
                _("remove the vbc section, or set installer_allocate_vbc to 0"),
            ),
            "neither": Says(
                _("installer_allocate_vbc is 0 and vbc is missing: {hypers:hyper|hypers} without a VBC"),
                _("fill in the vbc section, or set installer_allocate_vbc to 1"),
            ),
            "allocated_in_vlan": Says(
                _("a vlan zone has no VBCs, but installer_allocate_vbc is 1"),
                _("set installer_allocate_vbc to 0"),
            ),
            "given_in_vlan": Says(
                _("a vlan zone has no VBCs, but vbc is filled in"), _("remove the vbc section")
            ),
            "not_given_of_running": Says(
                _(
                    "the zone already runs, so its {hypers:hyper|hypers} have VBC networks, but the file does not list "
                    "them; the installer does not allocate networks to running machines"
                ),
                _(
                    "list them under vbc, one item for each: {{mgmt_ips: [{address}, …], ipv4_vbc: NETWORK, ipv4_vip: "
                    "VIP|MASTER}}"
                ),
            ),
        },
    ),
    Code(
        "R08",
        _("cloud_type is not public"),
        _(
            "Reported when cloud_type is public. That is the provider's own cloud, whose billing and networks "
            "this console does not install."
        ),
        _("Write cloud_type: private, or remove the line: private is the default."),
        "R08 error variables.pek3n.yaml:1: cloud_type is public, which is reserved for the provider's own "
        "cloud -> write private",
        level="error",
        says={
            "": Says(
                _("cloud_type is public, which is reserved for the provider's own cloud"), _("write private")
            )
        },
    ),
    Code(
        "R09",
        _("Each end of a pool has a mask, pools lie in one network and are disjoint"),
        _(
            "Reported when a pool is not START/MASK-END/MASK, its ends lie in two networks or in the wrong "
            "order, it contains the network or broadcast address, or it overlaps another pool. An address in "
            "two pools would be allocated twice."
        ),
        _(
            "Write each end with its mask, for example 172.16.80.100/24-172.16.80.140/24, without the "
            "first and last address of the network, and keep the pools apart."
        ),
        "R09 error variables.pek3n.yaml:10: vip_pools: '172.16.80.240' has no mask -> write "
        "START/MASK-END/MASK, for example 172.16.80.100/24-172.16.80.140/24",
        level="error",
        says={
            "overlap": Says(_("the pool {pool} overlaps {other}"), _("make the pools disjoint")),
            "pool": Says(_("{pool} ({field}, item {number})")),
            "ends_of_network": Says(
                _("{field}: {pool} contains the network or broadcast address of {network}"),
                _("exclude the first and last address"),
            ),
            "ends_of_ipv6_network": Says(
                _("{field}: {pool} contains the subnet-router address of {network}"),
                _("exclude the first and last address"),
            ),
            "malformed": Says(
                "{field}: {reason}",
                _("write START/MASK-END/MASK, for example 172.16.80.100/24-172.16.80.140/24"),
            ),
            "no_pool": Says(_("{pool!r} is not START/MASK-END/MASK")),
            "two_networks": Says(_("{pool!r}: its ends are in two networks, {network} and {other}")),
            "start_after_end": Says(_("{pool!r}: its start is after its end")),
        },
    ),
    Code(
        "R10",
        _("Addresses per role override pools; fusion accepts only zoocassa"),
        _(
            "Reported for mgmt_network_address: an address that is listed twice or in use, a number of "
            "addresses that differs from the number of VMs, or in fusion a role other than zoocassa (ks0, ks1 "
            "and ks2 host all of them). Reported as a warning when VMs keep their current addresses, and as "
            "information when listed addresses override mgmt_network_pools. Two machines with the same address "
            "disrupt each other."
        ),
        _(
            "List one free address for each VM, and each address once. In fusion, list three addresses for "
            "zoocassa and remove the other roles. When configuring a zone again, list the current addresses of "
            "its VMs."
        ),
        "R10 error variables.pek3n.yaml:11: mgmt_network_address lists proxy, but fusion allows only "
        "zoocassa -> remove proxy",
        level="error",
        says={
            "beats_pools": Says(
                _("{roles}: the listed addresses override mgmt_network_pools"), _("no action is needed")
            ),
            "kept": Says(
                _("mgmt_network_address lists {role} {addresses}, but its VMs keep {kept}"),
                _("write the current addresses of the VMs"),
            ),
            "not_in_fusion": Says(
                _("mgmt_network_address lists {role}, but fusion allows only zoocassa"),
                _("remove {role}"),
            ),
            "too_many_in_fusion": Says(
                _(
                    "mgmt_network_address lists {addresses:address|addresses} for zoocassa, but a fusion zone has the "
                    "VMs ks0, ks1 and ks2"
                ),
                _("list three addresses"),
            ),
            "twice": Says(
                _("mgmt_network_address: {address} is listed twice"), _("use a different address for each VM")
            ),
            "in_use": Says(
                _("mgmt_network_address: {address} ({role}) is in use by {owner}"), _("choose a free address")
            ),
            "too_few": Says(
                _("the file places {vms:VM|VMs} of {role}, but lists only {addresses:address|addresses}"),
                _("list one address for each VM"),
            ),
            "too_many": Says(
                _("the file places {vms:VM|VMs} of {role}, but lists {addresses:address|addresses}"),
                _("list one address for each VM"),
            ),
            "answers": Says(
                _("mgmt_network_address: {address} ({role}) is in use by a machine that answers there"),
                _("choose a free address"),
            ),
        },
    ),
    Code(
        "R11",
        _("A zone added to a region is not global"),
        _(
            "Reported when is_global_zone is 1 in a region that already has zones, or a second zone is adopted "
            "or approved as the global one. Web services and caches of a region run in one global zone, and "
            "two would answer differently. Reported as a warning when no other zone of the region is "
            "registered."
        ),
        _(
            "Set is_global_zone to 0. It is 1 only for the first zone of a region, and for a global zone "
            "that is adopted."
        ),
        "R11 error variables.pek3n.yaml:5: is_global_zone is 1, but region pek3 already has zone pek3a -> "
        "set is_global_zone to 0",
        level="error",
        says={
            "meanwhile": Says(
                _("plan {plan} makes {zone} the global zone of {region}, but {others} already is"),
                _("set is_global_zone to 0 and configure again"),
            ),
            "not_first": Says(
                _("is_global_zone is 1, but region {region} already has zone {zone}"),
                _("set is_global_zone to 0"),
            ),
            "first": Says(
                _("is_global_zone is 1, and no other zone of region {region} is registered"),
                _("this is correct for the first zone of a region; otherwise set it to 0"),
            ),
            "second_global": Says(
                _("is_global_zone is 1, but the global zone of region {region} is {zone}"),
                _("set is_global_zone to 0"),
            ),
        },
    ),
    Code(
        "R12",
        _("pgpool, pgserver, zoocassa are all on physical nodes or all on VMs"),
        _(
            "Reported when pgpool, pgserver or zoocassa is a sub-role of physical nodes and also runs on VMs: "
            "by vms, by mgmt_network_address, or already in the zone. The platform runs each of these roles on "
            "one kind of machine, and a mixed cluster cannot be set up."
        ),
        _("Keep the role in one place: remove it from the sub-roles, or from vms and mgmt_network_address."),
        "R12 error settings.pek3n.yaml:7: pgpool is on 1 physical node (172.16.80.31 (pek3nr01n31)) "
        "and on 1 VM -> remove pgpool from vms or from the sub-roles",
        level="error",
        says={
            "vms": Says(
                _("{role} is on {nodes:physical node|physical nodes} ({node}) and on {vms:VM|VMs}"),
                _("remove {role} from vms or from the sub-roles"),
            ),
            "vms_by_address": Says(
                _(
                    "{role} is on {nodes:physical node|physical nodes} ({node}) and on {vms:VM|VMs} by "
                    "mgmt_network_address"
                ),
                _("remove {role} from mgmt_network_address or from the sub-roles"),
            ),
            "vms_of_the_zone": Says(
                _(
                    "{role} is on {nodes:physical node|physical nodes} ({node}) and on {vms:VM|VMs} of the "
                    "zone"
                ),
                _("remove {role} from the sub-roles"),
            ),
        },
    ),
    Code(
        "R13",
        _("pgpool and pgserver are on separate nodes when there are 4 or more KS nodes"),
        _(
            "Reported when a node has both pgpool and pgserver, as sub-roles or as hosts of their VMs, "
            "although the zone has 4 or more KS nodes. If that node fails, a database and the access to the "
            "others fail together."
        ),
        _("Put pgpool and pgserver on different KS nodes."),
        "R13 warning settings.pek3n.yaml:3: pgpool and pgserver share 172.16.80.31 although there are "
        "4 KS nodes -> put them on different nodes",
        level="warning",
        says={
            "": Says(
                _("pgpool and pgserver share {address} although there are {ks} KS nodes"),
                _("put them on different nodes"),
            )
        },
    ),
    Code(
        "R14",
        _("Fusion: only seed, vbr and snapshot run on hypers; all other roles run on ks0, ks1 and ks2"),
        _(
            "Reported in fusion mode for a KS node, for a hyper with another sub-role than seed, vbr or "
            "snapshot, and for VMs other than ks0, ks1 and ks2, which host all other roles. Also reported, in "
            "any mode, for a VM that is placed on the wrong kind of machine, and for a sub-role that its role "
            "does not support. Such a placement is not installed."
        ),
        _(
            "Remove the placement: in fusion assign seed, snapshot and vbr to hypers as sub-roles and list three "
            "hypers under vms.ks, or omit vms. In other modes, choose KS nodes of this file as hosts of VMs."
        ),
        "R14 error settings.pek3n.yaml:3: hyper-repl node 172.16.80.21 (pek3nr01n21) has the sub-role pgpool "
        "-> allowed sub-roles: hyper, seed, snapshot, vbr",
        level="error",
        says={
            "not_three_hosts": Says(
                _("vms.ks lists {hosts:host|hosts}, but a fusion zone has the VMs ks0, ks1 and ks2"),
                _("list three hosts, one for each VM (a host may be listed more than once)"),
            ),
            "ks_in_fusion": Says(
                _("{node} has the role ks, but a fusion zone has no KS nodes"),
                _("place seed, snapshot or vbr as a sub-role of a hyper"),
            ),
            "wrong_sub_role": Says(
                _("{role} node {node} has the sub-role {sub_roles}"), _("allowed sub-roles: {allowed}")
            ),
            "placed_by_itself": Says(
                _("the VM role {role} is placed in ks0, ks1, ks2 automatically"), _("remove vms.{role}")
            ),
            "fusion_only": Says(_("the VM role {role} exists in fusion zones only"), _("remove vms.{role}")),
            "no_hyper": Says(
                _("{role} is placed on {address}, which is not a hyper of this file"),
                _("choose a hyper of this file"),
            ),
            "no_ks_node": Says(
                _("{role} is placed on {address}, which is not a KS node of this file"),
                _("choose a KS node of this file"),
            ),
        },
    ),
    Code(
        "R15",
        _("File names contain the zone id, and it matches the content"),
        _(
            "Reported when the name of a file does not contain the zone as KIND.ZONE_ID.yaml, the kind or zone "
            "in the name does not match the content or the other file, or a zone is given twice in one call. A "
            "file for another zone would otherwise be applied to this one."
        ),
        _(
            "Rename the file, or correct zone_id in it: variables.ZONE_ID.yaml, settings.ZONE_ID.yaml, "
            "scale_settings.ZONE_ID.yaml. Pass one file of each kind per zone."
        ),
        "R15 error scale_settings.pek3a.yaml:1: the file name contains zone pek3a, but its content is for "
        "zone pek3d -> rename it to scale_settings.pek3d.yaml, or correct zone_id",
        level="error",
        says={
            "other_kind": Says(
                _("the file is a {kind} file, but a {wanted_kind} file is required"), _("specify {wanted}")
            ),
            "other_zone": Says(
                _("the file name contains zone {zone}, but its content is for zone {content_zone}"),
                _("rename it to {wanted}, or correct zone_id"),
            ),
            "settings_twice": Says(
                _("zone {zone} is specified twice, also in {other}"), _("specify one file per zone")
            ),
            "variables_twice": Says(
                _("zone {zone} is specified twice, also in {other}"), _("specify one variables file per zone")
            ),
            "two_zones": Says(
                _("the settings file is for zone {zone}, the variables file for {other}"),
                _("specify two files of the same zone"),
            ),
            "no_zone_in_name": Says(
                _("the file name {name!r} does not contain the zone id in the middle"),
                _("rename it to {wanted}"),
            ),
            "misspelt_name": Says(
                _("the file name {name!r} is not of the form {stem}.ZONE_ID.yaml"), _("rename it to {wanted}")
            ),
        },
    ),
    Code(
        "R16",
        _("Nodes in the file exist, are available, belong to no other zone and have valid host names"),
        _(
            "Reported when a node of the file is not known, not available, without a pinned host key, in "
            "another zone or in another plan's networks, or has a host name that is malformed, taken, or the "
            "name of a group or a management VM; also when the zone to scale is not known. Installing on the "
            "wrong machine destroys its data. Reported as a warning when the host name is not <zone>rNNnNN."
        ),
        _(
            "Do what the finding says: add the node (add_nodes -i ADDRESS), log in to it (establish_ssh), "
            "collect it (collect_nodes -i ADDRESS), rename it and collect it again, or remove it from the file."
        ),
        "R16 error scale_settings.pek3a.yaml:4: node 172.16.80.99 is not registered -> add it: add_nodes -i "
        "172.16.80.99, then establish_ssh for it, and collect its hardware: collect_nodes -i 172.16.80.99",
        level="error",
        says={
            "not_available_any_more": Says(
                _("{node} is {status}, no longer available"), _("omit it and configure again")
            ),
            "no_zone_yet": Says(_("zone {zone} is not registered (registered zones: none yet)"), "{instead}"),
            "configured_first": Says(
                _(
                    "correct zone_id; configure a new zone (`config_qingcloud -v {variables} -s {settings}`), then "
                    "approve its plan (`approve_plan -z {zone}`) and apply it before scaling; adopt a zone that already "
                    "runs first (`adopt_zone` with the same files)"
                )
            ),
            "not_available": Says(_("node {node} is {status}, not available"), _("remove it from this file")),
            "unknown_zone": Says(_("zone {zone} is not registered (registered zones: {known})"), "{instead}"),
            "of_another_zone": Says(_("node {node} belongs to zone {zone}"), _("remove it from this file")),
            "not_collected": Says(
                _("node {node} is {status}, not available"), _("collect its hardware with `collect_nodes`")
            ),
            "in_collection": Says(
                _("node {node} is {status}, not available"), _("wait until its collection has ended")
            ),
            "collection_failed": Says(
                _("node {node} is {status}, not available"),
                _("see `get_log --action collect_nodes`, then collect the node again"),
            ),
            "in_service": Says(
                _("node {node} is {status}, not available"),
                _("it is already in service: remove it from this file"),
            ),
            "malformed_hostname": Says(
                _("node {address} has the invalid host name {hostname!r}"),
                _("set the host name, for example {example}, and collect the node again"),
            ),
            "named_as_group": Says(
                _("node {address} has the host name {hostname}, which is the name of a group of nodes"),
                _("set the host name, for example {example}, and collect the node again"),
            ),
            "hostname_twice": Says(
                _("node {address} has the host name {hostname}, which {others} also uses"),
                _("set the host name, for example {example}, and collect the node again"),
            ),
            "unknown_node": Says(
                _("node {address} is not registered"),
                _(
                    "add it: `add_nodes -i {address}`, then `establish_ssh` for it, and collect its "
                    "hardware: `collect_nodes -i {address}`"
                ),
            ),
            "unusual_hostname": Says(
                _("the host name {hostname} does not have the form {zone}rNNnNN (rack and number)"),
                _("rename it if possible"),
            ),
            "no_host_key": Says(
                _("node {node} has no pinned host key, so its identity cannot be verified"),
                _("run `establish_ssh` for it first"),
            ),
            "named_as_vm": Says(
                _("node {node} has the name of a management VM of the zone"),
                _("set the host name, for example {example}, and collect the node again"),
            ),
            "vbc_of_a_plan": Says(
                _("{node} already carries the VBC {vbc} of zone {zone}"),
                _("omit it, or reject plan {plan}"),
            ),
            "vbc_of_a_zone": Says(_("{node} already carries the VBC {vbc} of zone {zone}"), _("omit it")),
        },
    ),
    Code(
        "R17",
        _("Usable data disks fit the role"),
        _(
            "Reported when the usable data disks of a node do not fit its role (hyper-pair: 1 HDD, 2 HDDs, or "
            "1 SSD and 1 HDD; hyper-repl: at least 1 SSD, and more SSDs than HDDs; ks: exactly 1 data disk; vg "
            "and hyper-sanc: none needed), counted by drives, because namespaces and logical units of one "
            "drive fail together. Also reported when two parts of one drive would have to protect each other, "
            "and for a disk with host-managed zones, one that is in use or not empty, or one without a "
            "persistent name: the installation formats what the file names. Reported as a warning when a pool "
            "cannot survive a drive failure or is slow."
        ),
        _(
            "Correct what collection got wrong with modify_node_attributes -i ADDRESS -d DISK (-t TYPE, -S GB, "
            "-s 0 for a disk that must not be used), or change the role or the hardware and collect the node "
            "again. To let the plan erase a disk that is not empty, list it under erase in the settings file, "
            "or use erase_data_disks."
        ),
        "R17 error scale_settings.pek3a.yaml:4: 172.16.80.51 (pek3nr01n51): hyper-repl needs at least 1 SSD; "
        "it has 0 SSD and 2 HDD -> correct the type or status of the disks with modify_node_attributes, or "
        "change the role",
        level="error",
        says={
            "keep": Says(
                _("to keep a disk, exclude it: `modify_node_attributes -i {address} -d {disk} -s 0`")
            ),
            "run_command": Says(_("`exec_nodes {address} {command}`")),
            "collect_again": Says(_("`collect_nodes -i {address}`")),
            "in_use": Says(_("data disks are in use: {users:;}"), _("release them: {steps:;}; {keep}")),
            "not_empty": Says(
                _("data disks are not empty: {held:;}"),
                _(
                    "to let this plan erase them, add erase: {{{address}: [{disks}]}} to the settings file; or "
                    "`erase_data_disks -d {disks} -i {address}`; {keep}"
                ),
            ),
            "misfit_pair": Says(
                _("{role} needs 1 HDD, 2 HDDs, or 1 SSD and 1 HDD; {has}"),
                _(
                    "correct the type or status of the disks with `modify_node_attributes`, or change the role"
                ),
            ),
            "misfit_no_ssd": Says(
                _("{role} needs at least 1 SSD; {has}"),
                _(
                    "correct the type or status of the disks with `modify_node_attributes`, or change the role"
                ),
            ),
            "misfit_few_ssds": Says(
                _("{role} needs more SSDs than HDDs; {has}"),
                _(
                    "correct the type or status of the disks with `modify_node_attributes`, or change the role"
                ),
            ),
            "has_disks": Says(_("it has {disks:data disk|data disks}")),
            "misfit_ks": Says(
                _("{role} needs exactly 1 data disk; {has}"),
                _(
                    "correct the type or status of the disks with `modify_node_attributes`, or change the role"
                ),
            ),
            "are_pieces": Says(_("{disks} are parts of one drive")),
            "of_no_use": Says(_("{disk} has host-managed zones and cannot be used here")),
            "has": Says(_("it has {ssd} SSD and {hdd} HDD")),
            "and_unused": Says(_("{has} ({unused:disk|disks} marked as not usable)")),
            "has_but": Says(_("it has {ssd} SSD and {hdd} HDD ({but:;})")),
            "no_os_disk": Says(
                _("the collection did not find the disk that holds the root file system"),
                _("disks of such a node are not formatted: boot its installed system and collect it again"),
            ),
            "shared_of_pair": Says(
                _("{shared:;}; a hyper-pair node uses them as separate disks"),
                _("set all but one of them to status 0 with `modify_node_attributes`, or add another drive"),
            ),
            "of_node": Says("{node}: {problem:detail}", "{problem:remedy}"),
            "host_managed": Says(
                _("{disk} has host-managed zones (SMR, ZNS): ZFS, ext4 and DRBD cannot write there"),
                _("set it to status 0 with `modify_node_attributes`, and add another drive"),
            ),
            "shared_apart": Says(_("{shared:;}; no {layout} contains two of them"), _("no action is needed")),
            "shared_unevenly": Says(
                _("{shared:;}; with these disks, no layout survives a drive failure"),
                _(
                    "set disks to status 0 with `modify_node_attributes` until every drive contributes the same number"
                ),
            ),
            "shared_in_stripe": Says(
                _("{shared:;}; the pool does not survive a drive failure"),
                _("add more drives if the pool must survive one"),
            ),
            "alike": Says(
                _("{disks} cannot be distinguished: all are {reference}"),
                _(
                    "find out why udev creates no links in /dev/disk/by-id for them, then collect the node again"
                ),
            ),
            "doubtful_name": Says(
                _("{disk} can only be identified as {reference}: {doubt}"),
                _(
                    "check with 'ls -l /dev/disk/by-id' why it has no link of its own, then collect the node again, or "
                    "set it to status 0"
                ),
            ),
            "host_aware": Says(
                _("{disk} has host-aware zones (SMR): it works, but random writes are very slow"),
                _("use another drive if performance matters"),
            ),
            "no_lasting_name": Says(
                _("{disk} has no by-id link, WWN or serial, so it cannot be distinguished from other disks"),
                _(
                    "assign a serial (for the disk of a virtual machine: serial=), or set it to status 0; then collect "
                    "the node again"
                ),
            ),
            "units": Says(_("{disks} are logical units of one drive ({drive}): all {count} fail together")),
            "drive_by_serial": Says(_("serial {serial}")),
            "namespaces": Says(_("{disks} are namespaces of one drive ({drive}): all {count} fail together")),
            "two_units": Says(_("{disks} are logical units of one drive ({drive}): both fail together")),
            "two_namespaces": Says(_("{disks} are namespaces of one drive ({drive}): both fail together")),
            "of_edited_role": Says(
                "{hostname}: {problem:detail}", _("{problem:remedy}, or restore the role")
            ),
        },
    ),
    Code(
        "R18",
        _("A VG has MGMT and EIP networks, with its default gateway on the EIP side"),
        _(
            "Reported when the last collection of a VG found no second network besides the management network, "
            "no management interface, or the default gateway missing or on the management side. Public traffic "
            "leaves through the EIP side, and with the default route elsewhere it would be lost."
        ),
        _(
            "Configure the EIP interface with its address on the node and move the default route to it, "
            "then collect the node again (collect_nodes -i ADDRESS)."
        ),
        "R18 error scale_settings.pek3a.yaml:3: VG 172.16.80.43 (pek3nr01n43) has only one network; it needs "
        "MGMT and EIP -> configure the EIP interface, then collect the node again",
        level="error",
        says={
            "no_management": Says(
                _("VG {node}: no interface carries the management address"), _("collect the node again")
            ),
            "one_network": Says(
                _("VG {node} has only one network; it needs MGMT and EIP"),
                _("configure the EIP interface, then collect the node again"),
            ),
            "wrong_side": Says(
                _(
                    "VG {node}: the default gateway is on {interface}, the management side; it must be on the EIP side"
                ),
                _("move the default route to {wanted}, then collect the node again"),
            ),
            "no_gateway": Says(
                _("VG {node}: the default gateway is missing; it must be on the EIP side"),
                _("move the default route to {wanted}, then collect the node again"),
            ),
        },
    ),
    Code(
        "R19",
        _("vlan mode: the same interface names on all hypers"),
        _(
            "Reported in vlan mode when a hyper has other interface names than the first hyper of the zone. "
            "Networks of VMs are set up by interface name for the whole zone, so this hyper would lack one of "
            "them."
        ),
        _(
            "Use the same interface names on all hypers (for example with a udev rule), then collect them again "
            "(collect_nodes -i ADDRESS)."
        ),
        "R19 error scale_settings.pek3v.yaml:3: hyper pek3nr01n52 lacks eth1 and has ens1f0 compared with "
        "pek3vr01n17 -> use the same interface names on all hypers, then collect them again",
        level="error",
        says={
            "differs": Says(
                _("hyper {node} lacks {missing} and has {extra} compared with {other}"),
                _("use the same interface names on all hypers, then collect them again"),
            ),
            "lacks": Says(
                _("hyper {node} lacks {missing} compared with {other}"),
                _("use the same interface names on all hypers, then collect them again"),
            ),
            "has": Says(
                _("hyper {node} has {extra} compared with {other}"),
                _("use the same interface names on all hypers, then collect them again"),
            ),
        },
    ),
    Code(
        "R20",
        _("Only one scaling, upgrade or maintenance job may run per region"),
        _(
            "Reported when a scaling, upgrade or maintenance job is started while another one in the same "
            "region is queued, running or paused. Two jobs would change the same services, packages and "
            "proxies at once. The answer names the job, when it started and who started it (exit code 3, REST "
            "409)."
        ),
        _(
            "Wait for the other job (get_status JOB), continue it if it is paused (resume_job JOB), or cancel "
            "it (cancel_job JOB). Then repeat the command."
        ),
        "R20 scale_qingcloud j-AbC12345 of zone pek3c has been running since 2026-01-31 03:12:00 UTC, "
        "started by olga. Only one scaling, upgrade or maintenance job may run per region: wait for it "
        "(get_status j-AbC12345) or cancel it (cancel_job j-AbC12345)",
        level="error",
        says={
            "runs": Says(
                _(
                    "{action} {job} of zone {zone} has been running since {since:datetime}, started by {who}. Only one "
                    "scaling, upgrade or maintenance job may run per region"
                ),
                _("wait for it (`get_status {job}`) or cancel it (`cancel_job {job}`)"),
            ),
            "paused": Says(
                _(
                    "{action} {job} of zone {zone} has been running since {since:datetime}, started by {who} and paused "
                    "by {paused_by}. Only one scaling, upgrade or maintenance job may run per region"
                ),
                _("continue it (`resume_job {job}`) or cancel it (`cancel_job {job}`)"),
            ),
            "just_ended": Says(_("another job has just ended in this region"), _("try again")),
        },
    ),
    Code(
        "R21",
        _("The QEMU version matches that of the zone"),
        _(
            "Reported when new nodes would run a different QEMU version from their zone, or a new zone a "
            "different one from its region. compute_server can use a version only if server.yaml lists its "
            "folder, so VMs would not start on the new nodes, or not on the old ones."
        ),
        _(
            "List both versions with set_qemu_version -z ZONE --qemu VERSION --qemu VERSION --default "
            "VERSION, then its --approve and --apply: this builds pitrix-global-conf and updates all nodes."
        ),
        "R21 warning scale_settings.pek3a.yaml:5: QEMU 2.4.1.2 would run in addition to 2.11.1.1 of zone "
        "pek3a -> list both: set_qemu_version -z pek3a --qemu 2.11.1.1 --qemu 2.4.1.2 --default 2.11.1.1, "
        "then its --approve and --apply: this builds pitrix-global-conf and updates all nodes",
        level="warning",
        says={
            "": Says(
                _("QEMU {versions} would run in addition to {default} of zone {zone}"),
                _(
                    "list both: `set_qemu_version -z {zone} {listed} --default {default}`, then its --approve and "
                    "--apply: this builds pitrix-global-conf and updates all nodes"
                ),
                page=_(
                    "list both: `set_qemu_version -z {zone} {listed} --default {default}`, then approve and apply it: "
                    "this builds pitrix-global-conf and updates all nodes"
                ),
            )
        },
    ),
    Code(
        "R22",
        _("Fields of a deployed component are filled"),
        _(
            "Reported when deploy_NAME of a component (bm, v2v, boss, cronus, warehouse, neonsan, qingstor) is "
            "1 and a field of its section is empty. The component would be installed without its network or "
            "server address."
        ),
        _("Fill in the field, or set deploy_NAME to 0."),
        "R22 error variables.pek3n.yaml:11: deploy_boss is 1, but boss.boss_domain is empty -> fill it "
        "in, or set deploy_boss to 0",
        level="error",
        says={
            "": Says(
                _("deploy_{component} is 1, but {component}.{field} is empty"),
                _("fill it in, or set deploy_{component} to 0"),
            )
        },
    ),
    Code(
        "R23",
        _("Configuring a zone again requires -f"),
        _(
            "Reported when the zone is already configured and -f is missing, when its zone_id changes, when "
            "the zone to scale was never configured, or when the files omit or change what is in service: its "
            "modes, its region, nodes in service, their roles and the layout of their pools, EIP segments. "
            "These would keep running without the console knowing them."
        ),
        _(
            "Use -f to configure the zone again, and list everything that is in service in the files, as the "
            "finding shows. For a changed zone_id, add --rekey-from OLD_ID, review the rows that move, and "
            "confirm with --yes; it is possible only without active nodes."
        ),
        "R23 error settings.pek3a.yaml:1: zone pek3a is already configured -> use -f to configure it again",
        level="error",
        says={
            "new_id": Says(
                _("all nodes of this file belong to zone {zone}: is {new} its new zone_id?"),
                _("if so, add -f --rekey-from {zone}"),
            ),
            "confirm_new_id": Says(
                _("zone_id changes from {old} to {new}: the {rows} rows below move to the new id"),
                _("review them, then confirm with --yes (REST: rekey_confirmed)"),
            ),
            "one_zone_only": Says(
                _(
                    "to change a zone_id, exactly one variables file and one settings file of the zone are required"
                ),
                _("specify only -v variables.NEW_ID.yaml -s settings.NEW_ID.yaml"),
            ),
            "needs_force": Says(_("zone {zone} is already configured"), _("add -f")),
            "id_taken": Says(_("zone {zone} already exists"), _("choose an unused zone_id")),
            "active_nodes": Says(
                _("zone {zone} has active nodes ({names}), so its id cannot be changed to {new}"),
                _("keep zone_id {zone}"),
            ),
            "other_layout": Says(
                _("the vpool of {hostname} ({address}) is {layout} in service, but {wanted} in this file"),
                _("write layout: {layout}, or remove the node from vpool: its layout is kept"),
            ),
            "other_region": Says(
                _("region_id is {wanted}, but zone {zone} belongs to region {region}"), _("write {region}")
            ),
            "node_left_out": Says(
                _("node {hostname} ({address}) is {status} in zone {zone}, but is missing in this file"),
                _("add it with its role"),
            ),
            "other_mode": Says(
                _("{field} is {wanted}, but zone {zone} runs in {mode} mode"), _("write {mode}")
            ),
            "other_role": Says(
                _("node {hostname} is {role} in service, but {wanted} in this file"), _("write role: {role}")
            ),
            "segment_left_out": Says(
                _("VG {address} carries {network} in service, but the file does not list it"),
                _("list it under eips: configuring again does not remove a segment in use"),
            ),
            "configured_already": Says(
                _("zone {zone} is already configured"), _("use -f to configure it again")
            ),
            "not_configured": Says(
                _("zone {zone} has not been configured yet"), _("configure it before scaling it")
            ),
            "zone_becomes": Says(_("zone {zone} becomes {new}")),
            "node_moves": Says(_("node {node} as {role}")),
            "vbc_moves": Says("VBC {vbc}"),
            "segment_moves": Says(_("EIP segment {segment}")),
            "job_moves": Says(_("job {job}")),
            "plan_becomes": Says(_("plan {plan} ({status}) becomes {new}")),
        },
    ),
    Code(
        "R24",
        _("Every address lies in the right network and conflicts with nothing"),
        _(
            "Reported when an address does not lie in the network that uses it, cannot belong to a machine "
            "(loopback, link-local, multicast, reserved), or conflicts with something else: the management "
            "gateway must be a free host address in the management network of every node; pools and addresses "
            "of management VMs lie in a management network; base networks and EIP pools stay apart from "
            "management networks. One wrong address makes nodes or VMs unreachable after the installation. "
            "Reported as a warning where nodes were collected with another gateway, or a pool contains an "
            "address that is skipped."
        ),
        _(
            "Use an address in the network that the finding names, or one that nothing else uses; compare with "
            "the current gateway of the nodes (describe_nodes -i ADDRESS)."
        ),
        "R24 error variables.pek3n.yaml:8: mgmt_network_gateway 192.168.99.1 is outside the management "
        "network 172.16.80.0/24 of nodes pek3nr01n31, pek3nr01n21, pek3nr01n22 -> write the gateway of that "
        "network (the nodes were collected with 172.16.80.1)",
        level="error",
        says={
            "write_gateway": Says(_("write the gateway of the nodes' management network")),
            "nodes": Says(_("nodes {names}")),
            "special": Says(
                _("{field}: {value} contains addresses that no machine there can have ({kind})"),
                _("correct it"),
            ),
            "outside_management": Says(
                _("{field}: {value} is outside the management network of the nodes ({networks})"),
                _("choose addresses inside {networks}"),
            ),
            "write_collected_gateway": Says(
                _("write the gateway of that network (the nodes were collected with {gateway})")
            ),
            "node": Says(_("node {name}")),
            "many_nodes": Says(_("nodes {names} and {more:more node|more nodes}")),
            "no_host": Says(
                _("{field}: {value} is the network or broadcast address of {network}"),
                _("choose a host address of that network"),
            ),
            "in_a_pool": Says(
                _("{field} {value} is inside {owner}: it is skipped when addresses are allocated"),
                _("remove it from the pool"),
            ),
            "no_router_address": Says(
                _("mgmt_network_gateway {gateway} is not an address that a router can have ({kind})"),
                "{instead}",
            ),
            "gateway_outside": Says(
                _("mgmt_network_gateway {gateway} is outside the management network {network} of {nodes}"),
                "{instead}",
            ),
            "other_gateway_of_one": Says(
                _("mgmt_network_gateway is {gateway}, but {nodes} was collected with {collected}"),
                _("write {collected}, unless the gateway changes"),
            ),
            "other_gateway": Says(
                _("mgmt_network_gateway is {gateway}, but {nodes} were collected with {collected}"),
                _("write {collected}, unless the gateway changes"),
            ),
            "special_eips": Says(
                _("the EIP network {network} contains addresses that no machine there can have ({kind})"),
                _("correct it"),
            ),
            "eip_gateway_in_use": Says(
                _("the gateway {gateway} of the EIP network {network} is in use by {owner}"),
                _("choose the router's address"),
            ),
            "among_vms": Says(
                _("{field}: {value} is inside {owner}, which is for VMs only"), _("choose another address")
            ),
            "in_use": Says(_("{field}: {value} is in use by {owner}"), _("choose another address")),
            "meets_management": Says(
                _("{field}: {value} overlaps {owner}: no VBC gets a network that overlaps it"),
                _("choose a separate network if possible"),
            ),
            "overlaps": Says(_("{field}: {value} overlaps {owner}"), _("make them disjoint")),
        },
    ),
    Code(
        "R25",
        _("The clocks of the nodes agree with the installer's"),
        _(
            "Reported when the clock of a node differs from the installer's: a warning for 5 seconds or more, "
            "an error for more than a day. With a wrong clock, signed package lists and certificates are not "
            "yet or no longer valid, and clusters and logs disagree on the order of events. The rule uses the "
            "offset at the last collection, less its uncertainty."
        ),
        _(
            "Set the clock on the node (chronyc makestep, or date -u -s TIME), then run hwclock -w, enable a "
            "time service, and collect the node again (collect_nodes -i ADDRESS). If all nodes differ by the "
            "same amount, correct the clock of the installer."
        ),
        "R25 error scale_settings.pek3a.yaml:4: the clock of node 172.16.80.53 (pek3nr01n53) is 56.0 years "
        "behind that of the installer, and no time service keeps it (measured 2026-01-31 03:12 UTC) -> set "
        "it (chronyc makestep, or date -u -s, then hwclock -w), enable a time service, and collect the node "
        "again; if all nodes differ by the same amount, check the clock of the installer",
        level="error",
        says={
            "": Says(
                _("the clock of node {node} {clock}"),
                _(
                    "set it (chronyc makestep, or date -u -s, then hwclock -w), enable a time service, and collect the "
                    "node again; if all nodes differ by the same amount, check the clock of the installer"
                ),
            )
        },
    ),
)
