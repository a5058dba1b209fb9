"""Codes of the rules of a configuration."""

from common.codes.registry import Code

# Each has an example file in zones/core/rules/examples.py, which its page shows.
CODES = (
    Code(
        "R01",
        "Scaling takes hypers, VGs and KS nodes with seed, snapshot or vbr; no VMs",
        "Scaling takes hypers, VGs, and KS nodes with seed, snapshot or vbr; no VMs.",
        "Remove other roles, sub-roles and the section vms.",
        "R01 error scale_settings.pek3a.yaml:3: … which cannot be added to a running zone …",
        level="error",
    ),
    Code(
        "R02",
        "Standard zones grow by pairs of hypers; a hyper-pair node is in exactly one pair",
        "Standard mode: hypers are added in pairs; a hyper-pair node is in exactly one pair.",
        "Add or leave out one hyper; correct pairs.",
        "R02 error scale_settings.pek3a.yaml:2: … the file adds 1 hyper, but a standard zone grows in "
        "pairs …",
        level="error",
    ),
    Code(
        "R03",
        "Fusion and devops take any number of hypers; odd in devops is worth a warning",
        "Fusion takes any number of hypers; devops too, with a warning when it is odd.",
        "Add one hyper for redundancy.",
        "R03 warning scale_settings.pek3d.yaml:2: … an odd number leaves one without a partner …",
        level="warning",
    ),
    Code(
        "R04",
        "Every VG node has EIP segments",
        "Every VG node has its eips entry.",
        "Prepare the segments and fill in eips.",
        "R04 error scale_settings.pek3a.yaml:3: … has no EIP segment …",
        level="error",
    ),
    Code(
        "R05",
        "EIP segments are valid, belong to VGs of the file and overlap nothing",
        "EIP segments belong to VGs of this file, are valid, and overlap nothing.",
        "Correct the segment or choose another network.",
        "R05 error scale_settings.pek3a.yaml:5: … the EIP network 10.10.8.0/24 overlaps vm_base_network "
        "10.10.0.0/16 of zone pek3a …",
        level="error",
    ),
    Code(
        "R06",
        "Manual VBCs are complete, disjoint, inside the base network, each hyper in one",
        "Every manual VBC is complete, carried by hypers, and clear of everything else.",
        "Correct the section vbc.",
        "R06 error scale_settings.pek3m.yaml:7: … 10.99.0.0/24 is not inside the zone's base network "
        "10.30.0.0/16 …",
        level="error",
    ),
    Code(
        "R07",
        "VBCs are either allocated by the installer or given; vlan has none; a zone that runs already "
        "gives its own",
        "Either the installer allocates VBCs or the file gives them; vlan has none; machines that run "
        "have theirs.",
        "Correct installer_allocate_vbc or the section vbc.",
        "R07 error scale_settings.pek3a.yaml:6: … installer_allocate_vbc is 1, so the installer "
        "allocates VBCs, but vbc is filled as well …",
        level="error",
    ),
    Code(
        "R08",
        "cloud_type is not public",
        "cloud_type is not public.",
        "Write private.",
        "R08 error variables.pek3n.yaml:1: … cloud_type is public …",
        level="error",
    ),
    Code(
        "R09",
        "Pools carry a mask at each end, lie in one network and are disjoint",
        "Each end of a pool carries its mask, both in one network, start before end; pools are disjoint.",
        "Correct the pool.",
        "R09 error variables.pek3n.yaml:10: … '172.16.80.240' has no mask …",
        level="error",
    ),
    Code(
        "R10",
        "Addresses given per role beat pools; fusion takes zoocassa only",
        "Addresses given per role beat the pools; fusion takes those of zoocassa only; each is free and "
        "used once.",
        "Correct mgmt_network_address.",
        "R10 error variables.pek3n.yaml:11: … mgmt_network_address gives proxy, but in fusion only "
        "zoocassa may be given …",
        level="error",
    ),
    Code(
        "R11",
        "A zone added to a region is not global",
        "A zone added to a region is not its global zone; a region has one, also among adopted zones.",
        "Set is_global_zone to 0.",
        "R11 error variables.pek3n.yaml:5: … is_global_zone is 1, but region pek3 exists already …",
        level="error",
    ),
    Code(
        "R12",
        "pgpool, pgserver, zoocassa are all on physical nodes or all on VMs",
        "pgpool, pgserver, zoocassa: all on physical nodes or all on VMs.",
        "Remove the role from one of the two.",
        "R12 error settings.pek3n.yaml:7: … pgpool is on 1 physical node …",
        level="error",
    ),
    Code(
        "R13",
        "pgpool and pgserver are apart where there are 4 or more KS nodes",
        "pgpool and pgserver share a node although there are enough KS nodes.",
        "Put them on different nodes.",
        "R13 warning settings.pek3n.yaml:3: … pgpool and pgserver share 172.16.80.31 although there are "
        "4 KS nodes …",
        level="warning",
    ),
    Code(
        "R14",
        "Fusion: only seed, vbr, snapshot are placed on hypers; the rest goes to ks0, ks1, ks2",
        "Fusion: only seed, vbr and snapshot on hypers; the other roles go to ks0, ks1, ks2 by themselves.",
        "Remove the placement.",
        "R14 error settings.pek3n.yaml:3: … has the sub-role pgpool …",
        level="error",
    ),
    Code(
        "R15",
        "File names carry the zone, and it is the zone of the content",
        "Both files of one call speak of the same zone (their names were checked when they were read).",
        "Rename the file to KIND.ZONE_ID.yaml.",
        "R15 error scale_settings.pek3a.yaml:1: … the file name says zone pek3a, its content says pek3d …",
        level="error",
    ),
    Code(
        "R16",
        "Named nodes exist, are available, belong to no other zone, have proper hostnames",
        "Every named node exists, is available, has a pinned host key, belongs to no other zone, and has "
        "a fitting hostname.",
        "Add, collect or rename the node.",
        "R16 error scale_settings.pek3a.yaml:4: … node 172.16.80.99 is not known …",
        level="error",
    ),
    Code(
        "R17",
        "Usable data disks fit the role",
        "Usable data disks fit the role, counted by drives: namespaces and logical units of one drive "
        "are lost together. No two pieces of a drive lie in one mirror, raidz or pair, none has "
        "host-managed zones, all are free, and each has a name that stays with it when disks are plugged "
        "in or found in another order.",
        "Correct the disks with modify_node_attributes, or change the role.",
        "R17 error scale_settings.pek3a.yaml:4: … hyper-repl needs at least 1 SSD; it has 0 SSD and 2 HDD …",
        level="error",
    ),
    Code(
        "R18",
        "A VG has the networks MGMT and EIP, its default gateway on the EIP side",
        "A VG has two networks, MGMT and EIP, and its default gateway on the EIP side.",
        "Configure the EIP interface and collect the node again.",
        "R18 error scale_settings.pek3a.yaml:3: … has one network only; it needs MGMT and EIP …",
        level="error",
    ),
    Code(
        "R19",
        "vlan mode: the same interface names on all hypers",
        "vlan mode: all hypers of the zone have the same interface names.",
        "Name the interfaces alike and collect the nodes again.",
        "R19 error scale_settings.pek3v.yaml:3: … lacks eth1 and has ens1f0 …",
        level="error",
    ),
    Code(
        "R20",
        "Scaling excludes other scaling, upgrade and maintenance jobs of the region",
        "Scaling excludes other jobs of the region; the job engine's lock decides that at start, not the "
        "files.",
        "Wait for the other job or cancel it.",
        level="error",
    ),
    Code(
        "R21",
        "The QEMU version is that of the zone",
        "The QEMU version differs from the zone's (new zone: from that of its region).",
        "List both versions with set_qemu_version, which updates all nodes.",
        "R21 warning scale_settings.pek3a.yaml:5: … QEMU 2.4.1.2 is to run beside 2.11.1.1 of zone pek3a …",
        level="warning",
    ),
    Code(
        "R22",
        "Fields of a deployed component are filled",
        "A component that is deployed has its fields filled.",
        "Fill them in.",
        "R22 error variables.pek3n.yaml:11: … deploy_boss is 1, but boss.boss_domain is empty …",
        level="error",
    ),
    Code(
        "R23",
        "A configured zone is configured again only with force",
        "A configured zone is configured again only with force; a changed zone_id only without active nodes.",
        "Use -f; confirm a changed zone_id.",
        "R23 error settings.pek3a.yaml:1: … zone pek3a is configured already …",
        level="error",
    ),
    Code(
        "R24",
        "Every address lies where it is used, and meets nothing else",
        "Every address lies where it is used, is one that a machine can have, and meets nothing else. "
        "The management gateway is a host address in the management network of each node, and no node, "
        "VM or VIP has it; it is a warning when the nodes were collected with another one. Pools for VMs "
        "and VIPs and the addresses given to VMs lie in a management network of the nodes, outside the "
        "base network. The base network and EIP pools stay clear of management networks. No address is "
        "special: this network, loopback, link-local, multicast, reserved.",
        "Write the address of the right network, or choose one that nothing has.",
        "R24 error variables.pek3n.yaml:8: … mgmt_network_gateway 192.168.99.1 is not inside the "
        "management network 172.16.80.0/24 of nodes …",
        level="error",
    ),
    Code(
        "R25",
        "The clocks of the nodes agree with the installer's",
        "The clock of every named node agrees with the installer's: a warning from 5 seconds on. More "
        "than a day is an error: signed package lists and certificates are not valid yet, or not any "
        "more, so that nothing could be installed. What counts is the offset measured by the last "
        "collection, less its uncertainty.",
        "Set it (chronyc makestep, or date -u -s, then hwclock -w), let a time service keep it, and "
        "collect the node again; when all nodes differ alike, look at the clock of the installer.",
        "R25 error scale_settings.pek3a.yaml:4: … years behind that of the installer …",
        level="error",
    ),
)
