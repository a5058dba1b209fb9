"""Codes of configuration rules."""

from common.codes.registry import Code

# Each has an example file in zones/core/rules/examples.py, which its page shows.
CODES = (
    Code(
        "R01",
        "Scaling takes hypers, VGs and KS nodes with seed, snapshot or vbr; no VMs",
        "Said when a scale_settings file names another sub-role of a KS node, a KS node without one, a "
        "sub-role that its role never has, or the section vms. Databases and management VMs are placed "
        "when a zone is created; a scaling has no step that adds them.",
        "Remove the section vms and the sub-roles that the finding names: keep seed, snapshot and vbr "
        "for a KS node, hyper for a hyper, vgateway for a VG.",
        "R01 error scale_settings.pek3a.yaml:3: KS node 172.16.80.31 (pek3nr01n31) has pgpool, which "
        "cannot be added to a running zone -> keep only sub-roles out of seed, snapshot, vbr",
        level="error",
    ),
    Code(
        "R02",
        "Standard zones grow by pairs of hypers; a hyper-pair node is in exactly one pair",
        "Said in standard mode when the number of hypers to add is odd, also for a zone that has an odd "
        "number already, or when a hyper-pair node is not in exactly one pair. "
        "Each hyper of such a zone has a partner that takes over; a DRBD disk without its peer has one "
        "copy only. A warning when a zone begins, or is left, with an odd number.",
        "Add one hyper or leave one out. Under pairs, write two management addresses for each pair and "
        "every hyper-pair node exactly once, or leave pairs out: nodes are then paired in host name "
        "order.",
        "R02 error scale_settings.pek3a.yaml:2: the file adds 1 hyper, but a standard zone grows in "
        "pairs -> add one hyper",
        level="error",
    ),
    Code(
        "R03",
        "Fusion and devops take any number of hypers; odd in devops is worth a warning",
        "Said as a warning in devops mode when the number of hypers to add is odd, and in devops and "
        "fusion mode when the number of hyper-pair nodes is. Any number is installed, but the hyper "
        "without a partner has no copy of its volumes.",
        "Nothing to do in a test cloud. For redundancy, add one more hyper, or one more hyper-pair "
        "node for the one without a DRBD peer.",
        "R03 warning scale_settings.pek3d.yaml:2: the file adds 1 hyper: an odd number leaves one "
        "without a partner -> fine for a test cloud; add one hyper for redundancy",
        level="warning",
    ),
    Code(
        "R04",
        "Every VG node has EIP segments",
        "Said when a VG node of the file has no entry under eips. A virtual gateway carries public "
        "networks; without a segment it would be installed and route nothing.",
        "Have the public segments routed to the site, then add them under eips: {VG_ADDRESS: "
        "['NETWORK|.1']}.",
        "R04 error scale_settings.pek3a.yaml:3: VG node 172.16.80.41 (pek3nr01n41) has no EIP segment "
        "-> add eips: {172.16.80.41: ['NETWORK|.1']}",
        level="error",
    ),
    Code(
        "R05",
        "EIP segments are valid, belong to VGs of the file and overlap nothing",
        "Said when a segment under eips is malformed, stands at an address that is not a VG of this "
        "file, has two different gateways, or overlaps another zone's segments, a pool, a VBC, a base "
        "network or a management network. Two networks with the same addresses make both unreachable. "
        "The same segment may stand at several VGs.",
        "Write NETWORK|GATEWAY SUFFIX, for example 139.198.10.0/24|.1, with a network that nothing "
        "else uses, at the management address of a VG of this file.",
        "R05 error scale_settings.pek3a.yaml:5: the EIP network 10.10.8.0/24 overlaps vm_base_network "
        "10.10.0.0/16 of zone pek3a -> choose a network that nothing else uses",
        level="error",
    ),
    Code(
        "R06",
        "Manual VBCs are complete, disjoint, inside the base network, each hyper in one",
        "Said about the section vbc, when the file gives the VBCs: a hyper in no VBC or in two, a "
        "member or Master that is not a hyper of the VBC, a VIP that is missing, in use, given twice "
        "or not in the management network, or a network that overlaps another or lies outside the base "
        "network. VMs of such a VBC would have no way out.",
        "Correct the item that the finding names: every hyper in exactly one VBC, the Master one of "
        "mgmt_ips, a free VIP of the management network, and a network of its own inside "
        "vm_base_network. Write a VBC in service exactly as the finding shows it.",
        "R06 error scale_settings.pek3m.yaml:7: 10.99.0.0/24 is not inside the zone's base network "
        "10.30.0.0/16 -> choose a network inside 10.30.0.0/16",
        level="error",
    ),
    Code(
        "R07",
        "VBCs are either allocated by the installer or given; vlan has none; a zone that runs already "
        "gives its own",
        "Said when installer_allocate_vbc and the section vbc do not fit together: both give VBCs, "
        "neither does, a vlan zone has any, or a zone is adopted without those that it runs with. With "
        "two sources a hyper could get two networks, and with none its VMs have no network.",
        "Decide on one source: remove the section vbc where installer_allocate_vbc is 1, and fill it "
        "in where it is 0 with sdn. For vlan, set installer_allocate_vbc to 0 and remove vbc. To adopt "
        "a zone, write every VBC that it has under vbc.",
        "R07 error scale_settings.pek3a.yaml:6: installer_allocate_vbc is 1, so the installer "
        "allocates VBCs, but vbc is filled as well -> remove the section vbc",
        level="error",
    ),
    Code(
        "R08",
        "cloud_type is not public",
        "Said when cloud_type is public. That is the provider's own cloud, whose billing and networks "
        "this console does not install.",
        "Write cloud_type: private, or remove the line: private is the default.",
        "R08 error variables.pek3n.yaml:1: cloud_type is public, which is kept for the provider's own "
        "cloud -> write private",
        level="error",
    ),
    Code(
        "R09",
        "Pools carry a mask at each end, lie in one network and are disjoint",
        "Said when a pool is not START/MASK-END/MASK, its ends lie in two networks or in the wrong "
        "order, it holds the network or broadcast address, or it overlaps another pool. An address of "
        "two pools would be handed out twice.",
        "Write each end with its mask, for example 172.16.80.100/24-172.16.80.140/24, without the "
        "first and last address of the network, and keep the pools apart.",
        "R09 error variables.pek3n.yaml:10: vip_pools: '172.16.80.240' has no mask -> write "
        "START/MASK-END/MASK, for example 172.16.80.100/24-172.16.80.140/24",
        level="error",
    ),
    Code(
        "R10",
        "Addresses given per role beat pools; fusion takes zoocassa only",
        "Said about mgmt_network_address: an address that stands twice or is in use, another number of "
        "addresses than VMs, or in fusion another role than zoocassa (ks0, ks1 and ks2 hold all of "
        "them). A warning when VMs keep the addresses that they have; an info that given addresses "
        "beat mgmt_network_pools. Two machines with one address take each other off the network.",
        "Give one free address for each VM, and each address once. In fusion, give three addresses of "
        "zoocassa and remove the other roles. When a zone is configured again, write the addresses "
        "that its VMs have.",
        "R10 error variables.pek3n.yaml:11: mgmt_network_address gives proxy, but in fusion only "
        "zoocassa may be given -> remove proxy",
        level="error",
    ),
    Code(
        "R11",
        "A zone added to a region is not global",
        "Said when is_global_zone is 1 in a region that has zones already, or a second zone is adopted "
        "or approved as the global one. Web services and caches of a region run in one global zone, "
        "and two would answer differently. A warning when no other zone of the region is known here.",
        "Set is_global_zone to 0. It is 1 only for the first zone of a region, and for a global zone "
        "that is adopted.",
        "R11 error variables.pek3n.yaml:5: is_global_zone is 1, but region pek3 exists already (zone "
        "pek3a) -> set is_global_zone to 0",
        level="error",
    ),
    Code(
        "R12",
        "pgpool, pgserver, zoocassa are all on physical nodes or all on VMs",
        "Said when pgpool, pgserver or zoocassa is a sub-role of physical nodes and also runs on VMs: "
        "by vms, by mgmt_network_address, or in the zone already. The platform runs each of these "
        "roles on one kind of machine, and a mixed cluster cannot be set up.",
        "Keep the role in one place: remove it from the sub-roles, or from vms and mgmt_network_address.",
        "R12 error settings.pek3n.yaml:7: pgpool is on 1 physical node (172.16.80.31 (pek3nr01n31)) "
        "and on 1 VM -> remove pgpool from vms or from the sub-roles",
        level="error",
    ),
    Code(
        "R13",
        "pgpool and pgserver are apart where there are 4 or more KS nodes",
        "Said when a node has both pgpool and pgserver, as sub-roles or as hosts of their VMs, "
        "although the zone has 4 or more KS nodes. If that node fails, the database and the way to the "
        "other databases fail together.",
        "Put pgpool and pgserver on different KS nodes.",
        "R13 warning settings.pek3n.yaml:3: pgpool and pgserver share 172.16.80.31 although there are "
        "4 KS nodes -> put them on different nodes",
        level="warning",
    ),
    Code(
        "R14",
        "Fusion: only seed, vbr, snapshot are placed on hypers; the rest goes to ks0, ks1, ks2",
        "Said in fusion mode for a KS node, for a hyper with another sub-role than seed, vbr or "
        "snapshot, and for VMs other than ks0, ks1 and ks2, which hold all other roles. Also said, in "
        "any mode, for a VM that is placed on a machine of the wrong kind, and for a sub-role that its "
        "role never has. What is placed like this is not installed.",
        "Remove the placement: in fusion give seed, snapshot and vbr to hypers as sub-roles and name "
        "three hypers under vms.ks, or leave vms out. In other modes name KS nodes of this file as "
        "hosts of VMs.",
        "R14 error settings.pek3n.yaml:3: hyper-repl node 172.16.80.21 (pek3nr01n21) has the sub-role "
        "pgpool -> allowed here: hyper, seed, snapshot, vbr",
        level="error",
    ),
    Code(
        "R15",
        "File names carry the zone, and it is the zone of the content",
        "Said when the name of a file does not carry the zone as KIND.ZONE_ID.yaml, the kind or zone "
        "of the name is not that of the content or the other file, or a zone is given twice in one "
        "call. A file for another zone would otherwise be applied to this one.",
        "Rename the file, or correct zone_id in it: variables.ZONE_ID.yaml, settings.ZONE_ID.yaml, "
        "scale_settings.ZONE_ID.yaml. Give one file of each kind for a zone.",
        "R15 error scale_settings.pek3a.yaml:1: the file name says zone pek3a, its content says pek3d "
        "-> correct the name or zone_id",
        level="error",
    ),
    Code(
        "R16",
        "Named nodes exist, are available, belong to no other zone, have proper hostnames",
        "Said when a node of the file is not known, not available, without a pinned host key, in "
        "another zone or in another plan's networks, or has a host name that is malformed, taken, or "
        "the name of a group or a management VM; also when the zone to be scaled is not known. "
        "Installing on the wrong machine destroys its data. A warning when the host name is not "
        "<zone>rNNnNN.",
        "Do what the finding says: add the node (add_nodes -i ADDRESS), log in to it (establish_ssh), "
        "collect it (collect_nodes -i ADDRESS), rename it and collect it again, or take it out of the "
        "file.",
        "R16 error scale_settings.pek3a.yaml:4: node 172.16.80.99 is not known -> add it: add_nodes -i "
        "172.16.80.99, then establish_ssh for it, and collect its hardware: collect_nodes -i "
        "172.16.80.99",
        level="error",
    ),
    Code(
        "R17",
        "Usable data disks fit the role",
        "Said when the usable data disks of a node do not fit its role (hyper-pair: 1 HDD, 2 HDDs, or "
        "1 SSD and 1 HDD; hyper-repl: at least 1 SSD, and more SSDs than HDDs; ks: exactly 1 data "
        "disk; vg and hyper-sanc: none needed), counted by drives, because namespaces and logical "
        "units of one drive fail together. Also said when two pieces of one drive would have to "
        "protect each other, and for a disk with host-managed zones, one that is in use or not empty, "
        "or one without a lasting name: the installation formats what the file names. A warning where "
        "a pool survives no failed drive or is slow.",
        "Correct what collection got wrong with modify_node_attributes -i ADDRESS -d DISK (-t TYPE, -S "
        "GB, -s 0 for a disk that is not to be used), or change the role or the hardware and collect "
        "the node again. To let the plan erase a disk that is not empty, list it under erase in the "
        "settings file, or use erase_data_disks.",
        "R17 error scale_settings.pek3a.yaml:4: 172.16.80.51 (pek3nr01n51): hyper-repl needs at least "
        "1 SSD; it has 0 SSD and 2 HDD -> correct type or status of the disks with "
        "modify_node_attributes, or change the role",
        level="error",
    ),
    Code(
        "R18",
        "A VG has the networks MGMT and EIP, its default gateway on the EIP side",
        "Said when the last collection of a VG found no second network beside the management network, "
        "no management interface, or the default gateway missing or on the management side. Public "
        "traffic leaves through the EIP side, and with the default route elsewhere it would be lost.",
        "Configure the EIP interface with its address on the node and move the default route to it, "
        "then collect the node again (collect_nodes -i ADDRESS).",
        "R18 error scale_settings.pek3a.yaml:3: VG 172.16.80.43 (pek3nr01n43) has one network only; it "
        "needs MGMT and EIP -> configure the EIP interface, then collect the node again",
        level="error",
    ),
    Code(
        "R19",
        "vlan mode: the same interface names on all hypers",
        "Said in vlan mode when a hyper has other interface names than the first hyper of the zone. "
        "Networks of VMs are set up by interface name for the whole zone, so this hyper would lack one "
        "of them.",
        "Name the interfaces alike on all hypers (for example with a udev rule), then collect them "
        "again (collect_nodes -i ADDRESS).",
        "R19 error scale_settings.pek3v.yaml:3: hyper pek3nr01n52 lacks eth1 and has ens1f0 compared "
        "with pek3vr01n17 -> name the interfaces alike on all hypers, then collect them again",
        level="error",
    ),
    Code(
        "R20",
        "Scaling excludes other scaling, upgrade and maintenance jobs of the region",
        "Said when a scaling, upgrade or maintenance job is to start while another one of the same "
        "region is queued, running or paused. Two jobs would change the same services, packages and "
        "proxies at once. The answer names the job, since when it runs and who started it (exit code "
        "3, REST 409).",
        "Wait for the other job (get_status JOB), go on with it if it is paused (resume_job JOB), or "
        "cancel it (cancel_job JOB). Then repeat the command.",
        "R20 scale_qingcloud j-AbC12345 of zone pek3c runs since 2026-01-31 03:12 UTC, begun by olga; "
        "scaling, upgrading and maintaining one region exclude each other: wait for it (get_status "
        "j-AbC12345) or cancel it (cancel_job j-AbC12345)",
        level="error",
    ),
    Code(
        "R21",
        "The QEMU version is that of the zone",
        "Said when nodes are to run another QEMU version than the zone has, or a new zone another one "
        "than its region. compute_server can use a version only if server.yaml lists its folder, so "
        "VMs would not start on the new nodes, or not on the old ones.",
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
        "Said when deploy_NAME of a component (bm, v2v, boss, cronus, warehouse, neonsan, qingstor) is "
        "1 and a field of its section is empty. The component would be installed without knowing where "
        "its network or its server is.",
        "Fill the field in, or set deploy_NAME to 0.",
        "R22 error variables.pek3n.yaml:11: deploy_boss is 1, but boss.boss_domain is empty -> fill it "
        "in, or set deploy_boss to 0",
        level="error",
    ),
    Code(
        "R23",
        "A configured zone is configured again only with force",
        "Said when the zone is configured already and -f is missing, when its zone_id changes, when a "
        "zone is to be scaled that was never configured, or when the files leave out or change what "
        "runs: its modes, its region, nodes in service, their roles and the layout of their pools, EIP "
        "segments. They would go on running, unknown to the console.",
        "Use -f to configure the zone again, and name in the files everything that is in service, as "
        "the finding shows it. For a changed zone_id add --rekey-from OLD_ID, read the rows that move, "
        "and confirm with --yes; it is possible only without active nodes.",
        "R23 error settings.pek3a.yaml:1: zone pek3a is configured already -> use -f to configure it again",
        level="error",
    ),
    Code(
        "R24",
        "Every address lies where it is used, and meets nothing else",
        "Said when an address does not lie where it is used, cannot belong to a machine (loopback, "
        "link-local, multicast, reserved), or meets something else: the management gateway must be a "
        "free host address in the management network of every node; pools and addresses of management "
        "VMs lie in a management network; base networks and EIP pools stay apart from management "
        "networks. One wrong address makes nodes or VMs unreachable after the installation. A warning "
        "where nodes were collected with another gateway, or a pool holds an address that is left out.",
        "Write the address of the network that the finding names, or one that nothing uses; compare "
        "with the gateway that the nodes have (describe_nodes -i ADDRESS).",
        "R24 error variables.pek3n.yaml:8: mgmt_network_gateway 192.168.99.1 is not inside the "
        "management network 172.16.80.0/24 of nodes pek3nr01n31, pek3nr01n21, pek3nr01n22 -> write the "
        "gateway of that network (the nodes were collected with 172.16.80.1)",
        level="error",
    ),
    Code(
        "R25",
        "The clocks of the nodes agree with the installer's",
        "Said when the clock of a node differs from the installer's: a warning from 5 seconds on, an "
        "error from more than a day on. With a wrong clock, signed package lists and certificates are "
        "not valid yet or not any more, and clusters and logs disagree on what came first. What counts "
        "is the offset at the last collection, less its uncertainty.",
        "Set the clock on the node (chronyc makestep, or date -u -s TIME), then run hwclock -w, let a "
        "time service keep it, and collect the node again (collect_nodes -i ADDRESS). If all nodes "
        "differ alike, correct the clock of the installer.",
        "R25 error scale_settings.pek3a.yaml:4: the clock of node 172.16.80.53 (pek3nr01n53) is 56.0 "
        "years behind that of the installer, and nothing keeps it (measured 2026-01-31 03:12 UTC) -> "
        "set it (chronyc makestep, or date -u -s, then hwclock -w), let a time service keep it, and "
        "collect the node again; when all nodes differ alike, look at the clock of the installer",
        level="error",
    ),
)
