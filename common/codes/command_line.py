"""Codes of command-line input."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "C01",
        _("The file cannot be read"),
        _(
            "Reported when a file passed to a command does not exist, is a folder, or is not readable for the "
            "account that runs the console."
        ),
        _(
            "Check the path and the permissions (ls -l FILE). Use - to read standard input where the command "
            "supports it."
        ),
        "C01 error scale_settings.pek3c.yaml: the file cannot be read: No such file or directory -> check "
        "the path and its permissions",
        says={"": Says(_("the file cannot be read: {reason}"), _("check the path and its permissions"))},
    ),
    Code(
        "C02",
        _("The file is too large for this command"),
        _(
            "Reported when a file or standard input is larger than any address list, configuration or export "
            "of nodes would be. Usually the wrong file was given."
        ),
        _("Check the path; split a long list of addresses and run the command for each part."),
        "C02 error ip_list: the file is larger than 1,000,000 bytes -> check that it is the right file",
        says={"": Says(_("the file is larger than {limit:,} bytes"), _("check that it is the right file"))},
    ),
    Code(
        "C03",
        _("No nodes are specified"),
        _(
            "Reported when a command gets neither addresses nor a list of nodes. An empty selection never "
            "means all nodes, so a forgotten option cannot affect the whole fleet."
        ),
        _("Specify the nodes with -i ADDRESS (addresses, ranges A-B or CIDR networks) or -I FILE."),
        "C03 error: no nodes are specified -> specify nodes with -i ADDRESS… or -I FILE",
        says={"": Says(_("no nodes are specified"), _("specify nodes with -i ADDRESS… or -I FILE"))},
    ),
    Code(
        "C04",
        _("No usable login password is specified"),
        _(
            "Reported when there is no terminal to prompt on, or the password is empty, longer than 1,024 "
            "characters, or not text in the encoding of the terminal. Without it the console cannot log in to "
            "install its key."
        ),
        _(
            "Pipe the password in with --password-stdin, or set INSTALLER_SSH_PASSWORD; use --no-password if "
            "key login already works."
        ),
        "C04 error: there is no terminal to prompt for the password -> pipe it in with --password-stdin, set "
        "INSTALLER_SSH_PASSWORD, or use --no-password if key login works",
        says={
            "no_terminal": Says(
                _("there is no terminal to prompt for the password"),
                _(
                    "pipe it in with --password-stdin, set {variable}, or use --no-password if key login works"
                ),
            ),
            "not_text": Says(
                _("the password is not text in this locale's encoding"), _("type or pipe it in as UTF-8")
            ),
            "long_password": Says(
                _("the password is longer than {limit} characters"),
                _("enter the login password of the nodes, or use --no-password if key login works"),
            ),
            "empty_password": Says(
                _("the password is empty"),
                _("enter the login password of the nodes, or use --no-password if key login works"),
            ),
        },
    ),
    Code(
        "C05",
        _("Passwords are not accepted as arguments"),
        _(
            "Reported by establish_ssh when a fourth word follows IP_LIST, SSH_PORT and USER. Arguments are "
            "visible to everyone on the host in the process list, and stay in the shell history."
        ),
        _(
            "Omit the password and enter it at the prompt, or use --password-stdin or INSTALLER_SSH_PASSWORD. "
            "Remove the line from the shell history, and change the password if other people use this host."
        ),
        "C05 error: passwords are not accepted as arguments: every user of this host could see them -> omit "
        "the password and type it at the prompt, or use --password-stdin or INSTALLER_SSH_PASSWORD; remove "
        "it from the shell history",
        says={
            "": Says(
                _("passwords are not accepted as arguments: every user of this host could see them"),
                _(
                    "omit the password and type it at the prompt, or use --password-stdin or {variable}; remove it from "
                    "the shell history"
                ),
            )
        },
    ),
    Code(
        "C06",
        _("No node has this status"),
        _(
            "Reported by collect_nodes -s when no node has the given status, for example because all new nodes "
            "were already collected. No job is started."
        ),
        _("Check the statuses with describe_nodes, then specify another one with -s, or nodes with -i."),
        "C06 error: no node has the status new -> describe_nodes shows the nodes and their status",
        says={
            "": Says(
                _("no node has the status {status}"), _("`describe_nodes` shows the nodes and their status")
            )
        },
    ),
    Code(
        "C07",
        _("The job belongs to a different action"),
        _(
            "Reported by get_status and get_log, and by their aliases such as get_scale_qingcloud_log, when "
            "both a job id and an action are given and do not match. This prevents mistaking the result of one "
            "job for that of another."
        ),
        _("Specify only the job id, or only --action for the newest job of that action."),
        "C07 error: job j-AbC12345 is a scale_qingcloud job, not a collect_nodes job -> specify either the "
        "job or the action",
        says={
            "": Says(
                _("job {job} is a {action} job, not a {wanted} job"),
                _("specify either the job or the action"),
            )
        },
    ),
    Code(
        "C08",
        _("No plan is specified"),
        _(
            "Reported when show_plan, approve_plan, reject_plan or leave_out_nodes gets neither a plan nor a "
            "zone."
        ),
        _("Specify the plan id, or -z ZONE for the open or newest plan of a zone."),
        "C08 error: no plan is specified -> specify a plan id, or -z ZONE for its newest plan",
        says={"": Says(_("no plan is specified"), _("specify a plan id, or -z ZONE for its newest plan"))},
    ),
    Code(
        "C09",
        _("No routes are specified"),
        _(
            "Reported by dump_vbc_route without a group, a zone or a job. Routes of all zones at once would "
            "end up on the wrong gateway."
        ),
        _(
            "Specify a group such as all or pek3c-hyper, -z ZONE for the networks of one zone, or --job JOB "
            "for those that a job added."
        ),
        "C09 error: no routes are specified -> specify a group (such as all), -z ZONE or --job JOB",
        says={
            "": Says(_("no routes are specified"), _("specify a group (such as all), -z ZONE or --job JOB"))
        },
    ),
    Code(
        "C10",
        _("The command was not confirmed"),
        _(
            "Reported when a command asks for confirmation and the answer is not the expected word or number, "
            "or when there is no terminal to ask on. Nothing was done."
        ),
        _(
            "Run the command again and type exactly what it asks for. In a script, pass --yes, or --hash HASH "
            "for a reviewed plan or file."
        ),
        "C10 error: not confirmed: nothing was erased -> type the number of disks, or pass --yes",
        says={
            "item": Says(
                _("not confirmed: it stays ticked"),
                _("see who ticked it, then type the item, or pass --ticked-at {at}"),
            ),
            "nothing_approved": Says(_("nothing was approved")),
            "nothing_recorded": Says(_("nothing was recorded")),
            "disk": Says(
                _("not confirmed: nothing was changed"),
                _("review the decision, then type the name, or pass --seen-at {at}"),
            ),
            "nothing_erased": Says(_("nothing was erased")),
            "nothing_left_out": Says(_("no node was left out")),
            "nothing_rejected": Says(_("nothing was rejected")),
            "file": Says(
                _("not confirmed: nothing was changed"),
                _("review the difference and type the path, or pass --hash {hash}"),
            ),
            "nothing_deleted": Says(_("nothing was deleted")),
            "number": Says(_("not confirmed: {undone}"), _("type {what}, or pass --yes")),
            "plan": Says(
                _("not confirmed: {undone}"),
                _(
                    "review it (`show_plan {plan} --diff`), then type its id, or pass --hash with its content hash"
                ),
            ),
        },
    ),
    Code(
        "C11",
        _("--archive and --template cannot be combined"),
        _(
            "Reported by copy_template when --archive and --template are given together. An example zone "
            "always consists of both its files."
        ),
        _("Use --archive MODE/ZONE for an example zone, or -t TEMPLATE with -z ZONE_ID for a template."),
        "C11 error: --archive and --template cannot be combined -> an example zone already includes both "
        "files",
        says={
            "": Says(
                _("--archive and --template cannot be combined"),
                _("an example zone already includes both files"),
            )
        },
    ),
    Code(
        "C12",
        _("No zone is specified for the template"),
        _(
            "Reported by copy_template without -z and without --archive. File names contain the zone id, so it "
            "is required."
        ),
        _("Specify -z ZONE_ID, or --archive MODE/ZONE for an example zone; --list shows the examples."),
        "C12 error: no zone is specified -> specify -z ZONE_ID, or --archive MODE/ZONE (--list shows the "
        "examples)",
        says={
            "": Says(
                _("no zone is specified"),
                _("specify -z ZONE_ID, or --archive MODE/ZONE (--list shows the examples)"),
            )
        },
    ),
    Code(
        "C14",
        _("The job does not involve the node"),
        _(
            "Reported by get_log --node when the node is not part of the job. An empty log would suggest that "
            "the node printed nothing."
        ),
        _("Specify a node of the job by address, host name or n-id; get_status JOB lists them."),
        "C14 error node: job j-AbC12345 does not involve node 'pek3cr01n09' -> specify a node by address, "
        "host name or n-id; get_status j-AbC12345 lists its nodes (such as 172.16.80.21, 172.16.80.22)",
        says={
            "": Says(
                _("job {job} does not involve node {name!r}"),
                _(
                    "specify a node by address, host name or n-id; `get_status {job}` lists its nodes (such as {few})"
                ),
            )
        },
    ),
    Code(
        "C15",
        _("The job has no phase with this name"),
        _(
            "Reported by get_log --phase when no step of the job belongs to that phase. An empty log would "
            "suggest that the phase had not started."
        ),
        _("Specify one of the phases that the finding lists."),
        "C15 error phase: job j-AbC12345 has no phase 'install' -> its phases are build_pkgs, "
        "install_nodes, update_nodes, verify, vbc_route",
        says={"": Says(_("job {job} has no phase {phase!r}"), _("its phases are {known}"))},
    ),
    Code(
        "C16",
        _("The plan belongs to another zone"),
        _(
            "Reported when a plan id and -z ZONE are given together and the plan is of another zone. One of "
            "them is wrong, and the wrong plan could be approved or rejected."
        ),
        _("Specify the plan id or the zone, not both."),
        "C16 error: plan pek3c-2 belongs to zone pek3c, not to 'pek3a' -> specify either the plan or the zone",
        says={
            "": Says(
                _("plan {plan} belongs to zone {zone}, not to {wanted!r}"),
                _("specify either the plan or the zone"),
            )
        },
    ),
    Code(
        "C17",
        _("More than one address is given"),
        _(
            "Reported by get_collection when -i holds a range or a network. Collections are kept for each "
            "node, so the command shows one node at a time."
        ),
        _("Specify one management address: get_collection -i ADDRESS."),
        "C17 error: '172.16.80.21-172.16.80.23' is 3 addresses -> specify one: collections are kept for each "
        "node",
        says={
            "": Says(_("{word!r} is {count} addresses"), _("specify one: collections are kept for each node"))
        },
    ),
    Code(
        "C18",
        _("The code does not exist"),
        _(
            "Reported by explain, and over REST, for a word that is not a code. A code is a letter and two "
            "digits, such as R02."
        ),
        _("Run explain without a code to list all codes with their meaning."),
        "C18 error code: code P99 does not exist -> explain without a code lists all codes",
        says={"": Says(_("code {code} does not exist"), _("`explain` without a code lists all codes"))},
    ),
)
