"""Codes of a zone joining its region."""

from common.codes.registry import Code

CODES = (
    Code(
        "L01",
        "The listener of the front gate cannot be rendered",
        "Said by render_front_gate when the port is out of range or taken by the platform's own "
        "listeners on the global proxies, or when the zone has no proxy. A listener on a taken port "
        "would cut off the users of another service.",
        "Name another free port with --port, a different one for each zone. If the zone has no proxy, "
        "give its addresses in mgmt_network_address as the finding says.",
        "L01 error: port 7777 is taken on the global proxies: the platform's own listeners have it -> "
        "name another port",
    ),
    Code(
        "L02",
        "The checklist has no item of that name",
        "Said when an item is ticked that the checklist of this zone does not have. Items depend on "
        "the zone: a vlan zone, for example, has no return routes.",
        "Take the name from zone_checklist -z ZONE.",
        "L02 error: the checklist of pek3c has no item 'return-route' -> look at it: zone_checklist -z pek3c",
    ),
    Code(
        "L03",
        "The item is ticked already",
        "Said when an item is ticked again that another tick already covers as it reads now. The first "
        "tick stays, with its name and time.",
        "Nothing to do if the work is done. If it is not, untick the item first: zone_checklist -z "
        "ZONE --untick ITEM.",
        "L03 error: olga ticked return-routes of pek3c at 2026-01-31T03:12:00.482Z -> nothing is left "
        "to tick; untick it first if it is not done",
    ),
    Code(
        "L04",
        "The item is not ticked",
        "Said when the tick of an item is to be taken back and there is none, for example because "
        "another person was quicker.",
        "Look at the checklist: zone_checklist -z ZONE.",
        "L04 error: 'return-routes' of pek3c is not ticked -> look at it: zone_checklist -z pek3c",
    ),
    Code(
        "L05",
        "The checklist cannot be made for this region",
        "Said when the site_protocol of the global zone is neither http nor https. The ports that the "
        "zone must reach follow from it.",
        "Write http or https as site_protocol in the variables file of the global zone, run "
        "config_qingcloud -v FILE -s FILE -f for it, and approve the plan.",
        "L05 error: 'tcp' is neither http nor https -> write http or https as site_protocol in "
        "variables.pek3a.yaml: config_qingcloud -v variables.pek3a.yaml -s settings.pek3a.yaml -f, "
        "then approve_plan",
    ),
    Code(
        "L06",
        "Another person ticked the item",
        "Said when the tick of another person is to be taken back and it is not named. That person "
        "says that the work is done, and may have left a comment that explains it.",
        "Look at the tick and its comment (zone_checklist -z ZONE). If the work is not done all the "
        "same, run zone_checklist -z ZONE --untick ITEM --ticked-at TIME with the time from the "
        "finding (REST: ticked_at).",
        "L06 error ticked_at: olga ticked return-routes of pek3c at 2026-01-31T03:12:00.482Z: pasted "
        "on gw1 -> look at it; if it is not done all the same: --ticked-at 2026-01-31T03:12:00.482Z "
        "(REST: ticked_at)",
    ),
)
