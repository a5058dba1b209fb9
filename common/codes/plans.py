"""Codes of plans: review, approval, installation."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "P01",
        _("A stripe over several SSDs needs a reason"),
        _(
            "Reported when the vpool section of a settings file makes the pool of a hyper-repl node a stripe "
            "over two or more drives and gives no reason. A stripe has no redundancy: one failed SSD loses "
            "every volume of the node."
        ),
        _(
            "Write mirror or raidz as layout, or add the reason: {layout: stripe, reason: 'scratch space "
            "only'}. Without an entry, the node gets the recommended layout. In review, set vpool_layout and "
            "vpool_reason in the settings file of the node instead (edit_plan_file)."
        ),
        "P01 error scale_settings.pek3c.yaml:6: pek3cr01n01: a stripe over 4 SSDs loses all data if one of "
        "them fails -> add a reason, or choose another layout",
        says={
            "": Says(
                _("{hostname}: a stripe over {ssds} SSDs loses all data if one of them fails"),
                _("add a reason, or choose another layout"),
            )
        },
    ),
    Code(
        "P02",
        _("The vpool layout does not fit the SSDs of the node"),
        _(
            "Reported when the layout that the vpool section of a settings file assigns to a node cannot be "
            "built from its SSDs. A mirror needs an even number and raidz at least 3 drives, and disks on one "
            "drive cannot protect each other, because they fail together."
        ),
        _(
            "Use one of the layouts that the finding lists, or remove the node from vpool to get the "
            "recommended layout. If the wrong disks were counted, correct their type or status with "
            "modify_node_attributes and configure again."
        ),
        "P02 error scale_settings.pek3c.yaml:6: pek3cr01n01: the vpool layout 'mirror' cannot be built from "
        "3 SSDs -> choose one of: stripe, raidz",
        says={
            "too_few_drives": Says(
                _(
                    "{hostname}: the vpool layout {layout!r} cannot be built from {ssds:SSD|SSDs} on "
                    "{drives:drive|drives}: disks on the same drive fail together"
                ),
                _("choose one of: {possible}"),
            ),
            "too_few_ssds": Says(
                _("{hostname}: the vpool layout {layout!r} cannot be built from {ssds:SSD|SSDs}"),
                _("choose one of: {possible}"),
            ),
        },
    ),
    Code(
        "P03",
        _("vpool names a node that gets no ZFS pool"),
        _(
            "Reported when the vpool section of a settings file names an address that is not among the roles "
            "of the file, or a node whose role is not hyper-repl. Only hyper-repl nodes have a pool, so the "
            "chosen layout would be ignored."
        ),
        _("Correct the address, remove the entry from vpool, or give the node the role hyper-repl."),
        "P03 error scale_settings.pek3c.yaml:6: vpool: 172.16.80.29 is not a node of this file -> remove it "
        "from vpool",
        says={
            "unknown_node": Says(_("vpool: {address} is not a node of this file"), _("remove it from vpool")),
            "other_role": Says(
                _("vpool: {node} is {role}: only hyper-repl nodes have a vpool"),
                _("remove it from vpool, or change its role"),
            ),
        },
    ),
    Code(
        "P10",
        _("The plan does not exist"),
        _(
            "Reported when the id belongs to no plan, or when the plan of a job was deleted before the job "
            "could read it. Without its plan, a job cannot know what to install."
        ),
        _(
            "Look up the id with show_plan -z ZONE, which shows the open or newest plan of a zone. If the plan "
            "was deleted, configure again with config_qingcloud, then review and approve the new plan."
        ),
        "P10 error: plan 'pek3c-9' does not exist -> show_plan -z ZONE shows the newest plan of a zone",
        says={
            "gone": Says(_("plan {plan} no longer exists"), _("configure again")),
            "unknown": Says(
                _("plan {plan!r} does not exist"), _("`show_plan -z ZONE` shows the newest plan of a zone")
            ),
        },
    ),
    Code(
        "P11",
        _("The zone has no plan yet"),
        _(
            "Reported when a plan is looked up by its zone and the zone has never been configured here. There is "
            "nothing to show, approve, edit or reject."
        ),
        _(
            "Create a plan: config_qingcloud -v FILE -s FILE for a new zone, config_qingcloud -s "
            "scale_settings.ZONE_ID.yaml to add nodes to a zone that already has nodes."
        ),
        "P11 error: zone pek3c has no plan -> create one: config_qingcloud -s scale_settings.pek3c.yaml",
        says={"": Says(_("zone {zone} has no plan"), _("create one: `config_qingcloud {files}`"))},
    ),
    Code(
        "P14",
        _("A role was edited, but the node lists were not refreshed"),
        _(
            "Reported when a plan is approved after the role or sub-roles in the settings file of a node were "
            "edited. The node lists still show the former roles, so later commands for a group would reach the "
            "wrong nodes."
        ),
        _("Run gen_node_list -z ZONE, review the plan again with show_plan PLAN --diff, then approve it."),
        "P14 error: pek3c-2: the role of pek3cr01n01 was edited, but the node lists have not been refreshed "
        "-> run gen_node_list -z pek3c, review the plan again, then approve it",
        says={
            "": Says(
                _("{plan}: the role of {nodes} was edited, but the node lists have not been refreshed"),
                _("run `gen_node_list -z {zone}`, review the plan again, then approve it"),
            )
        },
    ),
    Code(
        "P20",
        _("An approved plan of the zone has not been applied yet"),
        _(
            "Reported when config_qingcloud would make a new plan of a zone that has an approved one. A zone "
            "has one open plan, so a new plan would silently discard the approval."
        ),
        _(
            "Apply the approved plan (scale_qingcloud, or scale_qingcloud_zone for a zone that is new in its "
            "region), or reject it with reject_plan. To replace it with the new plan, run config_qingcloud "
            "with -f."
        ),
        "P20 error: plan pek3c-2 of zone pek3c is approved and has not been applied yet -> apply it "
        "(scale_qingcloud -z pek3c), reject it, or add -f to replace it",
        says={
            "": Says(
                _("plan {plan} of zone {zone} is approved and has not been applied yet"),
                _("apply it (`scale_qingcloud -z {zone}`), reject it, or add -f to replace it"),
                _(
                    'apply it (`scale_qingcloud -z {zone}`), reject it, or select "Replace an approved plan that has not '
                    'been applied"'
                ),
            )
        },
    ),
    Code(
        "P21",
        _("The plan is being applied and cannot be withdrawn"),
        _(
            "Reported when a plan is rejected, replaced or edited after the installation started on some of "
            "its nodes. These nodes already have the settings of the plan, so without it the console would not "
            "know what runs on them."
        ),
        _(
            "Wait for the job of the plan to end, or resume it: get_status JOB, resume_job JOB. Remove nodes "
            "that cannot be installed from the plan with leave_out_nodes PLAN -i ADDRESS."
        ),
        "P21 error: plan pek3c-2 is being applied: the installation of pek3cr01n01 (172.16.80.21) can no "
        "longer be undone -> wait for its job or resume it (get_status j-AbC12345); leave out nodes that "
        "cannot be installed: leave_out_nodes pek3c-2 -i ADDRESS",
        says={
            "one_past": Says(
                _("plan {plan} is being applied: the installation of {nodes} can no longer be undone"),
                _(
                    "wait for its job or resume it (`get_status {job}`); leave out nodes that cannot be installed: "
                    "`leave_out_nodes {plan} -i ADDRESS`"
                ),
            ),
            "some_past": Says(
                _("plan {plan} is being applied: the installation of {nodes} can no longer be undone"),
                _(
                    "wait for its job or resume it (`get_status {job}`); leave out nodes that cannot be installed: "
                    "`leave_out_nodes {plan} -i ADDRESS`"
                ),
            ),
        },
    ),
    Code(
        "P22",
        _("The plan was decided at the same time"),
        _(
            "Reported when the plan was applied, rejected or replaced while this command was about to reject "
            "or replace it. The first decision stands, and this command changed nothing."
        ),
        _(
            "Check the current state of the plan (show_plan PLAN), and repeat the command only if it still "
            "makes sense."
        ),
        "P22 error: plan pek3c-2 has been decided in the meantime -> show_plan pek3c-2",
        says={"": Says(_("plan {plan} has been decided in the meantime"), _("`show_plan {plan}`"))},
    ),
    Code(
        "P23",
        _("The database kept closing the connection while the plan was made"),
        _(
            "Reported when the database server closed the connection of config_qingcloud, for example because a "
            "transaction was idle for too long, and did so again at the second attempt. Nothing was changed."
        ),
        _("Check the load of the database server and the network to it, then run the command again."),
        "P23 error: the database closed the connection 2 times while the plan was being made -> check the load of "
        "the database server and the network to it, then try again",
        says={
            "": Says(
                _("the database closed the connection {times} times while the plan was being made"),
                _("check the load of the database server and the network to it, then try again"),
            ),
        },
    ),
    Code(
        "P30",
        _("The plan differs from the one that was approved"),
        _(
            "Reported at approval and when a job starts or is resumed: a rendered file no longer matches the "
            "content hash, or the plan was edited, reopened or rejected after the job started. Only reviewed "
            "files are sent to machines."
        ),
        _(
            "If the plan is a draft, review it (show_plan PLAN --diff), approve it (approve_plan PLAN) and "
            "start a new job with scale_qingcloud or scale_qingcloud_zone. If a file does not match, "
            "configure again with config_qingcloud -f, then review and approve."
        ),
        "P30 error: pek3c-2: a rendered file differs from the approved one -> configure again "
        "(config_qingcloud -f -s scale_settings.pek3c.yaml), review and approve",
        says={
            "other_file": Says(_("a rendered file differs from the approved one")),
            "go_on_without": Says(
                _(
                    "continue without it (`leave_out_nodes {plan} -i {address}`, `approve_plan {plan}`) and configure it "
                    "in a plan of its own"
                )
            ),
            "set_back": Says(
                _("restore its previous state and collect it again (`collect_nodes -i {address} --force`)")
            ),
            "rename_back": Says(
                _(
                    "rename it back on the node and collect it again (`collect_nodes -i {address} --force`); "
                    "or {otherwise}"
                )
            ),
            "take_over": Says(
                _(
                    "add the zone's current settings to the plan (`list_changes -z {zone}` shows what has changed): "
                    "`edit_plan_file {plan} {path} -I FILE`, then review and approve"
                )
            ),
            "configure_again": Says(_("configure again (`config_qingcloud -f {files}`), review and approve")),
            "nothing_left": Says(_("this job has nothing left to do")),
            "since_job_began": Says(
                _("plan {plan} is {status} and has changed since this job started"), "{instead}"
            ),
            "review_then_scale_zone": Says(
                _(
                    "review it (`show_plan {plan} --diff`), `approve_plan {plan}`, then start a new job: "
                    "`scale_qingcloud_zone -z {zone} -I FILE`"
                )
            ),
            "review_then_scale": Says(
                _(
                    "review it (`show_plan {plan} --diff`), `approve_plan {plan}`, then start a new job: "
                    "`scale_qingcloud -z {zone} -I FILE`"
                )
            ),
            "scale_zone_again": Says(
                _(
                    "start a new job with its nodes that are not in service: `scale_qingcloud_zone -z {zone} -I FILE`"
                )
            ),
            "scale_again": Says(
                _(
                    "start a new job with its nodes that are not in service: `scale_qingcloud -z {zone} -I FILE`"
                )
            ),
        },
    ),
    Code(
        "P31",
        _("The disks to format differ from the approved ones"),
        _(
            "Reported when the last collection found disks that differ from those in the plan: another "
            "reference, WWN, serial or size. A disk that was swapped or added since then may hold data that no "
            "reviewer has seen, and formatting destroys it."
        ),
        _(
            "Compare the disks in the finding with the machine. If the new ones are right, configure again "
            "with config_qingcloud -f, review and approve; if not, put the approved disk back and collect "
            "the node again (collect_nodes -i ADDRESS)."
        ),
        "P31 error 172.16.80.21: pek3c-2: the disks to format differ from the approved ones: approved "
        "/dev/disk/by-id/wwn-0x500a0751e6b1c2d3|0x500a0751e6b1c2d3|S6B1C2D3|960197124096; now "
        "/dev/disk/by-id/wwn-0x500a0751e6b1c2ff|0x500a0751e6b1c2ff|S6B1C2FF|960197124096 -> configure again "
        "(config_qingcloud -f -s scale_settings.pek3c.yaml), review and approve",
        says={
            "": Says(_("the disks to format differ from the approved ones: approved {approved}; now {now}"))
        },
    ),
    Code(
        "P32",
        _("The host key of a node differs from the approved one"),
        _(
            "Reported when another SSH host key is pinned for the node than when the plan was made. A new key "
            "means a reinstalled system or a different machine, and its disks are about to be formatted."
        ),
        _(
            "Find out which machine answers at the address. If it is the right one, collect it again "
            "(collect_nodes -i ADDRESS), configure again with config_qingcloud -f, review and approve."
        ),
        "P32 error 172.16.80.21: pek3c-2: its host key differs from the approved one -> configure again "
        "(config_qingcloud -f -s scale_settings.pek3c.yaml), review and approve",
        says={"": Says(_("its host key differs from the approved one"))},
    ),
    Code(
        "P33",
        _("A node of the plan was deleted"),
        _(
            "Reported when a node of the plan is no longer known to the console. The plan still uses its "
            "address, its disks and its share of the networks, so it cannot be installed as approved."
        ),
        _(
            "Remove the node from the configuration file, or add it again (add_nodes, establish_ssh, "
            "collect_nodes). Then configure again with config_qingcloud -f, review and approve."
        ),
        "P33 error 172.16.80.21: pek3c-2: the node has been deleted since -> configure again "
        "(config_qingcloud -f -s scale_settings.pek3c.yaml), review and approve",
        says={"": Says(_("the node has been deleted since"))},
    ),
    Code(
        "P34",
        _("server.yaml of the zone has changed since the plan was made"),
        _(
            "Reported when set_qemu_version changed server.yaml of the zone after the plan was made. The plan "
            "contains the earlier text; applying it would remove the new QEMU versions from every node."
        ),
        _(
            "Configure again with config_qingcloud -f, which starts from the current server.yaml, then review "
            "and approve."
        ),
        "P34 error: pek3c-2: server/server.yaml of the zone has changed since the plan was made "
        "(set_qemu_version) -> configure again (config_qingcloud -f -s scale_settings.pek3c.yaml), review "
        "and approve",
        says={"": Says(_("{path} of the zone has changed since the plan was made (`set_qemu_version`)"))},
    ),
    Code(
        "P40",
        _("The zone has no plan that can be applied or changed"),
        _(
            "Reported when an installation is started and the zone has no open plan or only a draft, or when "
            "gen_node_list finds no open plan. Only a reviewed and approved plan changes machines."
        ),
        _(
            "If there is a draft, review it (show_plan PLAN --diff) and approve it (approve_plan PLAN). "
            "Otherwise, create a plan with config_qingcloud first."
        ),
        "P40 error: plan pek3c-2 is not approved -> review it (show_plan pek3c-2 --diff), then "
        "approve_plan pek3c-2",
        says={
            "not_approved": Says(
                _("plan {plan} is not approved"),
                _("review it (`show_plan {plan} --diff`), then `approve_plan {plan}`"),
            ),
            "no_open_plan": Says(
                _("zone {zone} has no open plan whose node lists could change"),
                _("configure it: `config_qingcloud {files}`"),
            ),
            "no_plan": Says(
                _("zone {zone} has no plan to apply"), _("create one: `config_qingcloud {files}`")
            ),
        },
    ),
    Code(
        "P41",
        _("The node is not part of the plan"),
        _(
            "Reported when a node to install is not in the plan, or the plan has no settings file for it. "
            "Without approved settings, nothing may be installed on it."
        ),
        _(
            "Omit the node from this call, or add it to the configuration file, configure again with "
            "config_qingcloud -f, review and approve."
        ),
        "P41 error 172.16.80.29: pek3cr01n09 (172.16.80.29) is not in plan pek3c-2 -> the plan has 8 nodes; "
        "omit this one, or configure it too",
        says={
            "no_settings": Says(_("{node} has no settings in plan {plan}")),
            "not_in_plan": Says(
                _("{node} is not in plan {plan}"),
                _("the plan has {count} nodes; omit this one, or configure it too"),
            ),
        },
    ),
    Code(
        "P42",
        _("The state of the node does not allow its installation"),
        _(
            "Reported when a node of the plan is neither configured nor scale_failed, for example because it "
            "is already in service with these settings. Installing it again would format the disks of a "
            "working node."
        ),
        _(
            "Omit the node from this call and pass the remaining nodes that the finding lists. describe_nodes "
            "-i ADDRESS shows the state of a node."
        ),
        "P42 error 172.16.80.21: pek3cr01n01 (172.16.80.21) is active -> omit it from this call; remaining "
        "nodes of plan pek3c-2: 172.16.80.22, 172.16.80.23",
        says={
            "": Says(
                _("{node} is {status}"),
                _("omit it from this call; remaining nodes of plan {plan}: {waiting}"),
            )
        },
    ),
    Code(
        "P43",
        _("A node of the plan is missing from the call"),
        _(
            "Reported when scale_qingcloud or scale_qingcloud_zone is not given every node of the plan that is "
            "still to be installed. Networks, pairs and node lists of the plan depend on all of them, so "
            "installing only some would leave the zone incomplete."
        ),
        _(
            "Pass every remaining node, with -i or -I FILE; use --batch and --canary to install a few at a "
            "time. Remove a node that cannot be installed from the plan with leave_out_nodes PLAN -i ADDRESS, "
            "then approve the plan again."
        ),
        "P43 error 172.16.80.22: plan pek3c-2 also includes 172.16.80.22, which is not specified -> specify "
        "every node of the plan; to leave out one that cannot be installed: leave_out_nodes pek3c-2 -i "
        "172.16.80.22",
        says={
            "": Says(
                _("plan {plan} also includes {address}, which is not specified"),
                _(
                    "specify every node of the plan; to leave out one that cannot be installed: `leave_out_nodes {plan} "
                    "-i {address}`"
                ),
            )
        },
    ),
    Code(
        "P50",
        _("An edit from the previous plan was carried over"),
        _(
            "Reported when a new plan renders a file that was edited by hand in the previous plan, and the "
            "edit applies to the new text. The plan therefore contains lines that do not come from the "
            "configuration files."
        ),
        _(
            "Check in review that the edit is still needed: show_plan PLAN --diff shows it next to the rendered "
            "text. To undo it, restore the rendered text with edit_plan_file."
        ),
        "P50 info settings/pek3cr01n01: the edit of settings/pek3cr01n01 by olga (plan pek3c-1) was carried "
        "over -> check it in the review",
        level="info",
        says={
            "": Says(
                _("the edit of {path} by {by} (plan {plan}) was carried over"),
                _("check it in the review"),
            )
        },
    ),
    Code(
        "P51",
        _("An edit from the previous plan was not carried over"),
        _(
            "Reported when a manual edit from the previous plan does not apply to the newly rendered file: the "
            "same lines changed, or the result would be refused. The new plan contains the rendered text "
            "without the edit."
        ),
        _(
            "Compare both texts (show_plan PLAN --file PATH, for the previous and the new plan). If the edit is "
            "still needed, repeat it with edit_plan_file."
        ),
        "P51 warning settings/pek3cr01n01: the edit of settings/pek3cr01n01 by olga (plan pek3c-1) was not "
        "carried over: the same lines have changed in the rendered text -> compare both texts and edit the "
        "file again if the edit is still needed",
        level="warning",
        says={
            "same_lines": Says(_("the same lines have changed in the rendered text")),
            "problem": Says("{said:detail}"),
            "not_taken_over": Says(
                _("the edit of {path} by {by} (plan {plan}) was not carried over: {why}"),
                _(
                    "compare both texts (`show_plan {plan} --file {path}`; `show_plan {new} --file {path}`) and edit the "
                    "file again if the edit is still needed"
                ),
            ),
        },
    ),
    Code(
        "P52",
        _("An edited file is not part of the new plan"),
        _(
            "Reported when a file that was edited by hand in the previous plan is no longer rendered, for "
            "example because its node left the configuration. The edit is dropped."
        ),
        _(
            "If this is intended, no action is needed. If the file is still needed, add its node to the "
            "configuration file again and configure again."
        ),
        "P52 info settings/pek3cr01n09: settings/pek3cr01n09, edited by olga in plan pek3c-1, is not part of "
        "this plan -> no action is needed if this is intended",
        level="info",
        says={
            "": Says(
                _("{path}, edited by {by} in plan {plan}, is not part of this plan"),
                _("no action is needed if this is intended"),
            )
        },
    ),
    Code(
        "P53",
        _("The plan cannot edit the current server.yaml"),
        _(
            "Reported when server.yaml of the zone is written in a way that the console cannot edit safely: not "
            "YAML, a duplicate key, or an unexpected form of compute_server.emulator. The plan leaves the file "
            "unchanged, so QEMU versions of new nodes are missing from it."
        ),
        _(
            "If the new nodes need another QEMU version, edit server/server.yaml in review (edit_plan_file "
            "PLAN server/server.yaml -I FILE): a version with its bin folder for each, and a default."
        ),
        "P53 warning server/server.yaml: server.yaml contains a key twice (line 7): remove one of them -> "
        "the file is left unchanged: edit it in the review if the new nodes need another QEMU version",
        level="warning",
        says={
            "stays": Says(
                "{reason}",
                _(
                    "the file is left unchanged: edit it in the review if the new nodes need another QEMU version"
                ),
            ),
            "no_list": Says(
                _("compute_server.emulator in server.yaml is not a list of versions with their bin folders")
            ),
            "not_understood": Says(
                _("compute_server.emulator has a form that cannot be edited automatically: edit it by hand")
            ),
            "one_line": Says(_("compute_server is written on one line: write it as a block, then try again")),
            "key_twice": Says(_("server.yaml contains a key twice (line {line}): remove one of them")),
            "no_yaml_at": Says(_("server.yaml is not YAML (line {line}): correct it, then try again")),
            "no_yaml": Says(_("server.yaml is not YAML: correct it, then try again")),
        },
    ),
    Code(
        "P54",
        _("The plan replaced another person's open plan"),
        _(
            "Reported when a zone is configured while it has an open plan that another person made, changed or "
            "approved, and the new plan has other nodes or other content. A zone has one open plan: the earlier "
            "one is superseded. The finding names the owner of that plan and what the new one lacks or adds."
        ),
        _(
            "Compare both plans with show_plan PLAN --diff. If part of the earlier plan is still needed, add it "
            "to the configuration files and configure the zone again."
        ),
        "P54 warning: this plan replaces plan pek3c-2 of olga: 2 nodes left out: pek3cr01n23 (172.16.80.23), "
        "pek3cr01n24 (172.16.80.24) -> compare both (show_plan pek3c-2 --diff; show_plan pek3c-3 --diff); "
        "add what is still needed to the configuration files and configure again",
        level="warning",
        says={
            "gave_way": Says(
                _("this plan replaces plan {before} of {people}: {differences:;}"),
                _(
                    "compare both (`show_plan {before} --diff`; `show_plan {plan} --diff`); add what is still needed to "
                    "the configuration files and configure again"
                ),
            ),
            "more_different_files": Says(_("changed files: {paths} and {more} more")),
            "different_files": Says(_("changed files: {paths}")),
        },
    ),
    Code(
        "P61",
        _("The node cannot be left out of the plan"),
        _(
            "Reported by leave_out_nodes for a node that is not in the plan, that is in service or being "
            "installed, or that hosts management VMs of the new zone. Leaving it out would remove something "
            "that other machines already use."
        ),
        _(
            "Specify nodes of the plan that are not in service. Use retire_nodes for a node in service once "
            "the plan is applied; repair a host of management VMs and run resume_job, or reject the plan and "
            "configure the zone without it."
        ),
        "P61 error 172.16.80.21: pek3cr01n01 (172.16.80.21) is active -> only nodes that are not in service "
        "can be left out; once the plan is applied: retire_nodes",
        says={
            "not_in_plan": Says(_("{node} is not in plan {plan}"), _("specify nodes of the plan")),
            "not_leaving": Says(
                _("{node} is {status}"),
                _(
                    "only nodes that are not in service can be left out; once the plan is applied: `retire_nodes`"
                ),
            ),
            "carries_vms": Says(
                _("management VMs of the new zone run on {node}"), _("repair it, then `resume_job {job}`")
            ),
            "shall_carry_vms": Says(
                _("management VMs of the new zone run on {node}"),
                _("repair it and resume the job, or `reject_plan {plan}` and configure the zone without it"),
            ),
        },
    ),
    Code(
        "P62",
        _("A plan cannot lose all of its nodes"),
        _(
            "Reported by leave_out_nodes when the specified nodes are all that the plan has. A plan without "
            "nodes would reserve its networks without using them."
        ),
        _(
            "Reject the plan instead: reject_plan PLAN. This frees its networks and makes its nodes "
            "available again."
        ),
        "P62 error: these are all the nodes of plan pek3c-2 -> reject it instead: reject_plan pek3c-2",
        says={
            "": Says(
                _("these are all the nodes of plan {plan}"), _("reject it instead: `reject_plan {plan}`")
            )
        },
    ),
    Code(
        "P63",
        _("A plan file was changed at the lines that must be updated"),
        _(
            "Reported by leave_out_nodes when removing a node requires changes to another file, but that file "
            "differs at exactly these lines: it was edited manually, or rendered from facts that have changed. "
            "Neither version may silently overwrite the other."
        ),
        _(
            "Revert the edit with edit_plan_file, or collect the node of the file again (collect_nodes -i "
            "ADDRESS), then repeat leave_out_nodes. If that does not help, reject the plan and configure again."
        ),
        "P63 error settings/pek3cr01n02: settings/pek3cr01n02 was edited by olga at the lines that must be "
        "updated -> undo the edit of these lines (show_plan pek3c-2 --diff shows it), then leave the nodes "
        "out",
        says={
            "edited": Says(
                _("{path} was edited by {editor} at the lines that must be updated"),
                _(
                    "undo the edit of these lines (`show_plan {plan} --diff` shows it), then leave the nodes out"
                ),
            ),
            "other_facts_begun": Says(
                _("{path} was rendered from other facts at the lines that must be updated"),
                _(
                    "a node has changed since then (its host name, for example): restore it and collect it again"
                ),
            ),
            "other_facts": Says(
                _("{path} was rendered from other facts at the lines that must be updated"),
                _(
                    "a node has changed since then (its host name, for example): restore it and collect it again, or "
                    "reject the plan: `reject_plan {plan}`"
                ),
            ),
        },
    ),
    Code(
        "P64",
        _("Consequences of leaving a node out of the plan"),
        _(
            "Listed in a plan after leave_out_nodes: which node was left out, which hyper becomes Master of a "
            "network, which nodes in service get different settings, and which later steps no job performs any "
            "more. The reviewer approves these consequences together with the plan."
        ),
        _(
            "Read each of them before approving the plan again. Scale again the nodes in service whose "
            "settings change, and run the listed steps manually."
        ),
        "P64 warning: pek3cr01n02 becomes Master of 10.10.50.0/24",
        level="warning",
        says={
            "becomes_master": Says(_("{hostname} becomes Master of {network}")),
            "other_settings": Says(
                _("the settings of {nodes}, already in service, change"),
                _("once this plan is approved, scale them again: every component is safe to repeat"),
            ),
            "later_steps": Says(
                _(
                    "if none of its nodes has to be installed any more, approving this plan runs none of the later steps"
                ),
                _("run those that no job has run: {steps}"),
            ),
            "left_out_for": Says(_("{node} was left out by {by}: {reason}")),
            "left_out": Says(_("{node} was left out by {by}")),
        },
    ),
    Code(
        "P70",
        _("erase names a disk that the plan does not format"),
        _(
            "Reported when the erase section of a settings file names an address that is not in the file, a "
            "disk that the node does not have or that its role does not use, or when the zone is adopted and "
            "nothing is formatted. Also reported by gen_node_list when the edited role no longer uses a disk "
            "that the plan erases. Data would be destroyed needlessly."
        ),
        _(
            "Write one of the disks that the finding lists, or remove the entry from erase. After a role "
            "change, configure again without it."
        ),
        "P70 error scale_settings.pek3c.yaml:9: erase: 'sda' is not a data disk of 172.16.80.21 "
        "(pek3cr01n01) -> disks that are formatted there: nvme0n1 nvme1n1",
        says={
            "not_formatted_by_role": Says(
                _("{hostname}: the role {role} does not format {disks}, but the plan erases it"),
                _("configure again without it under erase"),
            ),
            "unknown_node": Says(_("erase: {address} is not a node of this file"), _("remove it from erase")),
            "machines_run": Says(
                _("erase: nothing is erased in a zone that already runs"), _("remove erase")
            ),
            "not_formatted": Says(
                _("erase: the installation does not format the disk {disk!r} of {node}"),
                _("disks that are formatted there: {disks}"),
            ),
            "no_data_disk": Says(
                _("erase: {disk!r} is not a data disk of {node}"),
                _("disks that are formatted there: {disks}"),
            ),
        },
    ),
    Code(
        "P71",
        _("A disk contains data that was not there when the plan was made"),
        _(
            "Reported when a disk that the plan formats carries a file system, a partition table or another "
            "signature that the reviewer has not seen. It may be data written since then, and formatting would "
            "destroy it."
        ),
        _(
            "Find out what is on the disk. To erase it with the plan, list it under erase in the settings "
            "file; to keep it, run modify_node_attributes -i ADDRESS -d DISK -s 0. Then configure again "
            "with config_qingcloud -f, review and approve."
        ),
        "P71 error 172.16.80.21: pek3c-2: nvme0n1 now holds zfs_member, which was not there when the plan "
        "was made -> configure again (config_qingcloud -f -s scale_settings.pek3c.yaml), review and approve",
        says={"": Says(_("{disk} now holds {content}, which was not there when the plan was made"))},
    ),
    Code(
        "P75",
        _("The plan was changed or decided since you reviewed it"),
        _(
            "Reported when the given content hash is not that of the plan as it is now, or when the plan has "
            "been approved, rejected, replaced or reopened in the meantime. Only reviewed content can be "
            "approved or rejected; the answer shows the difference."
        ),
        _(
            "Review what changed, then decide again with the current hash: show_plan PLAN --diff shows both. "
            "If the plan was replaced, decide on the newer one."
        ),
        "P75 error content_hash: plan pek3c-2 has changed since you reviewed it: olga changed it at "
        "2026-01-31 03:12:00 UTC -> review the changes, then decide on the current plan (hash "
        "3f9d2c71a8e04b56c1d7e9f0a2b4c6d8e1f30517293b4d5f6a8c0e2143657890)",
        says={
            "look_then_decide": Says(_("review the changes, then decide on the current plan (hash {hash})")),
            "decided": Says(_("plan {plan} is already {status}"), "{then}"),
            "unknown_hash": Says(
                _("plan {plan} is not what you reviewed: it has never had the specified content hash"),
                "{look}",
            ),
            "superseded": Says(
                _("plan {plan} was superseded: {by} made {newest} at {at:datetime}"),
                _("review {newest}, which is {status}"),
            ),
            "look_again": Says(_("review it again before you continue")),
            "configure_again": Says(_("configure again for a new plan")),
            "decided_by": Says(_("plan {plan} is already {status}: {decision}"), "{then}"),
            "other_plan_by": Says(
                _("you reviewed {seen}; {by} made {plan} after it, at {at:datetime}"), "{look}"
            ),
            "draft_by": Says(
                _("plan {plan} is a draft again: {by} changed it at {at:datetime}"),
                _("review the changes, then decide"),
            ),
            "other_plan": Says(_("you reviewed {seen}; {plan} was made after it"), "{look}"),
            "draft": Says(_("plan {plan} is a draft again"), _("review the changes, then decide")),
            "changed_by": Says(
                _("plan {plan} has changed since you reviewed it: {by} changed it at {at:datetime}"), "{look}"
            ),
            "changed": Says(_("plan {plan} has changed since you reviewed it"), "{look}"),
        },
    ),
    Code(
        "P76",
        _("The reviewed version is not specified"),
        _(
            "Reported when a decision or an edit comes without the content hash of the reviewed version, or when "
            "If-Match contains several versions, any version (*), or a different one from content_hash. Without "
            "it, a change that another person made in between would be approved or overwritten unseen."
        ),
        _(
            "Pass the hash that show_plan PLAN prints (for a file, show_plan PLAN --file PATH) as --hash HASH. "
            "Over REST send it as content_hash, or the ETag of the answer in If-Match."
        ),
        "P76 error content_hash: the reviewed version is not specified: the content hash is missing -> "
        "show_plan pek3c-2 shows the plan and its content hash; pass that hash",
        says={
            "if_match": Says(
                _("If-Match {header} does not specify one reviewed version"),
                _("pass the ETag of the answer that you reviewed, or content_hash alone"),
            ),
            "no_hash_of_plan": Says(
                _("the reviewed version is not specified: the content hash is missing"),
                _("`show_plan {plan}` shows the plan and its content hash; pass that hash"),
            ),
            "no_hash_of_file": Says(
                _("the reviewed version is not specified: the content hash is missing"),
                _("`show_plan {plan} --file {path}` shows the hash of its text; pass that hash"),
            ),
        },
    ),
    Code(
        "P77",
        _("The file has changed since you started editing"),
        _(
            "Reported by edit_plan_file when the text that was edited is no longer the text in the plan. "
            "Saving would silently undo the change of the other person; the answer shows the difference."
        ),
        _(
            "Review what changed, get the current text (show_plan PLAN --file PATH), make your edit in it, and "
            "pass its hash with --hash."
        ),
        "P77 error settings/pek3cr01n01: settings/pek3cr01n01 of pek3c-2 has changed since you started "
        "editing: olga changed it at 2026-01-31 03:12:00 UTC -> review the changes, then edit the current "
        "text",
        says={
            "changed_by": Says(
                _("{path} of {plan} has changed since you started editing: {by} changed it at {at:datetime}"),
                _("review the changes, then edit the current text"),
            ),
            "changed": Says(
                _("{path} of {plan} has changed since you started editing"),
                _("review the changes, then edit the current text"),
            ),
        },
    ),
    Code(
        "P78",
        _("Another person's change is pending"),
        _(
            "Reported when a new change of haproxy.cfg or server.yaml would replace one that another person "
            "proposed and that has not been applied yet. That proposal would be lost unnoticed."
        ),
        _(
            "Review the pending change (list_changes -z ZONE). Approve and apply it, or replace it explicitly: "
            "--instead-of CHANGE with render_haproxy or set_qemu_version (REST: instead_of)."
        ),
        "P78 error instead_of: olga proposed change c-AbC12345 at 2026-01-31 03:12:00 UTC; it is draft, and "
        "a new change would replace it -> review it; to replace it anyway: --instead-of c-AbC12345 (REST: "
        "instead_of)",
        says={
            "": Says(
                _(
                    "{by} proposed change {change} at {at:datetime}; it is {state}, and a new change would replace it"
                ),
                _("review it; to replace it anyway: --instead-of {change} (REST: instead_of)"),
                _("review it; to replace it anyway, preview again"),
            )
        },
    ),
    Code(
        "P79",
        _("Another person corrected the same field of the disk"),
        _(
            "Reported by modify_node_attributes when another person corrected or cleared this field and you "
            "have not seen it. Otherwise the last writer would win, and a correction decides which disks are "
            "formatted."
        ),
        _(
            "Check the correction and its reason (describe_nodes -i ADDRESS). If yours is right, correct again "
            "with --seen-at TIME as shown in the finding (REST: seen_at)."
        ),
        "P79 error seen_at: another person corrected the same field of pek3cr01n01 (172.16.80.21): olga "
        "corrected type of sdb of pek3cr01n01 (172.16.80.21) to ssd at 2026-01-31 03:12:00 UTC: behind a "
        "RAID controller -> check it, then correct again if your value is right: --seen-at "
        "2026-01-31T03:12:00.482113Z (REST: seen_at)",
        says={
            "corrected_since": Says(
                _("another person has corrected the same field of {nodes} since you looked: {said}"),
                _("check it, then correct again if your value is right: --seen-at {newest} (REST: seen_at)"),
                page=_("check the node again; if your value is right, enter it there again"),
            ),
            "corrected": Says(
                _("another person corrected the same field of {nodes}: {said}"),
                _("check it, then correct again if your value is right: --seen-at {newest} (REST: seen_at)"),
                page=_("check the node again; if your value is right, enter it there again"),
            ),
        },
    ),
    Code(
        "P80",
        _("An irreversible action was not confirmed"),
        _(
            "Reported when retire_nodes or delete_nodes is not confirmed with exactly the host names (for more "
            "than 5 nodes: their number), or when settle_job does not specify a node. Typing the name ensures "
            "that it is the right machine."
        ),
        _(
            "Type what the finding asks for, or pass it with --confirm NAME (REST: confirm). For settle_job, "
            "specify each node that you checked: --node IP."
        ),
        "P80 error confirm: leaving service cannot be undone -> confirm it with the host name "
        "pek3cr01n01 (--confirm, or confirm over REST)",
        says={
            "nothing_runs_on": Says(
                _("a confirmation that a job has stopped cannot be undone, and no node is specified"),
                _("specify each node that you checked: {nodes}"),
            ),
            "other_typed": Says(
                _("{what} cannot be undone, but {typed!r} was typed"),
                _("confirm it with {names} (--confirm, or confirm over REST)"),
                page=_("confirm it with {names}"),
            ),
            "not_confirmed": Says(
                _("{what} cannot be undone"),
                _("confirm it with {names} (--confirm, or confirm over REST)"),
                page=_("confirm it with {names}"),
            ),
        },
    ),
    Code(
        "P81",
        _("An irreversible action needs a reason"),
        _(
            "Reported when retire_nodes comes without a reason. The audit records why the machine left service."
        ),
        _("Add --reason TEXT (REST: reason)."),
        "P81 error reason: leaving service cannot be undone, so a reason is required -> enter the reason",
        says={"": Says(_("{what} cannot be undone, so a reason is required"), _("enter the reason"))},
    ),
    Code(
        "P68",
        _("Another person must approve"),
        _(
            "INSTALLER_FOUR_EYES is set, and the person who made or changed the plan or the change tried to "
            "approve it. Another person has to review it."
        ),
        _(
            "Have another approver review and approve it (approve_plan, or render_haproxy --approve, set_qemu_version "
            "--approve)."
        ),
        "P68 olga made or changed plan pek3c-2, and INSTALLER_FOUR_EYES requires another person's approval: "
        "ask another approver to review it",
        says={
            "plan": Says(
                _(
                    "{who} made or changed plan {plan}, and INSTALLER_FOUR_EYES requires another person's approval"
                ),
                _("ask another approver to review it"),
            ),
            "change": Says(
                _("{who} made change {change}, and INSTALLER_FOUR_EYES requires another person's approval"),
                _("ask another approver to review it"),
            ),
        },
    ),
)
