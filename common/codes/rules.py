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
        "R01 error scale_settings.pek3a.yaml:3: KS node 172.16.80.31 (pek3nr01n31) has pgpool, which "
        "cannot be added to a running zone -> keep only sub-roles out of seed, snapshot, vbr",
        level="error",
        says={
            "never_added": Says(
                _("KS node {node} has {sub_roles}, which cannot be added to a running zone"),
                _("keep only sub-roles out of seed, snapshot, vbr"),
            ),
            "no_sub_role": Says(_("KS node {node} has no sub-role"), _("give it one of seed, snapshot, vbr")),
            "vms_filled": Says(
                _("the section vms is filled, but management VMs are placed only when a zone is created"),
                _("remove the section vms"),
            ),
            "wrong_sub_role": Says(
                _("{role} node {node} has the sub-role {sub_roles}"), _("allowed here: {allowed}")
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
                _("their number and that of the other hypers must be even: add one of each kind"),
            ),
            "odd_serves": Says(
                _("nothing: the zone serves with an odd number, and scaling adds hypers in pairs")
            ),
            "unpaired": Says(
                _("{nodes:hyper-pair node|hyper-pair nodes} cannot be paired"),
                _("add or leave out one hyper-pair node"),
            ),
            "single_pair_node": Says(
                _("{nodes:hyper-pair node|hyper-pair nodes} cannot be paired"), _("add one hyper-pair node")
            ),
            "unpaired_of_both": Says(
                _("{nodes:hyper-pair node|hyper-pair nodes} cannot be paired"),
                _(
                    "their number and that of the other hypers must be even: add one of each kind, or leave "
                    "one of each kind out"
                ),
            ),
            "take_both_out": Says(
                _(
                    "take the hyper-pair node without a peer out as well: `leave_out_nodes`, or "
                    "`retire_nodes`, where it is in service; then scale both in again as a pair"
                )
            ),
            "not_in_one_pair": Says(
                _("hyper-pair node {node} is in {pairs:pair|pairs}"), _("put it into exactly one pair")
            ),
            "odd_growth": Says(
                _("the file adds {hypers:hyper|hypers}, but a standard zone grows in pairs"),
                _("add one hyper or leave one out"),
            ),
            "single_growth": Says(
                _("the file adds {hypers:hyper|hypers}, but a standard zone grows in pairs"),
                _("add one hyper"),
            ),
            "odd_begin": Says(
                _("the zone begins with {hypers:hyper|hypers}, an odd number"),
                _("fine; later it grows in pairs"),
            ),
            "no_pair": Says(
                _("the pair {pair} is not two different nodes"), _("write two management addresses")
            ),
            "no_pair_node": Says(
                _("{address} is in a pair but is no hyper-pair node of this file"),
                _("correct the address or its role"),
            ),
            "odd_then": Says(
                _("{hypers} hypers are in the zone then, but a standard zone grows in pairs"), "{then}"
            ),
            "odd_remain": Says(_("{hypers} hypers remain, but a standard zone grows in pairs"), "{then}"),
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
        "R03 warning scale_settings.pek3d.yaml:2: the file adds 1 hyper: an odd number leaves one "
        "without a partner -> fine for a test cloud; add one hyper for redundancy",
        level="warning",
        says={
            "odd_hypers": Says(
                _("the file adds {hypers:hyper|hypers}: an odd number leaves one without a partner"),
                _("fine for a test cloud; add one hyper for redundancy"),
            ),
            "odd_pair_nodes": Says(
                _(
                    "{nodes:hyper-pair node|hyper-pair nodes}: the last one has no DRBD peer, its volumes "
                    "are not mirrored"
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
            "Write NETWORK|GATEWAY SUFFIX, for example 139.198.10.0/24|.1, with a network that nothing else "
            "uses, under the management address of a VG of this file."
        ),
        "R05 error scale_settings.pek3a.yaml:5: the EIP network 10.10.8.0/24 overlaps vm_base_network "
        "10.10.0.0/16 of zone pek3a -> choose a network that nothing else uses",
        level="error",
        says={
            "no_vg": Says(
                _("eips names {address}, which is no VG node of this file"),
                _("correct the address, or give it the role vg"),
            ),
            "twice": Says(_("{network} stands twice at VG {address}"), _("remove one of the two")),
            "two_gateways": Says(
                _("{network} has the gateway {gateway} here and {other} before"),
                _("a network has one gateway: correct one of them"),
            ),
            "overlap_at_one_vg": Says(
                _("the EIP network {network} overlaps the EIP network {other} of this file"),
                _("make them disjoint"),
            ),
            "overlap_at_two_vgs": Says(
                _("the EIP network {network} overlaps the EIP network {other} of this file"),
                _("make them disjoint, or the same network on both VGs"),
            ),
            "other_gateway_now": Says(
                _("{network} has the gateway {gateway} here and {other} in the zone now"),
                _("a network has one gateway: correct it"),
            ),
            "overlap": Says(
                _("the EIP network {network} overlaps {owner}"), _("choose a network that nothing else uses")
            ),
            "malformed": Says("{reason}", _("write NETWORK|GATEWAY SUFFIX, for example 139.198.10.0/24|.1")),
            "no_segment": Says(
                _("{segment!r} is not NETWORK|GATEWAY SUFFIX or NETWORK|GATEWAY SUFFIX|HA GROUP")
            ),
            "special": Says(
                _("{network} holds addresses that no machine can have (multicast or reserved ones)")
            ),
            "too_small": Says(_("{network} is too small to hold a gateway and an EIP")),
            "gateway_outside": Says(_("the gateway {gateway} is no host address inside {network}")),
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
                _("mgmt_ips names {address}, which is no hyper of this file"),
                _("correct the address or its role"),
            ),
            "foreign_master": Says(
                _("the Master {master} is not among mgmt_ips"), _("choose one of mgmt_ips as Master")
            ),
            "no_vip": Says(_("{family}_vbc is filled but {family}_vip is not"), _("write VIP|Master")),
            "outside_base": Says(
                _("{network} is not inside the zone's base network {base}"),
                _("choose a network inside {base}"),
            ),
            "answering_machine": Says(_("a machine that answers")),
            "vip_no_host": Says(
                _("the VIP {vip} is no host address of the management network {network}"),
                _("choose a free address of that network"),
            ),
            "hyper_in_service": Says(
                _("hyper {node} carries the VBC {networks} of the zone already"),
                _("it is in service already: take it out of this file"),
            ),
            "network_of_vbc": Says(_("{network} of VBC {number}")),
            "no_hyper": Says(_("the VBC names no hyper"), _("fill in mgmt_ips")),
            "no_network": Says(_("the VBC has no ipv4_vbc"), _("fill in a network of vm_base_network")),
            "vip_inside_vbc": Says(
                _("the VIP {vip} lies in the VBC network {network}; the route to that goes through the VIP"),
                _("choose a free address of the management network"),
            ),
            "not_in_one_vbc": Says(_("hyper {node} is in {vbcs:VBC|VBCs}"), _("put it into exactly one VBC")),
            "vbcs_overlap": Says(_("{network} overlaps {other}"), _("make the VBC networks disjoint")),
            "hyper_twice": Says(_("mgmt_ips names {address} twice"), _("remove one")),
            "no_ipv6_network": Says(_("ipv6_vip is filled but ipv6_vbc is not"), _("fill in the network")),
            "too_small": Says(
                _("{network} is too small to hold a gateway and a VM"), _("choose a larger network")
            ),
            "vip_in_use": Says(_("the VIP {vip} is in use by {owner}"), _("choose a free address")),
            "other_vbc": Says(
                _("hyper {node} carries the VBC {networks} of the zone already"),
                _("write that VBC exactly as it is in service: {vbc}"),
            ),
            "overlap": Says(_("{network} overlaps {owner}"), _("choose a network that nothing else uses")),
            "vip_twice": Says(
                _("the VIP {vip} stands at two VBCs of this file"), _("give each VBC its own VIP")
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
        "R07 error scale_settings.pek3a.yaml:6: installer_allocate_vbc is 1, so the installer "
        "allocates VBCs, but vbc is filled as well -> remove the section vbc",
        level="error",
        says={
            "both_in_scaling": Says(
                _("installer_allocate_vbc is 1, so the installer allocates VBCs, but vbc is filled as well"),
                _("remove the section vbc"),
            ),
            "neither_in_scaling": Says(
                _("installer_allocate_vbc is 0 and vbc is missing: {hypers:hyper|hypers} without a VBC"),
                _("fill in the section vbc"),
            ),
            "both": Says(
                _("installer_allocate_vbc is 1, so the installer allocates VBCs, but vbc is filled as well"),
                _("remove the section vbc, or set installer_allocate_vbc to 0"),
            ),
            "neither": Says(
                _("installer_allocate_vbc is 0 and vbc is missing: {hypers:hyper|hypers} without a VBC"),
                _("fill in the section vbc, or set installer_allocate_vbc to 1"),
            ),
            "allocated_in_vlan": Says(
                _("a vlan zone has no VBCs, but installer_allocate_vbc is 1"),
                _("set installer_allocate_vbc to 0"),
            ),
            "given_in_vlan": Says(
                _("a vlan zone has no VBCs, but vbc is filled"), _("remove the section vbc")
            ),
            "not_given_of_running": Says(
                _(
                    "the zone runs already, so its {hypers:hyper|hypers} have VBC networks, but the file "
                    "does not give them; none is allocated to machines that run"
                ),
                _(
                    "write them under vbc, one item for each: {{mgmt_ips: [{address}, …], ipv4_vbc: NETWORK, "
                    "ipv4_vip: VIP|MASTER}}"
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
        "R08 error variables.pek3n.yaml:1: cloud_type is public, which is kept for the provider's own "
        "cloud -> write private",
        level="error",
        says={
            "": Says(
                _("cloud_type is public, which is kept for the provider's own cloud"), _("write private")
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
                _("{field}: {pool} holds the network or broadcast address of {network}"),
                _("leave the first and last address out"),
            ),
            "ends_of_ipv6_network": Says(
                _("{field}: {pool} holds the subnet-router address of {network}"),
                _("leave the first and last address out"),
            ),
            "malformed": Says(
                "{field}: {reason}",
                _("write START/MASK-END/MASK, for example 172.16.80.100/24-172.16.80.140/24"),
            ),
            "no_pool": Says(_("{pool!r} is not START/MASK-END/MASK")),
            "two_networks": Says(_("{pool!r}: its ends lie in two networks, {network} and {other}")),
            "start_after_end": Says(_("{pool!r}: its start comes after its end")),
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
        "R10 error variables.pek3n.yaml:11: mgmt_network_address gives proxy, but in fusion only "
        "zoocassa may be given -> remove proxy",
        level="error",
        says={
            "beats_pools": Says(
                _("{roles}: the given addresses beat mgmt_network_pools"), _("nothing to do")
            ),
            "kept": Says(
                _("mgmt_network_address gives {role} {addresses}, but its VMs keep {kept}"),
                _("write the addresses that the VMs have"),
            ),
            "not_in_fusion": Says(
                _("mgmt_network_address gives {role}, but in fusion only zoocassa may be given"),
                _("remove {role}"),
            ),
            "too_many_in_fusion": Says(
                _(
                    "mgmt_network_address gives {addresses} of zoocassa, but a fusion zone has the VMs ks0, "
                    "ks1 and ks2"
                ),
                _("give three addresses"),
            ),
            "twice": Says(
                _("mgmt_network_address: {address} stands twice"), _("give each VM its own address")
            ),
            "in_use": Says(
                _("mgmt_network_address: {address} ({role}) is in use by {owner}"), _("choose a free address")
            ),
            "too_few": Says(
                _("the file places {vms:VM|VMs} of {role}, but gives only {addresses:address|addresses}"),
                _("give one address for each VM"),
            ),
            "too_many": Says(
                _("the file places {vms:VM|VMs} of {role}, but gives {addresses:address|addresses}"),
                _("give one address for each VM"),
            ),
            "answers": Says(
                _("mgmt_network_address: {address} ({role}) is in use by a machine that answers"),
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
        "R11 error variables.pek3n.yaml:5: is_global_zone is 1, but region pek3 exists already (zone "
        "pek3a) -> set is_global_zone to 0",
        level="error",
        says={
            "meanwhile": Says(
                _("plan {plan} makes {zone} the global zone of {region}, but that is {others}"),
                _("set is_global_zone to 0 and configure again"),
            ),
            "not_first": Says(
                _("is_global_zone is 1, but region {region} exists already (zone {zone})"),
                _("set is_global_zone to 0"),
            ),
            "first": Says(
                _("is_global_zone is 1 and no other zone of region {region} is known here"),
                _("right for the first zone of a region; otherwise set it to 0"),
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
            "Remove the placement: in fusion give seed, snapshot and vbr to hypers as sub-roles and name three "
            "hypers under vms.ks, or omit vms. In other modes, name KS nodes of this file as hosts of VMs."
        ),
        "R14 error settings.pek3n.yaml:3: hyper-repl node 172.16.80.21 (pek3nr01n21) has the sub-role "
        "pgpool -> allowed here: hyper, seed, snapshot, vbr",
        level="error",
        says={
            "not_three_hosts": Says(
                _("vms.ks names {hosts:host|hosts}, but a fusion zone has the VMs ks0, ks1 and ks2"),
                _("name three hosts, one for each (the same one more than once if need be)"),
            ),
            "ks_in_fusion": Says(
                _("{node} is to be a KS node, but a fusion zone has none"),
                _("place seed, snapshot or vbr as a sub-role of a hyper"),
            ),
            "wrong_sub_role": Says(
                _("{role} node {node} has the sub-role {sub_roles}"), _("allowed here: {allowed}")
            ),
            "placed_by_itself": Says(
                _("the VM role {role} goes into ks0, ks1, ks2 by itself"), _("remove vms.{role}")
            ),
            "fusion_only": Says(_("the VM role {role} exists in fusion zones only"), _("remove vms.{role}")),
            "no_hyper": Says(
                _("{role} is to run on {address}, which is no hyper of this file"),
                _("name a hyper of this file"),
            ),
            "no_ks_node": Says(
                _("{role} is to run on {address}, which is no KS node of this file"),
                _("name a KS node of this file"),
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
        "R15 error scale_settings.pek3a.yaml:1: the file name says zone pek3a, its content says pek3d "
        "-> rename it to scale_settings.pek3d.yaml, or correct zone_id",
        level="error",
        says={
            "other_kind": Says(
                _("a {kind} file was given where a {wanted_kind} file belongs"), _("give {wanted}")
            ),
            "other_zone": Says(
                _("the file name says zone {zone}, its content says {content_zone}"),
                _("rename it to {wanted}, or correct zone_id"),
            ),
            "settings_twice": Says(
                _("zone {zone} is given twice, in {other} too"), _("give one file per zone")
            ),
            "variables_twice": Says(
                _("zone {zone} is given twice, in {other} too"), _("give one variables file per zone")
            ),
            "two_zones": Says(
                _("the settings file is for zone {zone}, the variables file for {other}"),
                _("give two files of the same zone"),
            ),
            "no_zone_in_name": Says(
                _("the file name {name!r} does not carry the zone in the middle"), _("rename it to {wanted}")
            ),
            "misspelt_name": Says(
                _("the file name {name!r} is not written as {stem}.ZONE_ID.yaml"), _("rename it to {wanted}")
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
        "R16 error scale_settings.pek3a.yaml:4: node 172.16.80.99 is not known -> add it: add_nodes -i "
        "172.16.80.99, then establish_ssh for it, and collect its hardware: collect_nodes -i "
        "172.16.80.99",
        level="error",
        says={
            "not_available_any_more": Says(
                _("{node} is {status}, not available any more"), _("leave it out and configure again")
            ),
            "no_zone_yet": Says(_("zone {zone} is not known here (known: none yet)"), "{instead}"),
            "configured_first": Says(
                _(
                    "correct zone_id; a new zone is configured (`config_qingcloud -v {variables} -s "
                    "{settings}`) and its plan approved (`approve_plan -z {zone}`) and applied before it is "
                    "scaled; one that runs already is adopted first (`adopt_zone` with the same files)"
                )
            ),
            "not_available": Says(_("node {node} is {status}, not available"), _("take it out of this file")),
            "unknown_zone": Says(_("zone {zone} is not known here (known: {known})"), "{instead}"),
            "of_another_zone": Says(_("node {node} belongs to zone {zone}"), _("take it out of this file")),
            "not_collected": Says(
                _("node {node} is {status}, not available"), _("collect its hardware with `collect_nodes`")
            ),
            "in_collection": Says(
                _("node {node} is {status}, not available"), _("wait until its collection is done")
            ),
            "collection_failed": Says(
                _("node {node} is {status}, not available"),
                _("see `get_log --action collect_nodes`, then collect it again"),
            ),
            "in_service": Says(
                _("node {node} is {status}, not available"),
                _("it is in service already: take it out of this file"),
            ),
            "malformed_hostname": Says(
                _("node {address} has the hostname {hostname!r}, which is not well formed"),
                _("set the hostname, for example {example}, and collect the node again"),
            ),
            "named_as_group": Says(
                _("node {address} is called {hostname}, which is the name of a group of nodes"),
                _("set the hostname, for example {example}, and collect the node again"),
            ),
            "hostname_twice": Says(
                _("node {address} has the hostname {hostname}, as {others} has"),
                _("set the hostname, for example {example}, and collect the node again"),
            ),
            "unknown_node": Says(
                _("node {address} is not known"),
                _(
                    "add it: `add_nodes -i {address}`, then `establish_ssh` for it, and collect its "
                    "hardware: `collect_nodes -i {address}`"
                ),
            ),
            "unusual_hostname": Says(
                _("hostname {hostname} is not {zone}rNNnNN (rack and number)"), _("rename it if you can")
            ),
            "no_host_key": Says(
                _("node {node} has no pinned host key: whether it is that machine cannot be known"),
                _("`establish_ssh` for it first"),
            ),
            "named_as_vm": Says(
                _("node {node} has the name of a management VM of the zone"),
                _("set the hostname, for example {example}, and collect the node again"),
            ),
            "vbc_of_a_plan": Says(
                _("{node} carries the VBC {vbc} of zone {zone} already"),
                _("leave it out, or reject plan {plan}"),
            ),
            "vbc_of_a_zone": Says(
                _("{node} carries the VBC {vbc} of zone {zone} already"), _("leave it out")
            ),
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
        "R17 error scale_settings.pek3a.yaml:4: 172.16.80.51 (pek3nr01n51): hyper-repl needs at least "
        "1 SSD; it has 0 SSD and 2 HDD -> correct type or status of the disks with "
        "modify_node_attributes, or change the role",
        level="error",
        says={
            "keep": Says(
                _("a disk to be kept is left out: `modify_node_attributes -i {address} -d {disk} -s 0`")
            ),
            "run_command": Says(_("`exec_nodes {address} {command}`")),
            "collect_again": Says(_("`collect_nodes -i {address}`")),
            "in_use": Says(_("data disks are in use: {users:;}"), _("let go of them: {steps:;}; {keep}")),
            "not_empty": Says(
                _("data disks are not empty: {held:;}"),
                _(
                    "let this plan erase them: erase: {{{address}: [{disks}]}} in the settings file; or "
                    "`erase_data_disks -d {disks} -i {address}`; {keep}"
                ),
            ),
            "misfit_pair": Says(
                _("{role} needs 1 HDD, 2 HDDs, or 1 SSD and 1 HDD; {has}"),
                _("correct type or status of the disks with `modify_node_attributes`, or change the role"),
            ),
            "misfit_no_ssd": Says(
                _("{role} needs at least 1 SSD; {has}"),
                _("correct type or status of the disks with `modify_node_attributes`, or change the role"),
            ),
            "misfit_few_ssds": Says(
                _("{role} needs more SSDs than HDDs; {has}"),
                _("correct type or status of the disks with `modify_node_attributes`, or change the role"),
            ),
            "has_disks": Says(_("it has {disks}")),
            "misfit_ks": Says(
                _("{role} needs exactly 1 data disk; {has}"),
                _("correct type or status of the disks with `modify_node_attributes`, or change the role"),
            ),
            "are_pieces": Says(_("{disks} are pieces of one drive")),
            "of_no_use": Says(_("{disk} has host-managed zones: of no use here")),
            "has": Says(_("it has {ssd} SSD and {hdd} HDD")),
            "and_unused": Says(_("{has} ({unused} not to be used)")),
            "has_but": Says(_("it has {ssd} SSD and {hdd} HDD ({but:;})")),
            "no_os_disk": Says(
                _("collection did not find the disk under its root file system"),
                _("nothing is formatted on such a node: boot its installed system and collect it again"),
            ),
            "shared_of_pair": Says(
                _("{shared:;}; a hyper-pair keeps them as disks of their own"),
                _(
                    "correct all but one of them to status 0 with `modify_node_attributes`, or put another "
                    "drive in"
                ),
            ),
            "of_node": Says("{node}: {problem:detail}", "{problem:remedy}"),
            "host_managed": Says(
                _("{disk} has host-managed zones (SMR, ZNS): ZFS, ext4 and DRBD cannot write there"),
                _("correct it to status 0 with `modify_node_attributes`, and put another drive in"),
            ),
            "shared_apart": Says(_("{shared:;}; no {layout} holds two of them"), _("nothing to do")),
            "shared_unevenly": Says(
                _("{shared:;}; these disks cannot be laid out so that a drive may fail"),
                _(
                    "correct disks to status 0 with `modify_node_attributes` until every drive gives as many "
                    "as the others"
                ),
            ),
            "shared_in_stripe": Says(
                _("{shared:;}; the pool survives no failed drive"),
                _("put more drives in where that must not be"),
            ),
            "alike": Says(
                _("{disks} cannot be told apart, all are {reference}"),
                _("see why udev makes no links in /dev/disk/by-id for them, then collect the node again"),
            ),
            "doubtful_name": Says(
                _("{disk} is known as {reference} only: {doubt}"),
                _(
                    "see with 'ls -l /dev/disk/by-id' why it has no link of its own, then collect the node "
                    "again, or correct it to status 0"
                ),
            ),
            "host_aware": Says(
                _(
                    "{disk} has host-aware zones (SMR): it works, and is very slow when it is written at "
                    "random"
                ),
                _("use another drive where speed matters"),
            ),
            "no_lasting_name": Says(
                _("{disk} has no by-id, WWN or serial: nothing could tell it from another disk"),
                _(
                    "give it a serial (a virtual machine's disk: serial=), or correct it to status 0; then "
                    "collect again"
                ),
            ),
            "units": Says(
                _("{disks} are logical units of one drive ({drive}): all {count} are lost together")
            ),
            "drive_by_serial": Says(_("serial {serial}")),
            "namespaces": Says(
                _("{disks} are namespaces of one drive ({drive}): all {count} are lost together")
            ),
            "two_units": Says(_("{disks} are logical units of one drive ({drive}): both are lost together")),
            "two_namespaces": Says(
                _("{disks} are namespaces of one drive ({drive}): both are lost together")
            ),
            "of_edited_role": Says(
                "{hostname}: {problem:detail}", _("{problem:remedy}, or put the role back")
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
        "R18 error scale_settings.pek3a.yaml:3: VG 172.16.80.43 (pek3nr01n43) has one network only; it "
        "needs MGMT and EIP -> configure the EIP interface, then collect the node again",
        level="error",
        says={
            "no_management": Says(
                _("VG {node}: no interface carries the management address"), _("collect the node again")
            ),
            "one_network": Says(
                _("VG {node} has one network only; it needs MGMT and EIP"),
                _("configure the EIP interface, then collect the node again"),
            ),
            "wrong_side": Says(
                _(
                    "VG {node}: the default gateway is on {interface}, the management side; it belongs on "
                    "the EIP side"
                ),
                _("move the default route to {wanted}, then collect the node again"),
            ),
            "no_gateway": Says(
                _("VG {node}: the default gateway is missing; it belongs on the EIP side"),
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
            "Name the interfaces alike on all hypers (for example with a udev rule), then collect them "
            "again (collect_nodes -i ADDRESS)."
        ),
        "R19 error scale_settings.pek3v.yaml:3: hyper pek3nr01n52 lacks eth1 and has ens1f0 compared "
        "with pek3vr01n17 -> name the interfaces alike on all hypers, then collect them again",
        level="error",
        says={
            "differs": Says(
                _("hyper {node} lacks {missing} and has {extra} compared with {other}"),
                _("name the interfaces alike on all hypers, then collect them again"),
            ),
            "lacks": Says(
                _("hyper {node} lacks {missing} compared with {other}"),
                _("name the interfaces alike on all hypers, then collect them again"),
            ),
            "has": Says(
                _("hyper {node} has {extra} compared with {other}"),
                _("name the interfaces alike on all hypers, then collect them again"),
            ),
        },
    ),
    Code(
        "R20",
        _("Scaling excludes other scaling, upgrade and maintenance jobs of the region"),
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
        "R20 scale_qingcloud j-AbC12345 of zone pek3c runs since 2026-01-31 03:12 UTC, begun by olga; "
        "scaling, upgrading and maintaining one region exclude each other: wait for it (get_status "
        "j-AbC12345) or cancel it (cancel_job j-AbC12345)",
        level="error",
        says={
            "runs": Says(
                _(
                    "{action} {job} of zone {zone} runs since {since:datetime}, begun by {who}; scaling, upgrading and "
                    "maintaining one region exclude each other"
                ),
                _("wait for it (`get_status {job}`) or cancel it (`cancel_job {job}`)"),
            ),
            "paused": Says(
                _(
                    "{action} {job} of zone {zone} runs since {since:datetime}, begun by {who} and paused by {paused_by}; "
                    "scaling, upgrading and maintaining one region exclude each other"
                ),
                _("go on with it (`resume_job {job}`) or cancel it (`cancel_job {job}`)"),
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
        "R21 warning scale_settings.pek3a.yaml:5: QEMU 2.4.1.2 is to run beside 2.11.1.1 of zone pek3a "
        "-> list them: set_qemu_version -z pek3a --qemu 2.11.1.1 --qemu 2.4.1.2 --default 2.11.1.1, "
        "then its --approve and --apply: that builds pitrix-global-conf and updates all nodes",
        level="warning",
        says={
            "": Says(
                _("QEMU {versions} is to run beside {default} of zone {zone}"),
                _(
                    "list them: `set_qemu_version -z {zone} {listed} --default {default}`, then its "
                    "--approve and --apply: that builds pitrix-global-conf and updates all nodes"
                ),
                page=_(
                    "list them: `set_qemu_version -z {zone} {listed} --default {default}`, then approve and apply "
                    "it: that builds pitrix-global-conf and updates all nodes"
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
        "R23 error settings.pek3a.yaml:1: zone pek3a is configured already -> use -f to configure it again",
        level="error",
        says={
            "new_id": Says(
                _("all nodes of this file belong to zone {zone}: is {new} its new zone_id?"),
                _("if so add -f --rekey-from {zone}"),
            ),
            "confirm_new_id": Says(
                _("zone_id changes from {old} to {new}: the {rows} rows below move to the new id"),
                _("confirm with --yes (REST: rekey_confirmed) after reading them"),
            ),
            "one_zone_only": Says(
                _("a zone_id is changed by one variables file and one settings file of the zone"),
                _("give -v variables.NEW_ID.yaml -s settings.NEW_ID.yaml alone"),
            ),
            "needs_force": Says(_("zone {zone} is configured already"), _("add -f")),
            "id_taken": Says(_("there is a zone {zone} already"), _("choose an id that no zone has")),
            "active_nodes": Says(
                _("zone {zone} has active nodes ({names}); its id cannot become {new}"),
                _("keep zone_id {zone}"),
            ),
            "other_layout": Says(
                _("the vpool of {hostname} ({address}) is {layout} in service and {wanted} in this file"),
                _("write layout: {layout}, or take the node out of vpool: its layout is kept"),
            ),
            "other_region": Says(
                _("region_id is {wanted}, but zone {zone} runs in {region}"), _("write {region}")
            ),
            "node_left_out": Says(
                _("node {hostname} ({address}) is {status} in zone {zone}, but not in this file"),
                _("add it with its role"),
            ),
            "other_mode": Says(_("{field} is {wanted}, but zone {zone} runs as {mode}"), _("write {mode}")),
            "other_role": Says(
                _("node {hostname} is {role} in service and {wanted} in this file"), _("write role: {role}")
            ),
            "segment_left_out": Says(
                _("VG {address} carries {network} in service, but the file leaves it out"),
                _("list it under eips: a segment in use is not taken away by configuring again"),
            ),
            "configured_already": Says(
                _("zone {zone} is configured already"), _("use -f to configure it again")
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
        "R24 error variables.pek3n.yaml:8: mgmt_network_gateway 192.168.99.1 is not inside the "
        "management network 172.16.80.0/24 of nodes pek3nr01n31, pek3nr01n21, pek3nr01n22 -> write the "
        "gateway of that network (the nodes were collected with 172.16.80.1)",
        level="error",
        says={
            "write_gateway": Says(_("write the gateway of the nodes' management network")),
            "nodes": Says(_("nodes {names}")),
            "special": Says(
                _("{field}: {value} holds addresses that no machine there can have ({kind})"), _("correct it")
            ),
            "outside_management": Says(
                _("{field}: {value} is not inside the management network of the nodes ({networks})"),
                _("choose addresses of {networks}"),
            ),
            "write_collected_gateway": Says(
                _("write the gateway of that network (the nodes were collected with {gateway})")
            ),
            "node": Says(_("node {name}")),
            "many_nodes": Says(_("nodes {names} and {more:more node|more nodes}")),
            "no_host": Says(
                _("{field}: {value} is the network or broadcast address of {network}"),
                _("choose a host address of it"),
            ),
            "in_a_pool": Says(
                _("{field} {value} lies in {owner}: it is left out when addresses are given"),
                _("take it out of the pool"),
            ),
            "no_router_address": Says(
                _("mgmt_network_gateway {gateway} is no address that a router can have ({kind})"), "{instead}"
            ),
            "gateway_outside": Says(
                _("mgmt_network_gateway {gateway} is not inside the management network {network} of {nodes}"),
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
                _("the EIP network {network} holds addresses that no machine there can have ({kind})"),
                _("correct it"),
            ),
            "eip_gateway_in_use": Says(
                _("the gateway {gateway} of the EIP network {network} is in use by {owner}"),
                _("choose the router's address"),
            ),
            "among_vms": Says(
                _("{field}: {value} lies in {owner}, which holds VMs only"), _("choose another address")
            ),
            "in_use": Says(_("{field}: {value} is in use by {owner}"), _("choose another address")),
            "meets_management": Says(
                _("{field}: {value} overlaps {owner}: no VBC gets a network that meets it"),
                _("choose a network apart from it if you can"),
            ),
            "overlaps": Says(_("{field}: {value} overlaps {owner}"), _("make them disjoint")),
        },
    ),
    Code(
        "R25",
        _("The clocks of the nodes agree with the installer's"),
        _(
            "Reported when the clock of a node differs from the installer's: a warning from 5 seconds on, an "
            "error from more than a day on. With a wrong clock, signed package lists and certificates are not "
            "yet or no longer valid, and clusters and logs disagree on the order of events. The rule uses the "
            "offset at the last collection, less its uncertainty."
        ),
        _(
            "Set the clock on the node (chronyc makestep, or date -u -s TIME), then run hwclock -w, enable a "
            "time service, and collect the node again (collect_nodes -i ADDRESS). If all nodes differ by the "
            "same amount, correct the clock of the installer."
        ),
        "R25 error scale_settings.pek3a.yaml:4: the clock of node 172.16.80.53 (pek3nr01n53) is 56.0 "
        "years behind that of the installer, and nothing keeps it (measured 2026-01-31 03:12 UTC) -> "
        "set it (chronyc makestep, or date -u -s, then hwclock -w), let a time service keep it, and "
        "collect the node again; when all nodes differ alike, look at the clock of the installer",
        level="error",
        says={
            "": Says(
                _("the clock of node {node} {clock}"),
                _(
                    "set it (chronyc makestep, or date -u -s, then hwclock -w), let a time service keep it, "
                    "and collect the node again; when all nodes differ alike, look at the clock of the "
                    "installer"
                ),
            )
        },
    ),
)
