"""Codes of orders: what a proposal leaves to a person, and drafts."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "Y01",
        _("The role of a node is not proposed"),
        _(
            "Reported when roles are proposed: the hardware of the node fits several roles of the zone, or none. "
            "A node with one data disk, for example, fits ks and hyper-repl alike. Which role it was bought for "
            "is not visible in its hardware, so none is chosen for it."
        ),
        _(
            "Choose the role of the node in the table. If it fits none, correct the type, size or status of its "
            "disks, or leave the node out."
        ),
        "Y01 warning: pek3cr02n02: its hardware fits ks and hyper-repl -> choose its role",
        level="warning",
        says={
            "several": Says(_("{node}: its hardware fits {roles:and}"), _("choose its role")),
            "none": Says(
                _("{node}: its hardware fits no role of this zone: {reasons:;}"),
                _("correct its disks or interfaces, or leave it out"),
            ),
        },
    ),
    Code(
        "Y02",
        _("The public segments of a VG node are not proposed"),
        _(
            "Reported when roles are proposed: the zone has no segment that waits for a second VG node of its HA "
            "group. Which public networks were bought for a VG node is known to the provider, not to the console."
        ),
        _(
            "Enter the segments of the VG node in the table: NETWORK|GATEWAY SUFFIX, or NETWORK|GATEWAY SUFFIX|HA "
            "GROUP, such as 139.198.10.0/24|.1|HA0."
        ),
        "Y02 warning: pek3cr02n01: no segment of the zone waits for another VG node -> enter its segments, such "
        "as 139.198.10.0/24|.1",
        level="warning",
        says={
            "": Says(
                _("{node}: no segment of the zone waits for another VG node"),
                _("enter its segments, such as 139.198.10.0/24|.1"),
            ),
            "carried": Says(
                _("{node}: no segment waits for another VG node; the zone has {segments}"),
                _("enter segments of its own, or the same ones with an HA group"),
            ),
        },
    ),
    Code(
        "Y03",
        _("Both nodes of a pair are in one rack"),
        _(
            "Reported when pairs are proposed and two hyper-pair nodes that mirror each other have host names of "
            "the same rack, because no node of another rack is left. If the rack loses power, the pair loses "
            "both copies of its volumes."
        ),
        _("Pair nodes of different racks where possible, or accept the pair as it is."),
        "Y03 warning: pek3cr02n01 and pek3cr02n02 are both in rack 02 -> pair each with a node of another rack "
        "where possible",
        level="warning",
        says={
            "": Says(
                _("{first} and {second} are both in rack {rack}"),
                _("pair each with a node of another rack where possible"),
            )
        },
    ),
    Code(
        "Y04",
        _("The draft was saved elsewhere since it was opened"),
        _(
            "Reported when a draft of an order is saved and a later version of it exists, for example because the "
            "same person has it open in another window or on another machine. Saving would overwrite that version."
        ),
        _("Open the latest version of the draft, then repeat the change in it."),
        "Y04 error: version 7 of the draft for pek3c was saved at 2026-11-30 00:42 UTC -> open the latest version, "
        "then repeat your change",
        says={
            "": Says(
                _("version {version} of the draft for {zone} was saved at {at:minute}"),
                _("open the latest version, then repeat your change"),
            )
        },
    ),
)
