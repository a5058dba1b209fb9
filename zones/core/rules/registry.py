"""All rules by code, and the one function that asks them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from jobs.errors import Finding, Level
from zones.core.rules import addresses, again, disks, eips, nodes, roles, variables, vbcs
from zones.core.rules.context import Context


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its heaviest level, what it says, what to do when it is broken."""

    code: str
    level: Level
    title: str
    what_to_do: str
    check: Callable[[Context], Iterable[Finding]]


_ALL = (
    Rule("R01", "error", "Scaling takes hypers, VGs and KS nodes with seed, snapshot or vbr; no VMs",
         "remove other roles, sub-roles and the section vms", roles.r01),
    Rule("R02", "error", "Standard zones grow by pairs of hypers; a hyper-pair node is in exactly one pair",
         "add or leave out one hyper; correct pairs", roles.r02),
    Rule("R03", "warning", "Fusion and devops take any number of hypers; odd in devops is worth a warning",
         "add one hyper for redundancy", roles.r03),
    Rule("R04", "error", "Every VG node has EIP segments",
         "prepare the segments and fill in eips", eips.r04),
    Rule("R05", "error", "EIP segments are valid, belong to VGs of the file and overlap nothing",
         "correct the segment or choose another network", eips.r05),
    Rule("R06", "error", "Manual VBCs are complete, disjoint, inside the base network, each hyper in one",
         "correct the section vbc", vbcs.r06),
    Rule("R07", "error",
         "VBCs are either allocated by the installer or given; vlan has none; a zone that runs already gives its own",
         "correct installer_allocate_vbc or the section vbc", vbcs.r07),
    Rule("R08", "error", "cloud_type is not public", "write private", variables.r08),
    Rule("R09", "error", "Pools carry a mask at each end, lie in one network and are disjoint",
         "correct the pool", variables.r09),
    Rule("R10", "error", "Addresses given per role beat pools; fusion takes zoocassa only",
         "correct mgmt_network_address", variables.r10),
    Rule("R11", "error", "A zone added to a region is not global", "set is_global_zone to 0", variables.r11),
    Rule("R12", "error", "pgpool, pgserver, zoocassa are all on physical nodes or all on VMs",
         "remove the role from one of the two", roles.r12),
    Rule("R13", "warning", "pgpool and pgserver are apart where there are 4 or more KS nodes",
         "put them on different nodes", roles.r13),
    Rule("R14", "error", "Fusion: only seed, vbr, snapshot are placed on hypers; the rest goes to ks0, ks1, ks2",
         "remove the placement", roles.r14),
    Rule("R15", "error", "File names carry the zone, and it is the zone of the content",
         "rename the file to KIND.ZONE_ID.yaml", nodes.r15),
    Rule("R16", "error", "Named nodes exist, are available, belong to no other zone, have proper hostnames",
         "add, collect or rename the node", nodes.r16),
    Rule("R17", "error", "Usable data disks fit the role",
         "correct the disks with modify_node_attributes, or change the role", disks.r17),
    Rule("R18", "error", "A VG has the networks MGMT and EIP, its default gateway on the EIP side",
         "configure the EIP interface and collect the node again", eips.r18),
    Rule("R19", "error", "vlan mode: the same interface names on all hypers",
         "name the interfaces alike and collect the nodes again", nodes.r19),
    Rule("R20", "error", "Scaling excludes other scaling, upgrade and maintenance jobs of the region",
         "wait for the other job or cancel it", nodes.r20),
    Rule("R21", "warning", "The QEMU version is that of the zone",
         "list both versions with set_qemu_version, which updates all nodes", nodes.r21),
    Rule("R22", "error", "Fields of a deployed component are filled", "fill them in", variables.r22),
    Rule("R23", "error", "A configured zone is configured again only with force",
         "use -f; confirm a changed zone_id", again.r23),
    Rule("R24", "error", "Every address lies where it is used, and meets nothing else",
         "write the address of the right network, or choose one that nothing has", addresses.r24),
    Rule("R25", "error", "The clocks of the nodes agree with the installer's", nodes.SET_CLOCK, nodes.r25),
)  # fmt: skip

RULES: dict[str, Rule] = {rule.code: rule for rule in _ALL}


def check(ctx: Context) -> list[Finding]:
    """Findings of loading and of every rule, sorted by file, line and code; each sentence once."""
    found = [*ctx.documents.findings]
    for rule in RULES.values():
        found.extend(rule.check(ctx))
    return sorted(dict.fromkeys(found), key=_place)


def _place(item: Finding) -> tuple[str, int, str, str, str]:
    return item.file, item.line or 0, item.code, item.node, item.detail
