"""Codes of scale-outs: the work of bringing nodes into a zone."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "B01",
        _("The zone already has an open scale-out"),
        _(
            "Reported when a scale-out is begun for a zone that has an open one. A zone has one plan at a time, so two "
            "scale-outs would wait for each other."
        ),
        _(
            "Continue the open scale-out: add the nodes to it. If it is done or given up, close it: change_scale_out "
            "SCALE_OUT --close."
        ),
        "B01 error zone_id: scale-out s-4fG7kQ2z of pek3c is open, begun by olga at 2026-11-30 10:02:03 UTC -> "
        "continue it, or close it first: change_scale_out s-4fG7kQ2z --close",
        says={
            "": Says(
                _("scale-out {scale_out} of {zone} is open, begun by {who} at {at:datetime}"),
                _("continue it, or close it first: `change_scale_out {scale_out} --close`"),
            )
        },
    ),
    Code(
        "B02",
        _("The node cannot be part of this scale-out"),
        _(
            "Reported when a node is added to a scale-out that is in service or retired, that has a role in another "
            "zone, or that is part of another open scale-out. It would be installed twice, or in the wrong zone."
        ),
        _(
            "Check the address. A node of another scale-out is taken out there first: change_scale_out SCALE_OUT "
            "--remove ADDRESS."
        ),
        "B02 error 172.16.80.21: pek3cr01n21 (172.16.80.21) is part of scale-out s-4fG7kQ2z of pek3d -> take it out "
        "there first: change_scale_out s-4fG7kQ2z --remove 172.16.80.21",
        says={
            "other_scale_out": Says(
                _("{node} is part of scale-out {scale_out} of {zone}"),
                _("take it out there first: `change_scale_out {scale_out} --remove {address}`"),
            ),
            "status": Says(_("{node} is {status}, and only nodes that are not in service can be added")),
            "other_zone": Says(_("{node} has a role in zone {zone}")),
        },
    ),
    Code(
        "B03",
        _("The node is not part of this scale-out"),
        _("Reported when a node is taken out of a scale-out that does not list it. Nothing is changed."),
        _("Check the address: describe_scale_out SCALE_OUT lists the nodes."),
        "B03 error 172.16.80.99: 172.16.80.99 is not part of scale-out s-4fG7kQ2z",
        says={"": Says(_("{address} is not part of scale-out {scale_out}"))},
    ),
    Code(
        "B04",
        _("The scale-out is closed"),
        _(
            "Reported when a closed scale-out is to be changed. It stays as a record of who did what; what is done later "
            "belongs to another one."
        ),
        _("Begin another scale-out: begin_scale_out -z ZONE -I FILE."),
        "B04 error: scale-out s-4fG7kQ2z was closed by olga at 2026-11-30 10:02:03 UTC",
        says={"": Says(_("scale-out {scale_out} was closed by {who} at {at:datetime}"))},
    ),
    Code(
        "B05",
        _("No such scale-out"),
        _("No scale-out has this id, or it belongs to another zone."),
        _("Check the id. describe_scale_out -z ZONE lists the scale-outs of a zone."),
        "B05 error: there is no scale-out 's-nothere0'",
        says={
            "": Says(_("there is no scale-out {scale_out!r}")),
            "of_zone": Says(_("zone {zone} has no scale-out {scale_out!r}")),
        },
    ),
    Code(
        "B06",
        _("The note was changed meanwhile"),
        _(
            "Reported when a note for hand-over is written over a text that another person has changed since you read it. "
            "Nothing is changed; the difference shows what that person wrote."
        ),
        _("Read the new note, and write yours again on top of it."),
        "B06 error note: olga changed the note of scale-out s-4fG7kQ2z at 2026-11-30 10:02:03 UTC",
        says={"": Says(_("{who} changed the note of scale-out {scale_out} at {at:datetime}"))},
    ),
    Code(
        "B07",
        _("The id of the zone cannot be used"),
        _(
            "Reported when a scale-out is begun for a zone whose id is not lower-case letters, digits and hyphens. The id "
            "becomes part of file names and host names."
        ),
        _("Use the id as in the file names, such as pek3c."),
        "B07 error zone_id: 'PEK 3c' is not the id of a zone",
        says={"": Says(_("{zone!r} is not the id of a zone"))},
    ),
    Code(
        "B08",
        _("Nothing of the scale-out is to be changed"),
        _("Reported when change_scale_out is given a scale-out and nothing to change. Nothing is changed."),
        _(
            "Say what to change: --add, --remove, --note, --routes-done or --close. describe_scale_out shows the scale-out."
        ),
        "B08 error: nothing is to be changed -> give --add, --remove, --note, --routes-done or --close",
        says={
            "": Says(
                _("nothing is to be changed"),
                _("give --add, --remove, --note, --routes-done or --close"),
                page=_("choose nodes, or write a note"),
            )
        },
    ),
)
