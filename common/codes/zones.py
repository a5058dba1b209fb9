"""Codes of zones: adopting, retiring."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "Z01",
        _("The zone does not exist"),
        _(
            "Reported when the id belongs to no zone that this console knows. The console knows a zone only "
            "after it has been configured or adopted, even if the zone is already running."
        ),
        _(
            "Correct the id: the finding lists the known zones. Register a running zone with adopt_zone -v "
            "FILE -s FILE."
        ),
        "Z01 error: zone 'pek3d' does not exist -> registered zones: pek3a, pek3c; adopt_zone registers a "
        "zone that already runs",
        says={
            "": Says(
                _("zone {zone!r} does not exist"),
                _("registered zones: {known}; `adopt_zone` registers a zone that already runs"),
            )
        },
    ),
    Code(
        "Z02",
        _("The zone is already registered"),
        _(
            "Reported by adopt_zone for a zone that has nodes, networks or an open plan in the console. "
            "Adopting it again would overwrite its records."
        ),
        _(
            "To add nodes, configure with a scale_settings.ZONE_ID.yaml. If the zone already runs and only has "
            "an open plan, reject the plan (reject_plan PLAN), then adopt the zone."
        ),
        "Z02 error: zone pek3c is already registered -> to add nodes, specify a scale_settings file",
        says={
            "open_plan": Says(
                _("zone {zone} is already registered"),
                _("if it already runs, reject its plan first: `reject_plan {plan}`"),
            ),
            "registered": Says(
                _("zone {zone} is already registered"), _("to add nodes, specify a scale_settings file")
            ),
        },
    ),
    Code(
        "Z06",
        _("The zone is already in its region"),
        _(
            "Reported by scale_qingcloud_zone when the approved plan only adds nodes to a zone. The steps for "
            "the region (caches, services, proxies) were done when the zone joined, and would interrupt users "
            "needlessly."
        ),
        _("Use scale_qingcloud -z ZONE -I FILE."),
        "Z06 error: plan pek3c-2 adds nodes to zone pek3c, which is already in its region -> use "
        "scale_qingcloud -z pek3c",
        says={
            "": Says(
                _("plan {plan} adds nodes to zone {zone}, which is already in its region"),
                _("use `scale_qingcloud -z {zone}`"),
            )
        },
    ),
    Code(
        "Z07",
        _("The zone is new in its region"),
        _(
            "Reported by scale_qingcloud when the approved plan adds a whole zone to a region. The nodes alone "
            "are not enough: caches, services and proxies of the region must be updated for the zone, or users "
            "do not see it."
        ),
        _(
            "Use scale_qingcloud_zone -z ZONE -I FILE, which installs the nodes and then performs these steps."
        ),
        "Z07 error: plan pek3c-1 adds zone pek3c to region pek3, whose caches, services and proxies must be "
        "updated after the nodes -> use scale_qingcloud_zone -z pek3c",
        says={
            "": Says(
                _(
                    "plan {plan} adds zone {zone} to region {region}, whose caches, services and proxies must be updated "
                    "after the nodes"
                ),
                _("use `scale_qingcloud_zone -z {zone}`"),
            )
        },
    ),
    Code(
        "Z20",
        _("The node is not in service"),
        _(
            "Reported by retire_nodes for a node that is not active in a zone, or whose state changed while "
            "the command ran. Only a node in service carries networks and services that retiring must hand "
            "over."
        ),
        _(
            "Follow the finding: remove a node that is waiting or failed from its plan (leave_out_nodes), cancel "
            "the job that installs it (cancel_job), or delete a node that serves no zone (delete_nodes). If its "
            "state has just changed, check again (describe_nodes -i ADDRESS) and repeat."
        ),
        "Z20 error 172.16.80.21: pek3cr01n21 (172.16.80.21) is scale_failed, not in service -> "
        "leave_out_nodes -z pek3c -i 172.16.80.21 removes it from its plan",
        says={
            "changed_meanwhile": Says(
                _("one of these nodes changed a moment ago"), _("check their current state, then repeat")
            ),
            "in_no_zone": Says(
                _("{node} is {status}, not in service"),
                _("`delete_nodes` removes a node that serves no zone"),
            ),
            "retired": Says(
                _("{node} is {status}, not in service"),
                _("it has already left service; `delete_nodes` removes it"),
            ),
            "in_a_job": Says(_("{node} is {status}, not in service"), _("cancel its job first")),
            "in_a_plan": Says(
                _("{node} is {status}, not in service"),
                _("`leave_out_nodes {where} -i {address}` removes it from its plan"),
            ),
        },
    ),
    Code(
        "Z21",
        _("The nodes belong to several zones"),
        _(
            "Reported by retire_nodes when the specified nodes serve more than one zone. Each zone has its own "
            "networks, pairs and lock, so one call covers one zone."
        ),
        _("Run retire_nodes once for each zone, with the nodes of that zone only."),
        "Z21 error: these nodes serve pek3a and pek3c -> specify nodes of one zone",
        says={"": Says(_("these nodes serve {zones:and}"), _("specify nodes of one zone"))},
    ),
    Code(
        "Z22",
        _("An open plan of the zone depends on these nodes"),
        _(
            "Reported by retire_nodes while the zone has a draft or an approved plan. That plan was made with "
            "the nodes in service, so its networks, pairs and files would be wrong without them."
        ),
        _("Apply the plan, or reject it (reject_plan PLAN), then retire the nodes."),
        "Z22 error: plan pek3c-2 is approved and was made with these nodes -> apply it, or reject_plan "
        "pek3c-2, then retire the nodes",
        says={
            "": Says(
                _("plan {plan} is {status} and was made with these nodes"),
                _("apply it, or `reject_plan {plan}`, then retire the nodes"),
            )
        },
    ),
    Code(
        "Z23",
        _("Manual steps remain after retiring nodes"),
        _(
            "Reported by retire_nodes for everything that follows outside the console: a new Master of a "
            "network, return routes and EIP segments, settings of other nodes, placed management VMs, a lost "
            "DRBD peer, mirror lists. Retiring changes only the records here, so traffic may still reach the "
            "machine until this is done."
        ),
        _(
            "Work through the list; retire_nodes --dry-run shows it in advance, and the audit records it. Then "
            "shut the machine down or disconnect it from the network."
        ),
        "Z23 warning: no node carries 10.10.50.0/24 any longer, so it is free again -> remove its return "
        "route from the gateway: ip route del 10.10.50.0/24 via 172.16.80.200",
        level="warning",
        says={
            "becomes_master": Says(
                _("{hostname} becomes Master of {network}"), _("it must hold the VIP from now on")
            ),
            "carries_vm": Says(
                _("the management VM {vm} was placed on {hostname}"), _("make sure that it runs elsewhere")
            ),
            "last_of_role": Says(
                _("no {role} node remains in {zone}"), _("add another one with the next scaling")
            ),
            "machine_runs": Says(
                _("the console does not run anything on a retired machine"),
                _(
                    "shut it down or disconnect it from the network; `delete_nodes` removes the node, so that its "
                    "address is free"
                ),
            ),
            "segment": Says(
                _("the node no longer carries the public segment {segment}"),
                _("check which machine announces it now"),
            ),
            "drbd_peer": Says(
                _("{hostname} loses its DRBD peer {peer}"),
                _("its data has only one copy until it is paired again"),
            ),
            "mirror_list": Says(
                _("the node is still in the mirror list of the other hypers"),
                _("`update_hyper_mirror -z {zone}`"),
            ),
            "edited_settings": Says(
                _("the settings of {hostname} must change, but its file was edited at the lines that change"),
                _("add the lines below to {path} there by hand, next to the edit"),
            ),
            "other_settings": Says(
                _("the settings of {hostname} must change; nothing has been written there"),
                _("add the lines below to {path} there and restart the programs that read them"),
            ),
            "free_network": Says(
                _("no node carries {network} any longer, so it is free again"),
                _("remove its return route from the gateway: {verb} {network} via {vip}"),
            ),
            "placement_unreadable": Says("{reason}", _("make sure that no management VM ran there")),
        },
    ),
    Code(
        "Z30",
        _("A management interface has a different name than in the plan"),
        _(
            "Reported at approval and when a job starts: the last collection found the management address of a "
            "node on an interface with another name, for example after a new kernel or another card. Its "
            "settings file would configure an interface that does not exist, and the node would become "
            "unreachable."
        ),
        _(
            "Rename the interface back on the node and collect it again (collect_nodes -i ADDRESS --force). Or "
            "continue without the node (leave_out_nodes PLAN -i ADDRESS, approve_plan PLAN) and configure it "
            "in a separate plan."
        ),
        "Z30 error 172.16.80.21: pek3c-2: its management interface is now ens1f0, but eth0 in its settings "
        "-> rename it back on the node and collect it again (collect_nodes -i 172.16.80.21 --force); or "
        "continue without it (leave_out_nodes pek3c-2 -i 172.16.80.21, approve_plan pek3c-2) and configure "
        "it in a plan of its own",
        says={"": Says(_("its management interface is now {interface}, but {planned} in its settings"))},
    ),
    Code(
        "Z40",
        _("The zone record would differ from the preview"),
        _(
            "Reported by adopt_zone when nodes or files changed between the preview and the confirmation. "
            "Later plans build on this record, so it must match the preview."
        ),
        _("Review the preview again (adopt_zone -v FILE -s FILE --check), then adopt the zone."),
        "Z40 error: the record of zone pek3c would differ from the preview: its nodes or files have changed "
        "since -> open the preview again",
        says={
            "": Says(
                _(
                    "the record of zone {zone} would differ from the preview: its nodes or files have changed since"
                ),
                _("open the preview again"),
            )
        },
    ),
)
