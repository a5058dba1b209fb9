"""Codes of configuration rules."""

from common.codes.registry import Code, Says, _

# Each has an example file in zones/core/rules/examples.py, which its page shows.
CODES = (
    Code(
        "R01",
        "Scaling accepts hypers, VGs and KS nodes with seed, snapshot or vbr, but no VMs",
        "Reported when a scale_settings file names another sub-role of a KS node, a KS node without one, a "
        "sub-role that its role does not support, or the vms section. Databases and management VMs are "
        "placed when a zone is created; scaling has no step that adds them.",
        "Remove the vms section and the sub-roles that the finding names: keep seed, snapshot and vbr for "
        "a KS node, hyper for a hyper, vgateway for a VG.",
        "R01 error scale_settings.pek3a.yaml:3: KS node 172.16.80.31 (pek3nr01n31) has pgpool, which "
        "cannot be added to a running zone -> keep only sub-roles out of seed, snapshot, vbr",
        level="error",
    ),
    Code(
        "R02",
        "Standard zones grow in pairs of hypers; each hyper-pair node is in exactly one pair",
        "Reported in standard mode when the number of hypers to add is odd, even if the zone already has "
        "an odd number, or when a hyper-pair node is not in exactly one pair. Each hyper of such a zone "
        "has a partner that takes over; a DRBD disk without its peer has one copy only. Reported as a "
        "warning when a zone starts or ends up with an odd number.",
        "Add or remove one hyper. Under pairs, write two management addresses for each pair and every "
        "hyper-pair node exactly once, or omit pairs to have nodes paired in host name order.",
        "R02 error scale_settings.pek3a.yaml:2: the file adds 1 hyper, but a standard zone grows in "
        "pairs -> add one hyper",
        level="error",
    ),
    Code(
        "R03",
        "Fusion and devops accept any number of hypers, with a warning for odd numbers in devops",
        "Reported as a warning in devops mode when the number of hypers to add is odd, and in devops and "
        "fusion mode when the number of hyper-pair nodes is. Any number is installed, but the hyper "
        "without a partner has no copy of its volumes.",
        "No action is needed in a test cloud. For redundancy, add one more hyper, or one more hyper-pair "
        "node for the one without a DRBD peer.",
        "R03 warning scale_settings.pek3d.yaml:2: the file adds 1 hyper: an odd number leaves one "
        "without a partner -> fine for a test cloud; add one hyper for redundancy",
        level="warning",
    ),
    Code(
        "R04",
        "Every VG node has EIP segments",
        "Reported when a VG node of the file has no entry under eips. A virtual gateway carries public "
        "networks; without a segment it would be installed but route nothing.",
        "Have the public segments routed to the site, then add them under eips: {VG_ADDRESS: "
        "['NETWORK|.1']}.",
        "R04 error scale_settings.pek3a.yaml:3: VG node 172.16.80.41 (pek3nr01n41) has no EIP segment "
        "-> add eips: {172.16.80.41: ['NETWORK|.1']}",
        level="error",
    ),
    Code(
        "R05",
        "EIP segments are valid, belong to VGs in the file and overlap nothing",
        "Reported when a segment under eips is malformed, is assigned to an address that is not a VG of "
        "this file, has two different gateways, or overlaps another zone's segments, a pool, a VBC, a base "
        "network or a management network. Two networks with the same addresses make both unreachable. The "
        "same segment may be assigned to several VGs.",
        "Write NETWORK|GATEWAY SUFFIX, for example 139.198.10.0/24|.1, with a network that nothing else "
        "uses, under the management address of a VG of this file.",
        "R05 error scale_settings.pek3a.yaml:5: the EIP network 10.10.8.0/24 overlaps vm_base_network "
        "10.10.0.0/16 of zone pek3a -> choose a network that nothing else uses",
        level="error",
    ),
    Code(
        "R06",
        "Manual VBCs are complete and disjoint, lie in the base network and contain each hyper once",
        "Reported for the vbc section, when the file defines the VBCs: a hyper in no VBC or in two, a "
        "member or Master that is not a hyper of the VBC, a VIP that is missing, in use, assigned twice or "
        "not in the management network, or a network that overlaps another or lies outside the base "
        "network. VMs of such a VBC would have no connectivity.",
        "Correct the item that the finding names: every hyper in exactly one VBC, the Master one of "
        "mgmt_ips, a free VIP of the management network, and a network of its own inside "
        "vm_base_network. Write a VBC in service exactly as the finding shows it.",
        "R06 error scale_settings.pek3m.yaml:7: 10.99.0.0/24 is not inside the zone's base network "
        "10.30.0.0/16 -> choose a network inside 10.30.0.0/16",
        level="error",
    ),
    Code(
        "R07",
        "VBCs are either allocated by the installer or defined in the file; vlan zones have none; an "
        "adopted zone lists its own",
        "Reported when installer_allocate_vbc and the vbc section conflict: both define VBCs, neither "
        "does, a vlan zone has any, or an adopted zone omits those that it runs with. With two sources a "
        "hyper could get two networks, and with none its VMs have no network.",
        "Decide on one source: remove the vbc section where installer_allocate_vbc is 1, and fill it in "
        "where it is 0 in sdn mode. For vlan, set installer_allocate_vbc to 0 and remove vbc. To adopt a "
        "zone, list each of its VBCs under vbc.",
        "R07 error scale_settings.pek3a.yaml:6: installer_allocate_vbc is 1, so the installer "
        "allocates VBCs, but vbc is filled as well -> remove the section vbc",
        level="error",
    ),
    Code(
        "R08",
        "cloud_type is not public",
        "Reported when cloud_type is public. That is the provider's own cloud, whose billing and networks "
        "this console does not install.",
        "Write cloud_type: private, or remove the line: private is the default.",
        "R08 error variables.pek3n.yaml:1: cloud_type is public, which is kept for the provider's own "
        "cloud -> write private",
        level="error",
    ),
    Code(
        "R09",
        "Each end of a pool has a mask, pools lie in one network and are disjoint",
        "Reported when a pool is not START/MASK-END/MASK, its ends lie in two networks or in the wrong "
        "order, it contains the network or broadcast address, or it overlaps another pool. An address in "
        "two pools would be allocated twice.",
        "Write each end with its mask, for example 172.16.80.100/24-172.16.80.140/24, without the "
        "first and last address of the network, and keep the pools apart.",
        "R09 error variables.pek3n.yaml:10: vip_pools: '172.16.80.240' has no mask -> write "
        "START/MASK-END/MASK, for example 172.16.80.100/24-172.16.80.140/24",
        level="error",
    ),
    Code(
        "R10",
        "Addresses per role override pools; fusion accepts only zoocassa",
        "Reported for mgmt_network_address: an address that is listed twice or in use, a number of "
        "addresses that differs from the number of VMs, or in fusion a role other than zoocassa (ks0, ks1 "
        "and ks2 host all of them). Reported as a warning when VMs keep their current addresses, and as "
        "information when listed addresses override mgmt_network_pools. Two machines with the same address "
        "disrupt each other.",
        "List one free address for each VM, and each address once. In fusion, list three addresses for "
        "zoocassa and remove the other roles. When configuring a zone again, list the current addresses of "
        "its VMs.",
        "R10 error variables.pek3n.yaml:11: mgmt_network_address gives proxy, but in fusion only "
        "zoocassa may be given -> remove proxy",
        level="error",
    ),
    Code(
        "R11",
        "A zone added to a region is not global",
        "Reported when is_global_zone is 1 in a region that already has zones, or a second zone is adopted "
        "or approved as the global one. Web services and caches of a region run in one global zone, and "
        "two would answer differently. Reported as a warning when no other zone of the region is "
        "registered.",
        "Set is_global_zone to 0. It is 1 only for the first zone of a region, and for a global zone "
        "that is adopted.",
        "R11 error variables.pek3n.yaml:5: is_global_zone is 1, but region pek3 exists already (zone "
        "pek3a) -> set is_global_zone to 0",
        level="error",
        says={
            "plan_makes_global": Says(
                _("plan {plan} makes {zone} the global zone of {region}, but that is {others}"),
                _("set is_global_zone to 0 and configure again"),
            )
        },
    ),
    Code(
        "R12",
        "pgpool, pgserver, zoocassa are all on physical nodes or all on VMs",
        "Reported when pgpool, pgserver or zoocassa is a sub-role of physical nodes and also runs on VMs: "
        "by vms, by mgmt_network_address, or already in the zone. The platform runs each of these roles on "
        "one kind of machine, and a mixed cluster cannot be set up.",
        "Keep the role in one place: remove it from the sub-roles, or from vms and mgmt_network_address.",
        "R12 error settings.pek3n.yaml:7: pgpool is on 1 physical node (172.16.80.31 (pek3nr01n31)) "
        "and on 1 VM -> remove pgpool from vms or from the sub-roles",
        level="error",
    ),
    Code(
        "R13",
        "pgpool and pgserver are on separate nodes when there are 4 or more KS nodes",
        "Reported when a node has both pgpool and pgserver, as sub-roles or as hosts of their VMs, "
        "although the zone has 4 or more KS nodes. If that node fails, a database and the access to the "
        "others fail together.",
        "Put pgpool and pgserver on different KS nodes.",
        "R13 warning settings.pek3n.yaml:3: pgpool and pgserver share 172.16.80.31 although there are "
        "4 KS nodes -> put them on different nodes",
        level="warning",
    ),
    Code(
        "R14",
        "Fusion: only seed, vbr and snapshot run on hypers; all other roles run on ks0, ks1 and ks2",
        "Reported in fusion mode for a KS node, for a hyper with another sub-role than seed, vbr or "
        "snapshot, and for VMs other than ks0, ks1 and ks2, which host all other roles. Also reported, in "
        "any mode, for a VM that is placed on the wrong kind of machine, and for a sub-role that its role "
        "does not support. Such a placement is not installed.",
        "Remove the placement: in fusion give seed, snapshot and vbr to hypers as sub-roles and name three "
        "hypers under vms.ks, or omit vms. In other modes, name KS nodes of this file as hosts of VMs.",
        "R14 error settings.pek3n.yaml:3: hyper-repl node 172.16.80.21 (pek3nr01n21) has the sub-role "
        "pgpool -> allowed here: hyper, seed, snapshot, vbr",
        level="error",
    ),
    Code(
        "R15",
        "File names contain the zone id, and it matches the content",
        "Reported when the name of a file does not contain the zone as KIND.ZONE_ID.yaml, the kind or zone "
        "in the name does not match the content or the other file, or a zone is given twice in one call. A "
        "file for another zone would otherwise be applied to this one.",
        "Rename the file, or correct zone_id in it: variables.ZONE_ID.yaml, settings.ZONE_ID.yaml, "
        "scale_settings.ZONE_ID.yaml. Pass one file of each kind per zone.",
        "R15 error scale_settings.pek3a.yaml:1: the file name says zone pek3a, its content says pek3d "
        "-> rename it to scale_settings.pek3d.yaml, or correct zone_id",
        level="error",
        says={
            "file_given_where": Says(
                _("a {group} file was given where a {stem} file belongs"), _("give {wanted}")
            ),
            "file_name_says": Says(
                _("the file name says zone {group}, its content says {zone_id}"),
                _("rename it to {wanted}, or correct zone_id"),
            ),
            "zone_given_twice": Says(
                _("zone {zone_id} is given twice, in {seen} too"), _("give one file per zone")
            ),
            "zone_given_twice2": Says(
                _("zone {zone} is given twice, in {first} too"), _("give one variables file per zone")
            ),
        },
    ),
    Code(
        "R16",
        "Nodes in the file exist, are available, belong to no other zone and have valid host names",
        "Reported when a node of the file is not known, not available, without a pinned host key, in "
        "another zone or in another plan's networks, or has a host name that is malformed, taken, or the "
        "name of a group or a management VM; also when the zone to scale is not known. Installing on the "
        "wrong machine destroys its data. Reported as a warning when the host name is not <zone>rNNnNN.",
        "Do what the finding says: add the node (add_nodes -i ADDRESS), log in to it (establish_ssh), "
        "collect it (collect_nodes -i ADDRESS), rename it and collect it again, or remove it from the file.",
        "R16 error scale_settings.pek3a.yaml:4: node 172.16.80.99 is not known -> add it: add_nodes -i "
        "172.16.80.99, then establish_ssh for it, and collect its hardware: collect_nodes -i "
        "172.16.80.99",
        level="error",
        says={
            "not_available_any": Says(
                _("{node} is {status}, not available any more"), _("leave it out and configure again")
            )
        },
    ),
    Code(
        "R17",
        "Usable data disks fit the role",
        "Reported when the usable data disks of a node do not fit its role (hyper-pair: 1 HDD, 2 HDDs, or "
        "1 SSD and 1 HDD; hyper-repl: at least 1 SSD, and more SSDs than HDDs; ks: exactly 1 data disk; vg "
        "and hyper-sanc: none needed), counted by drives, because namespaces and logical units of one "
        "drive fail together. Also reported when two parts of one drive would have to protect each other, "
        "and for a disk with host-managed zones, one that is in use or not empty, or one without a "
        "persistent name: the installation formats what the file names. Reported as a warning when a pool "
        "cannot survive a drive failure or is slow.",
        "Correct what collection got wrong with modify_node_attributes -i ADDRESS -d DISK (-t TYPE, -S GB, "
        "-s 0 for a disk that must not be used), or change the role or the hardware and collect the node "
        "again. To let the plan erase a disk that is not empty, list it under erase in the settings file, "
        "or use erase_data_disks.",
        "R17 error scale_settings.pek3a.yaml:4: 172.16.80.51 (pek3nr01n51): hyper-repl needs at least "
        "1 SSD; it has 0 SSD and 2 HDD -> correct type or status of the disks with "
        "modify_node_attributes, or change the role",
        level="error",
    ),
    Code(
        "R18",
        "A VG has MGMT and EIP networks, with its default gateway on the EIP side",
        "Reported when the last collection of a VG found no second network besides the management network, "
        "no management interface, or the default gateway missing or on the management side. Public traffic "
        "leaves through the EIP side, and with the default route elsewhere it would be lost.",
        "Configure the EIP interface with its address on the node and move the default route to it, "
        "then collect the node again (collect_nodes -i ADDRESS).",
        "R18 error scale_settings.pek3a.yaml:3: VG 172.16.80.43 (pek3nr01n43) has one network only; it "
        "needs MGMT and EIP -> configure the EIP interface, then collect the node again",
        level="error",
    ),
    Code(
        "R19",
        "vlan mode: the same interface names on all hypers",
        "Reported in vlan mode when a hyper has other interface names than the first hyper of the zone. "
        "Networks of VMs are set up by interface name for the whole zone, so this hyper would lack one of "
        "them.",
        "Name the interfaces alike on all hypers (for example with a udev rule), then collect them "
        "again (collect_nodes -i ADDRESS).",
        "R19 error scale_settings.pek3v.yaml:3: hyper pek3nr01n52 lacks eth1 and has ens1f0 compared "
        "with pek3vr01n17 -> name the interfaces alike on all hypers, then collect them again",
        level="error",
    ),
    Code(
        "R20",
        "Scaling excludes other scaling, upgrade and maintenance jobs of the region",
        "Reported when a scaling, upgrade or maintenance job is started while another one in the same "
        "region is queued, running or paused. Two jobs would change the same services, packages and "
        "proxies at once. The answer names the job, when it started and who started it (exit code 3, REST "
        "409).",
        "Wait for the other job (get_status JOB), continue it if it is paused (resume_job JOB), or cancel "
        "it (cancel_job JOB). Then repeat the command.",
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
        "The QEMU version matches that of the zone",
        "Reported when new nodes would run a different QEMU version from their zone, or a new zone a "
        "different one from its region. compute_server can use a version only if server.yaml lists its "
        "folder, so VMs would not start on the new nodes, or not on the old ones.",
        "List both versions with set_qemu_version -z ZONE --qemu VERSION --qemu VERSION --default "
        "VERSION, then its --approve and --apply: this builds pitrix-global-conf and updates all nodes.",
        "R21 warning scale_settings.pek3a.yaml:5: QEMU 2.4.1.2 is to run beside 2.11.1.1 of zone pek3a "
        "-> list them: set_qemu_version -z pek3a --qemu 2.11.1.1 --qemu 2.4.1.2 --default 2.11.1.1, "
        "then its --approve and --apply: that builds pitrix-global-conf and updates all nodes",
        level="warning",
    ),
    Code(
        "R22",
        "Fields of a deployed component are filled",
        "Reported when deploy_NAME of a component (bm, v2v, boss, cronus, warehouse, neonsan, qingstor) is "
        "1 and a field of its section is empty. The component would be installed without its network or "
        "server address.",
        "Fill in the field, or set deploy_NAME to 0.",
        "R22 error variables.pek3n.yaml:11: deploy_boss is 1, but boss.boss_domain is empty -> fill it "
        "in, or set deploy_boss to 0",
        level="error",
    ),
    Code(
        "R23",
        "Configuring a zone again requires -f",
        "Reported when the zone is already configured and -f is missing, when its zone_id changes, when "
        "the zone to scale was never configured, or when the files omit or change what is in service: its "
        "modes, its region, nodes in service, their roles and the layout of their pools, EIP segments. "
        "These would keep running without the console knowing them.",
        "Use -f to configure the zone again, and list everything that is in service in the files, as the "
        "finding shows. For a changed zone_id, add --rekey-from OLD_ID, review the rows that move, and "
        "confirm with --yes; it is possible only without active nodes.",
        "R23 error settings.pek3a.yaml:1: zone pek3a is configured already -> use -f to configure it again",
        level="error",
        says={
            "all_nodes_file": Says(
                _("all nodes of this file belong to zone {old_id}: is {zone} its new zone_id?"),
                _("if so add -f --rekey-from {old_id}"),
            ),
            "zone_id_changes": Says(
                _("zone_id changes from {old_id} to {new_id}: the {rows} rows below move to the new id"),
                _("confirm with --yes (REST: rekey_confirmed) after reading them"),
            ),
            "zone_id_changed": Says(
                _("a zone_id is changed by one variables file and one settings file of the zone"),
                _("give -v variables.NEW_ID.yaml -s settings.NEW_ID.yaml alone"),
            ),
            "zone_configured_already": Says(_("zone {old_id} is configured already"), _("add -f")),
            "there_zone_already": Says(
                _("there is a zone {new_id} already"), _("choose an id that no zone has")
            ),
            "zone_has_active": Says(
                _("zone {old_id} has active nodes ({names}); its id cannot become {new_id}"),
                _("keep zone_id {old_id}"),
            ),
        },
    ),
    Code(
        "R24",
        "Every address lies in the right network and conflicts with nothing",
        "Reported when an address does not lie in the network that uses it, cannot belong to a machine "
        "(loopback, link-local, multicast, reserved), or conflicts with something else: the management "
        "gateway must be a free host address in the management network of every node; pools and addresses "
        "of management VMs lie in a management network; base networks and EIP pools stay apart from "
        "management networks. One wrong address makes nodes or VMs unreachable after the installation. "
        "Reported as a warning where nodes were collected with another gateway, or a pool contains an "
        "address that is skipped.",
        "Use an address in the network that the finding names, or one that nothing else uses; compare with "
        "the current gateway of the nodes (describe_nodes -i ADDRESS).",
        "R24 error variables.pek3n.yaml:8: mgmt_network_gateway 192.168.99.1 is not inside the "
        "management network 172.16.80.0/24 of nodes pek3nr01n31, pek3nr01n21, pek3nr01n22 -> write the "
        "gateway of that network (the nodes were collected with 172.16.80.1)",
        level="error",
    ),
    Code(
        "R25",
        "The clocks of the nodes agree with the installer's",
        "Reported when the clock of a node differs from the installer's: a warning from 5 seconds on, an "
        "error from more than a day on. With a wrong clock, signed package lists and certificates are not "
        "yet or no longer valid, and clusters and logs disagree on the order of events. The rule uses the "
        "offset at the last collection, less its uncertainty.",
        "Set the clock on the node (chronyc makestep, or date -u -s TIME), then run hwclock -w, enable a "
        "time service, and collect the node again (collect_nodes -i ADDRESS). If all nodes differ by the "
        "same amount, correct the clock of the installer.",
        "R25 error scale_settings.pek3a.yaml:4: the clock of node 172.16.80.53 (pek3nr01n53) is 56.0 "
        "years behind that of the installer, and nothing keeps it (measured 2026-01-31 03:12 UTC) -> "
        "set it (chronyc makestep, or date -u -s, then hwclock -w), let a time service keep it, and "
        "collect the node again; when all nodes differ alike, look at the clock of the installer",
        level="error",
    ),
)
