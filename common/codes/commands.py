"""Codes of commands and restarts on nodes."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "X01",
        _("The command is empty or too long"),
        _(
            "exec_nodes was given a command that is empty, has more than 4000 characters, or contains a NUL "
            "character. It would run as root on every node of the group, so it is refused before a job starts."
        ),
        _(
            "Pass the command as one quoted argument of at most 4000 characters. Copy a longer script to the "
            "nodes and run it there."
        ),
        "X01 error command: the command is empty or too long -> use at most 4000 characters",
        says={"": Says(_("the command is empty or too long"), _("use at most {limit} characters"))},
    ),
    Code(
        "X02",
        _("The timeout is out of range"),
        _(
            "exec_nodes was given a timeout below 1 or above 3600 seconds. The timeout is how long each node "
            "may take before its command is killed, and a longer one would keep a hanging node busy."
        ),
        _("Use --timeout from 1 to 3600 seconds; the default is 60."),
        "X02 error timeout: the timeout 7200 s is out of range -> use 1 to 3600 s",
        says={"": Says(_("the timeout {timeout_s} s is out of range"), _("use 1 to {limit_s} s"))},
    ),
    Code(
        "X03",
        _("The account may run read-only commands only"),
        _(
            "exec_nodes was asked to run, or resume_job to repeat, a command that can change a node, by an "
            "account without approver rights. An operator may run only read-only commands, such as "
            "supervisorctl status or lsblk, without any shell syntax."
        ),
        _("Use one of the commands listed, or ask an approver to run or resume this one."),
        "X03 job j-AbC12345 runs a command that can change a node: ask an approver to resume it",
        says={
            "start": Says(
                _("your account may run read-only commands only ({commands})"),
                _("ask an approver to run this one"),
            ),
            "resume": Says(
                _("job {job} runs a command that can change a node"), _("ask an approver to resume it")
            ),
        },
    ),
    Code(
        "X04",
        _("The group spans several regions"),
        _(
            "exec_nodes or update_nodes names a group with nodes of several regions. Only one job that "
            "changes nodes may run per region, so such a job must belong to one region."
        ),
        _("Run it once for each zone, with -z ZONE or a group such as pek3c-hyper."),
        "X04 error group: group hyper has nodes in 2 regions -> run it for one zone at a time: -z ZONE, or "
        "ZONE-GROUP",
        says={
            "": Says(
                _("group {group} has nodes in {scopes} regions"),
                _("run it for one zone at a time: -z ZONE, or ZONE-GROUP"),
                _("run it for one zone at a time"),
            )
        },
    ),
    Code(
        "X05",
        _("The job has no command output"),
        _("Only exec_nodes and update_nodes jobs record the output of each node. Other jobs have a log."),
        _("Specify a job of exec_nodes or update_nodes, or read get_log JOB."),
        "X05 error: job j-AbC12345 is a collect_nodes job -> specify a job of exec_nodes or update_nodes",
        says={"": Says(_("job {job} is a {action} job"), _("specify a job of {actions:or}"))},
    ),
    Code(
        "X06",
        _("A program name is not valid, or too many are given"),
        _(
            "restart_services was given a name that the supervisor cannot have, or more than 10 names. The "
            "names become arguments of supervisorctl restart on each machine, so anything else is refused "
            "before the job starts."
        ),
        _(
            "Specify up to 10 names as supervisorctl status prints them, such as ws_server or "
            "pitrix:compute_server."
        ),
        "X06 error services: 'ws server' is not a valid program name -> specify up to 10 names as printed by "
        "supervisorctl status",
        says={
            "no_program": Says(
                _("{name!r} is not a valid program name"),
                _("specify up to {limit} names as printed by supervisorctl status"),
            ),
            "too_many": Says(
                _("{count} programs are too many"),
                _("specify up to {limit} names as printed by supervisorctl status"),
            ),
        },
    ),
    Code(
        "X07",
        _("The console does not know where these programs run"),
        _(
            "restart_services was called without -r, and these programs do not all run in one group that the "
            "console knows, or the zone has no machine in the group they usually run on. Guessing could "
            "restart the wrong machines."
        ),
        _(
            "Add -r GROUP: a group such as webservice or hyper, or a host name. Restart programs of different "
            "groups in separate calls."
        ),
        "X07 error group: no single group is known to run all of ws_server, compute_server -> specify the "
        "machines: -r GROUP, such as webservice, hyper or a host name",
        says={
            "no_machine": Says(
                _("zone {zone} has no machine in group {group}, where these programs usually run"),
                _("specify the machines: -r GROUP, such as hyper or a host name"),
                _("specify the machines by their group, such as hyper, or by a host name"),
            ),
            "unknown_place": Says(
                _("no single group is known to run all of {programs}"),
                _("specify the machines: -r GROUP, such as webservice, hyper or a host name"),
                _("specify the machines by their group, such as webservice or hyper, or by a host name"),
            ),
        },
    ),
    Code(
        "X08",
        _("Services that must run are not RUNNING"),
        _(
            "verify_services found programs that must run but do not, or machines that could not be checked. The "
            "lines above name each of them."
        ),
        _(
            "Find the reason on the node (supervisorctl tail NAME), correct it, then start the program "
            "(restart_services -z ZONE -r NODE NAME). Repair the login of machines that could not be checked "
            "(establish_ssh)."
        ),
        "X08 not RUNNING although required: 1; machines that could not be checked: 2",
        failure=True,
        says={
            "": Says(
                _("not RUNNING although required: {wrong}; machines that could not be checked: {silent}")
            )
        },
    ),
)
