"""Codes of command-line input."""

from common.codes.registry import Code

CODES = (
    Code(
        "C01",
        "The file cannot be read",
        "Said when a file named at a command does not exist, is a folder, or may not be read by the "
        "account that runs the console.",
        "Check the path and the permissions (ls -l FILE). Use - to read standard input where the "
        "command allows it.",
        "C01 error scale_settings.pek3c.yaml: the file cannot be read: No such file or directory -> "
        "look at the path and its permissions",
    ),
    Code(
        "C02",
        "The file is too large for this command",
        "Said when a file or standard input is larger than any address list, configuration or export "
        "of nodes would be. Usually another file was named.",
        "Check that the path names the right file; split a long list of addresses and run the command "
        "for each part.",
        "C02 error ip_list: the file is larger than 1,000,000 bytes -> is it the right file?",
    ),
    Code(
        "C03",
        "No node is named",
        "Said when a command on nodes gets neither addresses nor a list. It never means all nodes, so "
        "that a forgotten option does not touch the whole fleet.",
        "Name the nodes with -i ADDRESS (addresses, ranges A-B or CIDR networks) or -I FILE.",
        "C03 error: no node is named -> name nodes with -i ADDRESS… or -I FILE",
    ),
    Code(
        "C04",
        "The login password cannot be taken",
        "Said when there is no terminal to ask at, or the password is empty, longer than 1,024 "
        "characters, or not text in the encoding of the terminal. Without it the console cannot log in "
        "to install its key.",
        "Pipe the password in with --password-stdin, or set INSTALLER_SSH_PASSWORD; give --no-password "
        "when key login works already.",
        "C04 error: there is no terminal to ask for the password -> pipe it in with --password-stdin, "
        "set INSTALLER_SSH_PASSWORD, or --no-password when key login works",
    ),
    Code(
        "C05",
        "A password is not taken as an argument",
        "Said by establish_ssh when a fourth word follows IP_LIST, SSH_PORT and USER. Arguments are "
        "visible to everyone on the host in the process list, and stay in the shell history.",
        "Leave the password out and type it at the prompt, or use --password-stdin or "
        "INSTALLER_SSH_PASSWORD. Remove the line from the shell history, and change the password if "
        "other people use this host.",
        "C05 error: a password is not taken as an argument: everybody on this host can see it there -> "
        "leave it out and type it at the prompt, or use --password-stdin or INSTALLER_SSH_PASSWORD; "
        "remove it from the shell history",
    ),
    Code(
        "C06",
        "No node is in that state",
        "Said by collect_nodes -s when no node has the given state, for example because all new nodes "
        "were collected already. No job is started.",
        "Look at the states with describe_nodes, and name another one with -s, or the nodes with -i.",
        "C06 error: no node is new -> describe_nodes shows the nodes and their states",
    ),
    Code(
        "C07",
        "The job is of another action than the one named",
        "Said by get_status and get_log, and by the commands under the runbook's names, when a job id "
        "and an action are both given and do not match. It prevents reading the result of one job as "
        "that of another.",
        "Give the job id alone, or --action alone for the newest job of that action.",
        "C07 error: job j-AbC12345 is a scale_qingcloud, not a collect_nodes -> name the job or the action",
    ),
    Code(
        "C08",
        "No plan is named",
        "Said when show_plan, approve_plan, reject_plan or leave_out_nodes gets neither a plan nor a zone.",
        "Give the plan id, or -z ZONE for the open or newest plan of a zone.",
        "C08 error: no plan is named -> give a plan id, or -z ZONE for its newest plan",
    ),
    Code(
        "C09",
        "No routes are named",
        "Said by dump_vbc_route without a group, a zone or a job. Routes of all zones at once would "
        "end up on the wrong gateway.",
        "Give a group such as all or pek3c-hyper, -z ZONE for the networks of one zone, or --job JOB "
        "for those that a job added.",
        "C09 error: nothing is named -> give a group (such as all), -z ZONE or --job JOB",
    ),
    Code(
        "C10",
        "The command was not confirmed",
        "Said when a command asks and something else than the expected word or number is typed, or "
        "when there is no terminal to ask at. Nothing was done.",
        "Run the command again and type exactly what it asks for. In a script, give what was reviewed: "
        "--yes, or --hash HASH for a plan or a file.",
        "C10 error: not confirmed: nothing was erased -> type the number of disks, or give --yes",
    ),
    Code(
        "C11",
        "An example and a template are both named",
        "Said by copy_template when --archive and --template are given together. An example zone "
        "consists of both its files, so there is nothing to choose.",
        "Give --archive MODE/ZONE for an example zone, or -t TEMPLATE with -z ZONE_ID for a template.",
        "C11 error: --archive and --template were both given -> an example has both its files already",
    ),
    Code(
        "C12",
        "No zone is named for the template",
        "Said by copy_template without -z and without --archive. File names carry the id of the zone, "
        "so it must be known.",
        "Give -z ZONE_ID, or --archive MODE/ZONE for an example zone; --list shows the examples.",
        "C12 error: no zone is named -> give -z ZONE_ID, or --archive MODE/ZONE (--list shows them)",
    ),
    Code(
        "C14",
        "The job does nothing on that node",
        "Said by get_log --node when the node is not part of the job. An empty log would look as if "
        "the node had been silent.",
        "Name a node of the job by address, host name or n-id; get_status JOB lists them.",
        "C14 error node: job j-AbC12345 does nothing on a node 'pek3cr01n09' -> name one by address, "
        "host name or n-id; get_status j-AbC12345 lists its nodes (such as 172.16.80.21, 172.16.80.22)",
    ),
    Code(
        "C15",
        "The job has no phase of that name",
        "Said by get_log --phase when no step of the job belongs to that phase. An empty log would "
        "look as if the phase had not started.",
        "Name one of the phases that the finding lists.",
        "C15 error phase: job j-AbC12345 has no phase 'install' -> its phases are build_pkgs, "
        "install_nodes, update_nodes, verify, vbc_route",
    ),
    Code(
        "C16",
        "The plan belongs to another zone",
        "Said when a plan id and -z ZONE are given together and the plan is of another zone. One of "
        "the two is a slip, and the wrong plan could be approved or rejected.",
        "Give the plan id or the zone, not both.",
        "C16 error: plan pek3c-2 is one of zone pek3c, not of 'pek3a' -> name the plan or the zone",
    ),
    Code(
        "C17",
        "More than one address is given",
        "Said by get_collection when -i holds a range or a network. Collections are kept for each "
        "node, so one node is shown at a time.",
        "Give one management address: get_collection -i ADDRESS.",
        "C17 error: '172.16.80.21-172.16.80.23' is 3 addresses -> name one: collections are of one node",
    ),
    Code(
        "C18",
        "There is no such code",
        "Said by explain, and over REST, for a word that is not a code. A code is a letter and two "
        "digits, such as R02.",
        "Run explain without a code: it lists all of them with their meaning.",
        "C18 error code: there is no code P99 -> explain without a code lists all of them",
    ),
)
