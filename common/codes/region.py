"""Codes of a zone joining its region."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "L01",
        _("The listener of the front gate cannot be rendered"),
        _(
            "Reported by render_front_gate when the port is out of range or used by the platform's own "
            "listeners on the global proxies, or when the zone has no proxy. A listener on a taken port would "
            "cut off the users of another service."
        ),
        _(
            "Specify another free port with --port, a different one for each zone. If the zone has no proxy, "
            "list its addresses in mgmt_network_address as the finding says."
        ),
        "L01 error: port 7777 is already used by the platform's own listeners on the global proxies -> use "
        "another port",
        says={
            "port": Says("{reason}", _("use another port")),
            "no_gate": Says("{reason}", "{remedy}"),
            "no_proxy": Says(_("zone {zone} has no proxy, so the address of its front gate is unknown")),
            "wrong_name": Says(_("{zone!r} cannot be part of a listener's name")),
            "port_taken": Says(
                _("port {port} is already used by the platform's own listeners on the global proxies")
            ),
            "no_port": Says(_("{port} is not a port")),
        },
    ),
    Code(
        "L02",
        _("The checklist has no such item"),
        _(
            "Reported when an item is ticked that the checklist of this zone does not have. Items depend on the "
            "zone: a vlan zone, for example, has no return routes."
        ),
        _("Get the name from zone_checklist -z ZONE."),
        "L02 error: the checklist of pek3c has no item 'return-route' -> see the list: zone_checklist -z "
        "pek3c",
        says={
            "": Says(
                _("the checklist of {zone} has no item {item!r}"),
                _("see the list: `zone_checklist -z {zone}`"),
            )
        },
    ),
    Code(
        "L03",
        _("The item is already ticked"),
        _(
            "Reported when an item is ticked again although its current text is already ticked. The first tick "
            "stays, with its name and time."
        ),
        _(
            "If the work is done, no action is needed. If not, untick the item first: zone_checklist -z ZONE "
            "--untick ITEM."
        ),
        "L03 error: olga ticked return-routes of pek3c at 2026-01-31T03:12:00.482Z -> no action is needed; "
        "if the work is not done, untick the item first",
        says={
            "": Says(
                _("{by} ticked {item} of {zone} at {at}"),
                _("no action is needed; if the work is not done, untick the item first"),
            )
        },
    ),
    Code(
        "L04",
        _("The item is not ticked"),
        _(
            "Reported when an item is unticked that is not ticked, for example because another person unticked "
            "it first."
        ),
        _("Check the list: zone_checklist -z ZONE."),
        "L04 error: 'return-routes' of pek3c is not ticked -> see the list: zone_checklist -z pek3c",
        says={"": Says(_("{item!r} of {zone} is not ticked"), _("see the list: `zone_checklist -z {zone}`"))},
    ),
    Code(
        "L05",
        _("The checklist cannot be made for this region"),
        _(
            "Reported when the site_protocol of the global zone is neither http nor https. It determines the "
            "ports that the zone must reach."
        ),
        _(
            "Set site_protocol to http or https in the variables file of the global zone, run config_qingcloud "
            "-v FILE -s FILE -f for it, and approve the plan."
        ),
        "L05 error: 'tcp' is neither http nor https -> set site_protocol to http or https in "
        "variables.pek3a.yaml: config_qingcloud -v variables.pek3a.yaml -s settings.pek3a.yaml -f, then "
        "approve_plan",
        says={"": Says("{reason}", "{remedy}")},
    ),
    Code(
        "L06",
        _("Another person ticked the item"),
        _(
            "Reported when you untick an item that another person ticked, without specifying when. That person "
            "stated that the work is done, and may have left a comment that explains it."
        ),
        _(
            "See who ticked it and the comment (zone_checklist -z ZONE). If the work is not done after all, run "
            "zone_checklist -z ZONE --untick ITEM --ticked-at TIME with the time from the finding (REST: "
            "ticked_at)."
        ),
        "L06 error ticked_at: olga ticked return-routes of pek3c at 2026-01-31T03:12:00.482Z: pasted on gw1 "
        "-> see the list; if the work is not done after all: --ticked-at 2026-01-31T03:12:00.482Z (REST: "
        "ticked_at)",
        says={
            "ticked_with_comment": Says(_("{by} ticked {item} of {zone} at {at}: {comment}")),
            "ticked": Says(_("{by} ticked {item} of {zone} at {at}")),
            "since_you_looked": Says(
                _("{ticked} since you looked"),
                _("see the list; if the work is not done after all: --ticked-at {at} (REST: ticked_at)"),
                page=_("see the list again; if the work is not done after all, untick the item there"),
            ),
            "not_named": Says(
                "{ticked}",
                _("see the list; if the work is not done after all: --ticked-at {at} (REST: ticked_at)"),
                page=_("see the list again; if the work is not done after all, untick the item there"),
            ),
        },
    ),
)
