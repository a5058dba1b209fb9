"""Codes of zones: adopting, retiring."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "Z01",
        _("The zone does not exist"),
        _(
            "Reported when the id belongs to no zone that this console knows. The console knows a zone only "
            "after it was configured or adopted, even if the zone is already running."
        ),
        _(
            "Correct the id: the finding lists the known zones. Register a running zone with adopt_zone -v "
            "FILE -s FILE."
        ),
        "Z01 error: there is no zone 'pek3d' -> zones are: pek3a, pek3c; adopt_zone registers one that "
        "runs already",
        says={
            "": Says(
                _("there is no zone {zone!r}"),
                _("zones are: {known}; `adopt_zone` registers one that runs already"),
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
            "To add nodes, configure with a scale_settings.ZONE_ID.yaml. If the zone is already running and "
            "only has an open plan, reject the plan (reject_plan PLAN), then adopt it."
        ),
        "Z02 error: zone pek3c is registered already -> to add nodes give a scale_settings file",
        says={
            "open_plan": Says(
                _("zone {zone} is registered already"),
                _("reject its plan first, if it runs already: `reject_plan {plan}`"),
            ),
            "registered": Says(
                _("zone {zone} is registered already"), _("to add nodes give a scale_settings file")
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
        "Z06 error: plan pek3c-2 adds nodes to zone pek3c, which is in its region already -> use "
        "scale_qingcloud -z pek3c",
        says={
            "": Says(
                _("plan {plan} adds nodes to zone {zone}, which is in its region already"),
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
        "Z07 error: plan pek3c-1 adds zone pek3c to region pek3, which must be told of it: caches, "
        "services and proxies come after the nodes -> use scale_qingcloud_zone -z pek3c",
        says={
            "": Says(
                _(
                    "plan {plan} adds zone {zone} to region {region}, which must be told of it: caches, "
                    "services and proxies come after the nodes"
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
            "Follow the finding: remove a node that is waiting or failed from its plan (leave_out_nodes), "
            "cancel the job that installs it (cancel_job), or delete a node that serves no zone "
            "(delete_nodes). If its state just changed, check again (describe_nodes -i ADDRESS) and repeat."
        ),
        "Z20 error 172.16.80.21: pek3cr01n01 (172.16.80.21) is scale_failed, not in service -> "
        "leave_out_nodes -z pek3c -i 172.16.80.21 takes it out of its plan",
        says={
            "changed_meanwhile": Says(
                _("one of these nodes was changed a moment ago"), _("look, then repeat")
            ),
            "in_no_zone": Says(
                _("{node} is {status}, not in service"),
                _("`delete_nodes` forgets a node that serves no zone"),
            ),
            "retired": Says(
                _("{node} is {status}, not in service"), _("it has left already; `delete_nodes` forgets it")
            ),
            "in_a_job": Says(_("{node} is {status}, not in service"), _("cancel its job first")),
            "in_a_plan": Says(
                _("{node} is {status}, not in service"),
                _("`leave_out_nodes {where} -i {address}` takes it out of its plan"),
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
        "Z21 error: these nodes serve pek3a and pek3c -> name nodes of one zone",
        says={"": Says(_("these nodes serve {zones:and}"), _("name nodes of one zone"))},
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
        "pek3c-2, then retire",
        says={
            "": Says(
                _("plan {plan} is {status} and was made with these nodes"),
                _("apply it, or `reject_plan {plan}`, then retire"),
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
        "Z23 warning: 10.10.50.0/24 is carried by nobody and free again -> take its return route off "
        "the gateway: ip route del 10.10.50.0/24 via 172.16.80.200",
        level="warning",
        says={
            "becomes_master": Says(
                _("{hostname} becomes Master of {network}"), _("it must hold the VIP from now on")
            ),
            "carries_vm": Says(
                _("the management VM {vm} was placed on {hostname}"), _("see that it runs elsewhere")
            ),
            "last_of_role": Says(
                _("no {role} node remains in {zone}"), _("bring another one with the next scaling")
            ),
            "machine_runs": Says(
                _("the console runs nothing on a retired machine"),
                _(
                    "shut it down or take it off the network; `delete_nodes` forgets it, so that its address is free"
                ),
            ),
            "segment": Says(
                _("public segment {segment} is carried by it no more"), _("see who announces it now")
            ),
            "drbd_peer": Says(
                _("{hostname} loses its DRBD peer {peer}"),
                _("its data has one copy until it is paired again"),
            ),
            "mirror_list": Says(
                _("the other hypers still have it in their mirror list"), _("`update_hyper_mirror -z {zone}`")
            ),
            "edited_settings": Says(
                _("{hostname} must get other settings, but its file was edited at the lines that change"),
                _("bring the lines below into {path} there yourself, beside the edit"),
            ),
            "other_settings": Says(
                _("{hostname} must get other settings; nothing has been written there"),
                _("bring the lines below into {path} there and restart what reads them"),
            ),
            "free_network": Says(
                _("{network} is carried by nobody and free again"),
                _("take its return route off the gateway: {verb} {network} via {vip}"),
            ),
            "placement_unreadable": Says("{reason}", _("see that no management VM ran there")),
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
        "Z30 error 172.16.80.21: pek3c-2: its management interface is ens1f0 now, and eth0 in its "
        "settings -> rename it back on the node and collect it again (collect_nodes -i 172.16.80.21 "
        "--force); or go on without it (leave_out_nodes pek3c-2 -i 172.16.80.21, approve_plan pek3c-2) "
        "and configure it again in a plan of its own",
        says={"": Says(_("its management interface is {interface} now, and {planned} in its settings"))},
    ),
    Code(
        "Z40",
        _("The zone record would differ from the preview"),
        _(
            "Reported by adopt_zone when nodes or files changed between the preview and the confirmation. "
            "Later plans build on this record, so it must match the preview."
        ),
        _("Review the preview again (adopt_zone -v FILE -s FILE --check), then adopt the zone."),
        "Z40 error: zone pek3c would be recorded in another way than the preview showed: its nodes or "
        "files have changed since -> look at the preview again",
        says={
            "": Says(
                _(
                    "zone {zone} would be recorded in another way than the preview showed: its nodes or files "
                    "have changed since"
                ),
                _("look at the preview again"),
            )
        },
    ),
)
