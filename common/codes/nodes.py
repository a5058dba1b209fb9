"""Codes of nodes: adding, correcting, erasing, importing."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "N01",
        _("The address file is too large or is not plain text"),
        _(
            "A list of addresses is larger than 1 MiB or is not UTF-8 text. It is probably the wrong file, "
            "such as a spreadsheet, so it is not read and no node is changed."
        ),
        _("Use a text file with one address per line, saved as UTF-8."),
        "N01 error ip_list:1: the file is not UTF-8 text -> save it as plain text",
        says={
            "too_large": Says(_("the file is larger than 1 MiB"), _("is it a list of addresses?")),
            "not_utf8": Says(_("the file is not UTF-8 text"), _("save it as plain text")),
        },
    ),
    Code(
        "N02",
        _("Not an address, a range or a network"),
        _(
            "An entry in an address list cannot be read as the address of a machine: it has a typo, a leading "
            "zero, host bits under a mask, a reversed range, or expands to more than 4096 addresses. Every "
            "invalid line is listed, and the valid lines are not processed either, so that no node is skipped "
            "unnoticed."
        ),
        _(
            "Correct each listed line: write an address, a range A-B, or a network in CIDR notation. Then "
            "repeat the command."
        ),
        "N02 error ip_list:7: '172.16.80.256' is not an address: 256 is above 255 -> write an address, "
        "a range A-B, or a network in CIDR form",
        says={
            "wrong": Says("{word!r} {what}", _("write an address, a range A-B, or a network in CIDR form")),
            "no_address": Says(_("is not an address")),
            "no_network": Says(_("is not a network")),
            "address_above_255": Says(_("is not an address: {number} is above 255")),
            "address_inside": Says(
                _("is an address inside the network {network}: write that, or the address without its mask")
            ),
            "network_above_255": Says(_("is not a network: {number} is above 255")),
            "leading_zero": Says(
                _("has a number with a leading zero, which can be read in two ways: write it without")
            ),
            "one_end": Says(_("is a range with one end only")),
            "two_families": Says(_("is a range with ends of different IP versions")),
            "backwards": Says(_("is a range that ends before it starts")),
            "too_many": Says(_("stands for {count} addresses, too many at once (the limit is {limit})")),
            "no_machine": Says(_("is not the address of a machine")),
            "zone_index": Says(_("has a zone index, which belongs to one machine only")),
        },
    ),
    Code(
        "N03",
        _("No nodes are specified"),
        _(
            "The address list is empty or holds only comments and blank lines, or a request contains no node. "
            "An empty list never means all nodes."
        ),
        _(
            "Specify nodes with -i ADDRESS or -I FILE, or all nodes in one state with -s STATUS where the "
            "command supports it."
        ),
        "N03 error ip_list: no address is given -> write one address a line",
        says={
            "no_address": Says(_("no address is given"), _("write one address a line")),
            "no_node": Says(_("no node is named"), _("give addresses, a file, or a status")),
        },
    ),
    Code(
        "N04",
        _("No node has this management address"),
        _(
            "A command names an address that was never added, or whose node was deleted. The other nodes are "
            "not processed either, so a typo cannot leave a batch half done."
        ),
        _("Check the address with describe_nodes. Correct it, or register the machine with add_nodes."),
        "N04 error 172.16.80.21: no node has the address 172.16.80.21 -> add_nodes first, or correct "
        "the address",
        says={
            "": Says(_("no node has the address {address}"), _("`add_nodes` first, or correct the address"))
        },
    ),
    Code(
        "N05",
        _("The node is already registered"),
        _(
            "An address to add belongs to a registered node (retired nodes included), or another person added "
            "it at the same time. An address belongs to one node, and add_nodes and import_nodes are "
            "all-or-nothing, so no node was added."
        ),
        _(
            "Remove the addresses that describe_nodes shows, and repeat. If a new machine has taken over the "
            "address of a retired one, run delete_nodes for the old node first."
        ),
        "N05 error 172.16.80.21: 172.16.80.21 is registered already -> leave it out; describe_nodes shows it",
        says={
            "registered": Says(
                _("{address} is registered already"), _("leave it out; `describe_nodes` shows it")
            ),
            "retired": Says(
                _("{address} is registered as a machine that has retired"),
                _("if another one has its address now, `delete_nodes` first"),
            ),
            "added_meanwhile": Says(
                _("somebody else added one of these nodes a moment ago"),
                _("look at `describe_nodes -s new`, then repeat"),
            ),
            "imported_meanwhile": Says(
                _("somebody else added one of these nodes a moment ago"),
                _("nothing was imported: import again"),
            ),
        },
    ),
    Code(
        "N06",
        _("The SSH port is out of range"),
        _(
            "The SSH port of add_nodes or establish_ssh is below 1 or above 65535, so no machine can be "
            "reached there."
        ),
        _("Specify the port that sshd on the nodes listens on, from 1 to 65535; the default is 22."),
        "N06 error port: port 70000 does not exist -> use 1 to 65535",
        says={"": Says(_("port {port} does not exist"), _("use 1 to 65535"))},
    ),
    Code(
        "N07",
        _("The login name is not valid"),
        _(
            "The SSH user of add_nodes or establish_ssh does not look like a Linux account: lower-case "
            "letters, digits, _ and -, at most 32 characters, starting with a letter or _. Other names, such "
            "as names with a dot, are not supported."
        ),
        _("Specify the name of the account on the nodes, such as root."),
        "N07 error user: 'Admin User' is no login name -> use the name of the account",
        says={"": Says(_("{user!r} is no login name"), _("use the name of the account"))},
    ),
    Code(
        "N08",
        _("The node is in use and cannot be deleted"),
        _(
            "A node to delete is being collected or installed, or it has a role in a plan or a zone. Deleting "
            "it would leave the plan or the zone without its machine, so none of the specified nodes is "
            "deleted."
        ),
        _(
            "Take it out of use first: retire_nodes for an active node, leave_out_nodes for one in a plan; "
            "for a running job, wait or cancel_job. Then repeat delete_nodes."
        ),
        "N08 error 172.16.80.21: pek3cr01n21 (172.16.80.21) is active -> retire_nodes -i 172.16.80.21, "
        "then delete",
        says={
            "in_a_plan": Says(
                _("{node} is {status}"),
                _(
                    "`leave_out_nodes -z {zone} -i {address}` takes it out of its plan, then delete; a plan "
                    "of which no node is to stay is rejected: `reject_plan -z {zone}`"
                ),
            ),
            "in_service": Says(_("{node} is {status}"), _("`retire_nodes -i {address}`, then delete")),
            "in_a_job": Says(
                _("{node} is {status}"),
                _("wait for its job (`get_status {job}`) or cancel it (`cancel_job {job}`), then look again"),
            ),
        },
    ),
    Code(
        "N09",
        _("A plan still holds the node"),
        _(
            "A node to delete is in a deletable state, but a plan has reserved something for it, such as an "
            "EIP segment or a VBC. The reservation would refer to a missing node, so none of the specified "
            "nodes is deleted."
        ),
        _("Reject the plan with reject_plan, then repeat delete_nodes."),
        "N09 error: in use: eip pool 139.198.10.0/24 on pek3cr01n05 (172.16.80.5) -> reject the plan "
        "that it belongs to: reject_plan pek3c-2, then delete",
        says={
            "": Says(
                _("in use: {kind} {name}"),
                _("reject the plan that it belongs to: `reject_plan {plan}`, then delete"),
            )
        },
    ),
    Code(
        "N10",
        _("The correction changes nothing"),
        _(
            "modify_node_attributes was called without a value to set and without a field to clear, so "
            "there is nothing to do."
        ),
        _("Specify at least one of -t TYPE, -S GB, -s 0 or 1, or --clear FIELD."),
        "N10 error: nothing is to be changed -> give -t, -S, -s or --clear",
        says={
            "": Says(
                _("nothing is to be changed"),
                _("give -t, -S, -s or --clear"),
                _("change a type, a size or a use, or clear a correction"),
            )
        },
    ),
    Code(
        "N11",
        _("Unknown disk type"),
        _(
            "A correction gives a type other than ssd, sata, sas or nvme. Rules for roles count disks by type, "
            "so an unknown type would make a disk unusable for every role."
        ),
        _("Use ssd, sata, sas or nvme."),
        "N11 error type: 'hdd' is no disk type -> use ssd, sata, sas, nvme",
        says={"": Says(_("{type!r} is no disk type"), _("use {types}"))},
    ),
    Code(
        "N12",
        _("The disk status is neither 0 nor 1"),
        _("A correction has an invalid status. The status decides whether the platform may use the disk."),
        _("Use 1 for a disk that may be used, 0 for one that must not be used."),
        "N12 error status: status 2 does not exist -> use 1 usable, 0 not to be used",
        says={"": Says(_("status {status} does not exist"), _("use 1 usable, 0 not to be used"))},
    ),
    Code(
        "N13",
        _("The disk size is out of range"),
        _(
            "A corrected size is zero, negative, or more than 10^18 bytes. Usually the unit is wrong: the "
            "command takes GB, the REST API takes bytes."
        ),
        _("Specify GB (10^9 bytes) with -S, such as -S 3200; in a REST request, send size_bytes in bytes."),
        "N13 error size_bytes: no disk has this size -> give GB (10^9 bytes), such as -S 3200; REST: "
        "size_bytes, in bytes",
        says={
            "": Says(
                _("no disk has this size"),
                _("give GB (10^9 bytes), such as -S 3200; REST: size_bytes, in bytes"),
                _("enter the size in GB (10^9 bytes), such as 3200"),
            )
        },
    ),
    Code(
        "N14",
        _("The field cannot be corrected, so it cannot be cleared"),
        _(
            "A correction to clear names a field other than type, size_bytes and status. Only these three can "
            "be corrected; all other fields come from the last collection."
        ),
        _(
            "Clear type, size_bytes or status. If another fact is wrong, collect the node again with "
            "collect_nodes."
        ),
        "N14 error clear: 'serial' is never corrected -> clear type, size_bytes, status",
        says={"": Says(_("{field!r} is never corrected"), _("clear {fields}"))},
    ),
    Code(
        "N15",
        _("A field is both set and cleared"),
        _(
            "A correction gives a new value for a field and clears the same field. The two contradict each "
            "other."
        ),
        _("Omit either the value or --clear for that field."),
        "N15 error clear: type is both set and cleared -> do one of the two",
        says={"": Says(_("{field} is both set and cleared"), _("do one of the two"))},
    ),
    Code(
        "N16",
        _("The node has no disk with this name"),
        _(
            "A disk to correct or to erase is not among those that the last collection saw on the node. Names "
            "such as sdb differ between machines and may change with a restart; the other nodes of the call "
            "are not processed either."
        ),
        _(
            "List the disks with describe_nodes -i ADDRESS and correct the name. If the list is empty or old, "
            "run collect_nodes first."
        ),
        "N16 error 172.16.80.21: pek3cr01n21 (172.16.80.21) has no disk 'sdz' -> describe_nodes shows "
        "its disks; collect it first if it has none",
        says={
            "unknown": Says(
                _("{node} has no disk {disk!r}"),
                _("`describe_nodes` shows its disks; collect it first if it has none"),
            ),
            "unknown_to_erase": Says(_("{node} has no disk {disk!r}"), _("`describe_nodes` shows its disks")),
        },
    ),
    Code(
        "N17",
        _("--seen names a node that is not in the call"),
        _(
            "--seen (REST: seen) describes a disk on an address that is not among the nodes to correct. The "
            "two lists do not match, so it is unclear which nodes are meant."
        ),
        _("Specify the node with -i as well, or remove it from --seen."),
        "N17 error seen: 172.16.80.22 is none of the nodes named -> name it, or leave it out",
        says={"": Says(_("{address} is none of the nodes named"), _("name it, or leave it out"))},
    ),
    Code(
        "N18",
        _("The disk is not the one that you saw"),
        _(
            "The node was collected since, and the name now refers to a drive with another identity or size. A "
            "correction for the old drive would be wrong for the new one, so nothing was changed."
        ),
        _("Run describe_nodes -i ADDRESS --format json again, then correct with the known_by that it shows."),
        "N18 error 172.16.80.21: sdb of pek3cr01n21 (172.16.80.21) is another disk than you saw: it is "
        "wwn:0x5000c500a1b2c3d4 4000787030016 bytes now, it was wwn:0x5000c500e5f60718 3200631791616 -> "
        "look at the node again (describe_nodes -i 172.16.80.21 shows known_by), then correct",
        says={
            "": Says(
                _("{disk} of {node} is another disk than you saw: it is {now} bytes now, it was {before}"),
                _("look at the node again (`describe_nodes -i {address}` shows known_by), then correct"),
            )
        },
    ),
    Code(
        "N20",
        _("--replace-host-key names a node that is not in the call"),
        _(
            "--replace-host-key names an address that is not among the nodes of establish_ssh. Accepting a "
            "changed key is a decision for one machine, so a stray address is refused."
        ),
        _("Add the address to the list of establish_ssh as well, or remove it from --replace-host-key."),
        "N20 error replace_host_keys: 172.16.80.22 is not among the nodes of this call -> name it in both",
        says={"": Says(_("{addresses} is not among the nodes of this call"), _("name it in both"))},
    ),
    Code(
        "N21",
        _("Collecting a node in use requires --force"),
        _(
            "collect_nodes, import_nodes or reparse_nodes names a node that is configured, being installed, "
            "active or retired. Its facts are the basis of a plan or of a running zone; new facts may void "
            "an approval."
        ),
        _("Omit the node, or add --force (REST: force) to read its facts again."),
        "N21 error 172.16.80.21: pek3cr01n21 (172.16.80.21) is active: its hardware is in use by a plan "
        "or by the platform -> add --force if it is to be read again all the same",
        says={
            "": Says(
                _("{node} is {status}: its hardware is in use by a plan or by the platform"),
                _("add --force if it is to be read again all the same"),
                _(
                    'choose "Collect hardware, including nodes in service" if it is to be read again all the same'
                ),
            )
        },
    ),
    Code(
        "N30",
        _("Unknown erase mode"),
        _(
            "An erase preview was requested with a mode other than quick or full. quick removes signatures and "
            "both ends of the disk; full overwrites every byte and takes hours."
        ),
        _("Use --mode quick or --mode full."),
        "N30 error mode: 'fast' is no way to erase -> use quick or full",
        says={"": Says(_("{mode!r} is no way to erase"), _("use {modes:or}"))},
    ),
    Code(
        "N31",
        _("No disk to erase is specified"),
        _(
            "An erase preview names no disk, or an empty name. The console never chooses disks to erase on its "
            "own."
        ),
        _("Specify the disks with -d DISK, such as -d nvme0n1."),
        "N31 error disks: no disk is named -> name disks, such as nvme0n1",
        says={"": Says(_("no disk is named"), _("name disks, such as nvme0n1"))},
    ),
    Code(
        "N32",
        _("Not enough is known about the node to erase its disks"),
        _(
            "The node was never collected, its OS disk is not known (a live or network-booted system), or its "
            "host key is not pinned. Without this, the console cannot tell data disks from the system disk or "
            "verify the machine, so nothing is erased."
        ),
        _(
            "Boot the installed system, then run establish_ssh and collect_nodes for the node. Repeat "
            "erase_data_disks."
        ),
        "N32 error 172.16.80.21: pek3cr01n21 (172.16.80.21): its host key is not pinned -> run "
        "establish_ssh for it",
        says={
            "never_collected": Says(_("{node} was never collected"), _("collect it first")),
            "no_os_disk": Says(
                _("{node}: its OS disk is not known (a live or network-booted system?)"),
                _("boot the installed system and collect it again"),
            ),
            "no_host_key": Says(_("{node}: its host key is not pinned"), _("run `establish_ssh` for it")),
        },
    ),
    Code(
        "N33",
        _("The erase preview is no longer valid"),
        _(
            "Erasing requires an unused preview that the same person opened within the last 15 minutes. This "
            "one is unknown, belongs to another person, was used or has expired; a job that starts or resumes "
            "after that time is refused as well, because the disks may have changed."
        ),
        _(
            "Run erase_data_disks again, compare the new preview with the labels of the drives, then confirm. "
            "If a paused job holds the nodes, cancel it first (cancel_job JOB)."
        ),
        "N33 error permit_id: this preview expired at 08:15 UTC -> look at a new preview, then erase",
        says={
            "expired": Says(_("this preview expired at {at:time}"), _("look at a new preview, then erase")),
            "unknown": Says(_("there is no such preview"), _("look at a new preview, then erase")),
            "of_another": Says(
                _("this preview was made by {made_by}; who erases must have seen it"),
                _("look at a new preview, then erase"),
            ),
            "used": Says(
                _("this preview was used already, by job {job}"),
                _("wait for that job (`get_status {job}`), then look at a new preview, and erase"),
            ),
            "job_paused": Says(
                _("the preview of this job has expired: nothing more is erased by it"),
                _("`cancel_job {job}` first, then look at a new preview, then erase"),
            ),
            "job_ended": Says(
                _("the preview of this job has expired: nothing more is erased by it"),
                _("look at a new preview, then erase"),
            ),
        },
    ),
    Code(
        "N34",
        _("A node of the erase preview was deleted"),
        _(
            "Nodes were deleted between the preview and the confirmation. The confirmation no longer matches, "
            "so nothing is erased on the other nodes either."
        ),
        _("Run erase_data_disks again without these nodes."),
        "N34 error: 172.16.80.21 of this preview were deleted since -> look at a new preview without "
        "them, then erase",
        says={
            "": Says(
                _("{addresses} of this preview were deleted since"),
                _("look at a new preview without them, then erase"),
            )
        },
    ),
    Code(
        "N35",
        _("Disks cannot be erased in this node state"),
        _(
            "The node is active, being installed or being collected. Data of a running zone, or a disk that "
            "a job works on, would be lost."
        ),
        _(
            "Omit an active node, or remove it from its zone with retire_nodes first. For a node that is "
            "collecting or scaling, wait until its job ends."
        ),
        "N35 error 172.16.80.21: pek3cr01n21 (172.16.80.21) is active: its disks are not erased -> "
        "leave it out: what a machine in service holds is not erased",
        says={
            "in_service": Says(
                _("{node} is {status}: its disks are not erased"),
                _("leave it out: what a machine in service holds is not erased"),
            ),
            "at_work": Says(_("{node} is {status}: its disks are not erased"), _("wait until that is over")),
        },
    ),
    Code(
        "N36",
        _("The disk carries the operating system"),
        _(
            "A disk to erase is the OS disk of the node, or one of the drives below it in a RAID or multipath "
            "set. Erasing it would destroy the system."
        ),
        _(
            "Remove the disk from -d. If the name is a data disk on other nodes, erase those in a separate call."
        ),
        "N36 error 172.16.80.21: sda of pek3cr01n21 (172.16.80.21) is the OS disk -> leave it out",
        says={
            "system_part": Says(_("{disk} of {node} carries the operating system"), _("leave it out")),
            "os_disk": Says(_("{disk} of {node} is the OS disk"), _("leave it out")),
        },
    ),
    Code(
        "N37",
        _("The disk cannot be identified reliably"),
        _(
            "The disk has neither a WWN nor a serial number, only a name, and a name may belong to another "
            "drive after a restart. The console erases only a disk that it can match to the preview."
        ),
        _(
            "Identify the drive on the machine, then erase it manually with exec_nodes ADDRESS 'wipefs -a "
            "/dev/DISK', and run collect_nodes."
        ),
        "N37 error 172.16.80.21: sdb of pek3cr01n21 (172.16.80.21) has neither a WWN nor a serial of "
        "its own: it could not be recognised again -> make sure there which disk it is, then erase it "
        "by hand: exec_nodes 172.16.80.21 'wipefs -a /dev/sdb', and collect it again: collect_nodes -i "
        "172.16.80.21",
        says={
            "": Says(
                _(
                    "{disk} of {node} has neither a WWN nor a serial of its own: it could not be recognised again"
                ),
                _(
                    "make sure there which disk it is, then erase it by hand: `exec_nodes {address} {wipe}`, and "
                    "collect it again: `collect_nodes -i {address} {force}`"
                ),
            )
        },
    ),
    Code(
        "N38",
        _("The disk is in use on its node"),
        _(
            "A disk to erase is mounted, used as swap, or part of an active LVM, RAID, ZFS or encrypted "
            "volume. Erasing a disk in use damages its data and may hang the node."
        ),
        _(
            "Release the disk with the command in the finding, run collect_nodes for the node, then repeat "
            "erase_data_disks."
        ),
        "N38 error 172.16.80.21: sdb of pek3cr01n21 (172.16.80.21) is in use: sdb1 is mounted on /data "
        "(umount /data) -> let go of it: exec_nodes 172.16.80.21 'umount /data', then collect it again: "
        "collect_nodes -i 172.16.80.21",
        says={
            "release_there": Says(
                _("let go of it there, then collect it again: `collect_nodes -i {address} {force}`")
            ),
            "release_by": Says(
                _(
                    "let go of it: `exec_nodes {address} {command}`, then collect it again: `collect_nodes "
                    "-i {address} {force}`"
                )
            ),
            "in_use": Says(_("{disk} of {node} is in use: {user}"), "{release}"),
        },
    ),
    Code(
        "N39",
        _("The disk differs from the preview"),
        _(
            "The node was collected after the preview, and the disk is missing or its WWN, serial, link, model "
            "or size differs. A drive may have been replaced, so nothing is erased."
        ),
        _("Run erase_data_disks again and compare the new preview with the labels of the drives."),
        "N39 error 172.16.80.21: sdb (serial S3Z8NB0K123456) of 172.16.80.21 is not what it was in this "
        "preview: the node was collected since, and no disk of this identity was seen -> look at a new "
        "preview, then erase",
        says={
            "": Says(
                _("{disk} (serial {serial}) of {address} is not what it was in this preview: {reason}"),
                _("look at a new preview, then erase"),
            )
        },
    ),
    Code(
        "N40",
        _("The raw output of this node is not available"),
        _(
            "No collection output is stored for the node or under this number, or the stored output is "
            "damaged. Only the newest collections of a node are kept, and imported facts have no output."
        ),
        _("Use a number that get_collection -i ADDRESS lists, or run collect_nodes."),
        "N40 error 172.16.80.21: no output of 172.16.80.21 is kept under number 7 -> output is kept of "
        "number 12, 11",
        says={
            "collect_it": Says(_("collect the node: `collect_nodes -i {address} {force}`")),
            "other_numbers": Says(_("output is kept of number {numbers}")),
            "none": Says(_("no output of {address} is kept"), "{others}"),
            "none_of_the_number": Says(_("no output of {address} is kept under number {number}"), "{others}"),
            "damaged": Says("{reason}", "{others}"),
        },
    ),
    Code(
        "N42",
        _("The erase job belongs to another person's preview"),
        _(
            "resume_job was called for an erase whose preview another person made. The person who erases must "
            "have seen what will be lost."
        ),
        _(
            "Ask that person to resume the job, or run erase_data_disks and review your own preview. If the "
            "job is paused, cancel it first (cancel_job JOB)."
        ),
        "N42 error: the preview of this job was made by olga -> look at a preview of your own, then erase",
        says={
            "paused": Says(
                _("the preview of this job was made by {made_by}"),
                _("`cancel_job {job}` first, then look at a preview of your own, then erase"),
            ),
            "ended": Says(
                _("the preview of this job was made by {made_by}"),
                _("look at a preview of your own, then erase"),
            ),
        },
    ),
    Code(
        "N43",
        _("Another node uses the same disk"),
        _(
            "A disk to erase has the WWN of a disk that another node uses: it carries that node's system, "
            "is mounted there, or that node is in service or busy. It is shared storage, or one machine was "
            "added under two addresses, and erasing it would destroy the other node's data."
        ),
        _(
            "Omit the disk. If the other node no longer needs it, unmount it there, collect that node again "
            "and repeat."
        ),
        "N43 error 172.16.80.21: sdb of 172.16.80.21 is also sdc of pek3cr01n22 (172.16.80.22) (WWN "
        "0x600508b1001c4d3a), which carries the operating system there -> leave the disk out",
        says={
            "system_there": Says(
                _(
                    "{disk} of {address} is also {other} of {node} (WWN {wwn}), which carries the operating "
                    "system there"
                ),
                _("leave the disk out"),
            ),
            "active_there": Says(
                _("{disk} of {address} is also {other} of {node} (WWN {wwn}), and that node is active"),
                _("leave the disk out"),
            ),
            "at_work_there": Says(
                _("{disk} of {address} is also {other} of {node} (WWN {wwn}), and that node is {status}"),
                _("leave the disk out, or wait until that is over"),
            ),
            "mounted_there": Says(
                _(
                    "{disk} of {address} is also {other} of {node} (WWN {wwn}), which is mounted on {points} "
                    "there"
                ),
                _("leave the disk out, or {release}"),
            ),
        },
    ),
    Code(
        "N44",
        _("The disk is not local to the machine"),
        _(
            "A disk to erase is reached over a network (iSCSI, Fibre Channel, SRP, NVMe over fabrics or a "
            "network block device), so other machines may use it too. It can be erased only after it was "
            "marked usable for this node."
        ),
        _(
            "Omit the disk. If only this node uses it, run modify_node_attributes -i ADDRESS -d DISK -s 1 "
            "--reason TEXT, then repeat."
        ),
        "N44 error 172.16.80.21: sdd of pek3cr01n21 (172.16.80.21) is not in this machine (iSCSI): "
        "others may use it -> leave it out; when it is this node's alone, correct its use to usable "
        "first",
        says={
            "": Says(
                _("{disk} of {node} is {reason}: others may use it"),
                _("leave it out; when it is this node's alone, correct its use to usable first"),
            )
        },
    ),
    Code(
        "N50",
        _("The import file has an invalid value"),
        _(
            "A file for import_nodes is damaged, holds no nodes or more than 4096, names a node twice, or has "
            "a value of the wrong type or size. All errors are listed and nothing is imported, because a "
            "partial import would leave inconsistent facts and corrections."
        ),
        _(
            "Correct each value, or export again with export_nodes; in a spreadsheet, format columns of long "
            "numbers as text and save as CSV UTF-8. Check with import_nodes FILE --dry-run."
        ),
        "N50 error nodes.json: node_set[0].ssh_port: 70000 is no whole number from 1 to 65535 -> correct it",
        says={
            "odd_character": Says("{field}: {odd:detail}", "{odd:remedy}"),
            "no_object": Says(_("{field}: {value} is no object"), _("write it as `describe_nodes` does")),
            "too_long": Says(
                _("{field}: {value} is longer than {limit} characters or has control characters in it"),
                _("shorten or clean it"),
            ),
            "unknown_word": Says(_("{field}: {value} is not known"), _("use {words}")),
            "no_flag": Says(_("{field}: {value} is neither true nor false"), _("write true or false")),
            "wrong_year": Says(
                _("{field}: {value} is no time at which anything was done"), _("correct the year")
            ),
            "item_no_text": Says(_("{field}: {value} in it is no clean short text"), _("correct it")),
            "no_list": Says(_("{field}: it is no list, or has more than {limit} items"), _("correct it")),
            "rounded_text": Says(
                _("{field}: {value} is no text"),
                _(
                    "write all its digits; in a spreadsheet, format the column as text first: it shortens "
                    "long numbers"
                ),
            ),
            "no_text": Says(_("{field}: {value} is no text"), _("write it in quotes")),
            "rounded_number": Says(
                _("{field}: {value} is no whole number from {low} to {high}"),
                _(
                    "write all its digits; in a spreadsheet, format the column as text first: it shortens "
                    "long numbers"
                ),
            ),
            "no_number": Says(_("{field}: {value} is no whole number from {low} to {high}"), _("correct it")),
            "no_time": Says(_("{field}: {value} is no time"), _("write it like 2026-03-04T05:06:07Z")),
            "no_address": Says(_("{field}: {value} is no address"), _("correct it")),
            "no_disk_size": Says(_("{field}: it is missing"), _("every disk needs its size in bytes")),
            "disk_twice": Says(_("{field}: disk {name!r} is there twice"), _("leave one of them out")),
            "interface_twice": Says(
                _("{field}: interface {name!r} is there twice"), _("leave one of them out")
            ),
            "no_disk_name": Says(_("{field}: it is missing"), _("every disk needs a name, such as sdb")),
            "half_correction": Says(
                _("{field}: it is missing"), _("a correction has what was observed and what overrides it")
            ),
            "no_interface_name": Says(
                _("{field}: it is missing"), _("every interface needs a name, such as eth0")
            ),
            "never_corrected": Says(_("{field}: this field is never corrected"), _("leave it out")),
            "no_node": Says(_("there is no node in the file"), _("is it the right file?")),
            "too_many_nodes": Says(
                _("there are more than {limit} nodes in the file"), _("import it in parts")
            ),
            "no_node_set": Says(
                _('there is no list of nodes in the file: {{"node_set": [...]}} is looked for'),
                _("give a file that `export_nodes` wrote, or `describe_nodes --format json`"),
            ),
            "key_twice": Says(_("{key!r} is there twice in one object"), _("leave one of them out")),
            "no_node_address": Says(
                _("{field}: it is missing"), _("every node needs its management address")
            ),
            "no_login_name": Says(_("{field}: it is no login name"), _("use the name of the account")),
            "no_host_key": Says(
                _("{field}: it is no host key, or a damaged one"),
                _("write TYPE KEY, as in /etc/ssh/ssh_host_ed25519_key.pub of the node, or leave it out"),
            ),
            "not_utf8": Says(
                _("the file is not UTF-8 text"), _("save it as UTF-8 (Excel calls that 'CSV UTF-8')")
            ),
            "broken_json": Says(_("the JSON breaks off or is damaged: {reason}"), _("export it again")),
            "deep_json": Says(
                _("the JSON is nested too deeply, or has a number that is too long"), _("export it again")
            ),
            "node_twice": Says(_("{address} is in the file twice"), _("leave one of them out")),
            "wrong_cells": Says(
                _("the line has another number of cells than the first line"), _("count its separators")
            ),
            "unknown_record": Says(_("record {record!r} is not known"), _("use {records}")),
            "node_later": Says(
                _("a line record={record} of {address!r} comes before its record=node"),
                _("put the node first"),
            ),
            "no_address_column": Says(
                _("there is no column mgmt_address"),
                _("the first line names the columns; `export_nodes --format csv` shows them"),
            ),
            "wrong_columns": Says(
                _("these columns are unknown or there twice: {columns!r}"), _("the columns are {known}")
            ),
            "line_twice": Says(_("{address} is there twice"), _("leave one of the lines out")),
            "no_csv": Says(_("this is no CSV: {reason}"), _("export it again, as UTF-8")),
        },
    ),
    Code(
        "N75",
        _("The disk was not seen by the last collection, so its corrections can only be cleared"),
        _(
            "A correction names a disk by its identity, and the last collection of the node did not see that "
            "disk. Earlier corrections are kept in case the disk returns; a new value would have no "
            "observation to compare with."
        ),
        _(
            "Clear the old correction with --clear FIELD. To correct a disk that is present, use its name, "
            "such as -d sdb."
        ),
        "N75 error 172.16.80.21: sdb (wwn:0x5000c500a1b2c3d4) of pek3cr01n21 (172.16.80.21) is not seen "
        "any more -> only clear what was said of it; correct a disk that is there by its name",
        says={
            "": Says(
                _("{disk} ({identity}) of {node} is not seen any more"),
                _("only clear what was said of it; correct a disk that is there by its name"),
            )
        },
    ),
    Code(
        "N80",
        _("SSH is not set up for the node"),
        _(
            "collect_nodes names a node whose host key is not pinned, because establish_ssh has not "
            "succeeded for it. The console connects only to machines whose host key it knows, so the job "
            "would fail; it is not started for any node."
        ),
        _("Run establish_ssh IP_LIST for these nodes, then repeat collect_nodes."),
        "N80 error 172.16.80.21: 172.16.80.21: the installer's key was not established there: no host "
        "key is pinned -> establish_ssh for it first (user root, port 22), then collect it",
        says={
            "": Says(
                _("{node}: the installer's key was not established there: no host key is pinned"),
                _("`establish_ssh` for it first (user {user}, port {port}), then collect it"),
            )
        },
    ),
    Code(
        "N81",
        _("A job that needed a password cannot be resumed"),
        _(
            "resume_job names an establish_ssh job. Its password is deleted when the job ends, so the "
            "remaining nodes need a new job, for which the password is entered again."
        ),
        _(
            "Run establish_ssh JOB: it continues with the nodes that this job did not complete, with the same "
            "port and user."
        ),
        "N81 error: job j-AbC12345 cannot go on: establish_ssh forgets its password when it ends -> "
        "begin it anew for the 2 nodes that are left (172.16.80.21, 172.16.80.22): establish_ssh "
        "j-AbC12345, or the button of that name on the page of the job",
        says={
            "": Says(
                _("job {job} cannot go on: {action} forgets its password when it ends"),
                _(
                    "begin it anew for the {count} nodes that are left ({nodes}): {action} {job}, or the button "
                    "of that name on the page of the job"
                ),
            ),
            "again": Says(
                _("`establish_ssh {job}` with the password, which is not kept, begins anew for them")
            ),
        },
    ),
    Code(
        "N82",
        _("The job given instead of an address file has no nodes left"),
        _(
            "establish_ssh was given a job id, but the job is of another kind, or it succeeded on all its "
            "nodes. There is nothing to continue."
        ),
        _(
            "Specify a file of addresses, or the id of an establish_ssh job that failed or was cancelled: "
            "get_status --action establish_ssh shows the newest."
        ),
        "N82 error: job j-AbC12345 is no establish_ssh that left nodes behind -> name a file of "
        "addresses, or another job",
        says={
            "": Says(
                _("job {job} is no `establish_ssh` that left nodes behind"),
                _("name a file of addresses, or another job"),
            )
        },
    ),
    Code(
        "N83",
        _("The known_hosts file cannot be used"),
        _(
            "A file for --known-hosts is not text, is damaged or too long, holds no usable host key, or has "
            "too many hashed names to look up. Host keys decide which machine is trusted, so one invalid line "
            "rejects the whole file."
        ),
        _(
            "Use a file as printed by ssh-keyscan -f ip_list, for these nodes only, with lines ADDRESS TYPE "
            "KEY. Compare the keys on the consoles of the nodes."
        ),
        "N83 error known_hosts:3: it is no line of host names, type and key -> write ADDRESS TYPE KEY, "
        "as ssh-keyscan prints it",
        says={
            "authority": Says(
                _(
                    "@cert-authority is passed over: a key that an authority signed is not accepted, give "
                    "the keys themselves"
                )
            ),
            "unknown_marker": Says(
                _("{marker!r} is no marker that is known"),
                _("write ADDRESS TYPE KEY, as ssh-keyscan prints it"),
            ),
            "no_entry": Says(
                _("it is no line of host names, type and key"),
                _("write ADDRESS TYPE KEY, as ssh-keyscan prints it"),
            ),
            "damaged_key": Says(
                _("the key behind {names!r} is damaged, or not of the type {type!r}"),
                _("write ADDRESS TYPE KEY, as ssh-keyscan prints it"),
            ),
            "key_type_unused": Says(
                _("a key of type {type} is passed over: it is used with none of {types}")
            ),
            "damaged_hash": Says(
                _("its hashed name is damaged"), _("write ADDRESS TYPE KEY, as ssh-keyscan prints it")
            ),
            "too_long": Says(_("the file has more than {lines:,} lines"), _("give it in parts")),
            "too_many_hashes": Says(
                _("{hashed} hashed names are too many to be tried for {nodes} nodes"),
                _("give a file of these nodes only: ssh-keyscan -f ip_list"),
                page=_("give a file of these nodes only, such as ssh-keyscan prints"),
            ),
            "no_text": Says(
                _("the file is not text"), _("give a known_hosts file, such as ssh-keyscan prints")
            ),
            "all_skipped": Says(_("there is no host key in the file"), "{notes:;}"),
            "no_key": Says(_("there is no host key in the file"), _("give what ssh-keyscan prints")),
            "line_skipped": Says("{file}:{line}: {why}"),
        },
    ),
    Code(
        "N84",
        _("The pinned host key differs from the known_hosts file"),
        _(
            "The file for --known-hosts has another host key for the node than the pinned one. Either the "
            "machine was reinstalled, or one of the two keys is another machine's; a pinned key is never "
            "replaced silently."
        ),
        _(
            "Compare the fingerprints on the node's console. If the file is right, run establish_ssh with "
            "--replace-host-key ADDRESS; if it is wrong, correct the file."
        ),
        "N84 error known_hosts: pek3cr01n21 (172.16.80.21) is pinned with "
        "SHA256:Zk3vN7Qw0XyTq5mB8cRf2hLdJ9sPaUe4GiKoV6wxY1s, and the file says "
        "SHA256:b9LpR2MdcUaE7tXn4vQz0WkGy3HsJf6oTiBm8rCe5Dw -> compare on the node's console, then "
        "establish_ssh --replace-host-key 172.16.80.21",
        says={
            "": Says(
                _("{node} is pinned with {pinned}, and the file says {given}"),
                _("compare on the node's console, then `establish_ssh --replace-host-key {address}`"),
            )
        },
    ),
    Code(
        "N85",
        _("The known_hosts file has no key for the node"),
        _(
            "With --known-hosts only keys from the file are accepted, and the file has none for a node that "
            "has no pinned key yet. Without a key to compare, any machine at that address would be trusted."
        ),
        _(
            "Add the key to the file with ssh-keyscan after comparing it on the node's console, or add "
            "--accept-new to trust it on first use."
        ),
        "N85 error known_hosts: 172.16.80.21 is not in the known_hosts file -> add its key "
        "(ssh-keyscan, compared on its console), or let it be trusted on first use: --accept-new",
        says={
            "": Says(
                _("{node} is not in the known_hosts file"),
                _(
                    "add its key (ssh-keyscan, compared on its console), or let it be trusted on first use: "
                    "--accept-new"
                ),
                _(
                    "add its key (ssh-keyscan, compared on its console), or leave the list empty and tick "
                    '"Trust host keys on first contact"'
                ),
            )
        },
    ),
    Code(
        "N60",
        _("The node was deleted while the job was under way"),
        _(
            "A step of the job began on a node that was deleted after the job was started. Nothing was done there."
        ),
        _(
            "Nothing is left to do for this node. If it was deleted by mistake, add it again (add_nodes, establish_ssh, "
            "collect_nodes) and start the action anew."
        ),
        "N60 the node was deleted meanwhile",
        failure=True,
        says={
            "node": Says(_("the node was deleted meanwhile")),
            "proxy": Says(_("the proxy was deleted meanwhile")),
        },
    ),
    Code(
        "N61",
        _("Another job has one of the nodes"),
        _(
            "A job of the same kind has one of the nodes already, or another job has work left to do on it. Two jobs on one "
            "node would undo each other's work. The refusal names the job, when it started and who started it."
        ),
        _("Wait for the other job (get_status JOB) or cancel it (cancel_job JOB). Then repeat the command."),
        "N61 collect_nodes j-AbC12345 has work to do on 172.16.80.21, since 2026-01-31 03:12:00 UTC, begun by olga: wait "
        "for it (get_status j-AbC12345) or cancel it (cancel_job j-AbC12345)",
        says={
            "same": Says(
                _("{action} {job} has {address} among its nodes, since {since:datetime}, begun by {who}"),
                _("wait for it (`get_status {job}`) or cancel it (`cancel_job {job}`)"),
            ),
            "work": Says(
                _("{action} {job} has work to do on {address}, since {since:datetime}, begun by {who}"),
                _("wait for it (`get_status {job}`) or cancel it (`cancel_job {job}`)"),
            ),
        },
    ),
    Code(
        "N62",
        _("An erase may still run on the node"),
        _(
            "erase_data_disks was given up on a node that could not be reached, and has not been seen to end there. However "
            "long that takes, nothing else begins on the node: overwriting a large disk takes days."
        ),
        _(
            "Wait: a worker ends it once the node can be reached, and its log says so. If the machine is gone, or you have "
            "checked that nothing runs there, run settle_job JOB --node ADDRESS --reason TEXT."
        ),
        "N62 erase_data_disks j-AbC12345 was given up on 172.16.80.21 and may still run there: a worker ends it once the "
        "node is in reach, and its log says so; if the machine is gone or you have seen that nothing runs there: "
        "settle_job j-AbC12345 --node 172.16.80.21 --reason TEXT",
        says={
            "": Says(
                _("{action} {job} was given up on {address} and may still run there"),
                _(
                    "a worker ends it once the node is in reach, and its log says so; if the machine is gone or you have "
                    "seen that nothing runs there: `settle_job {job} --node {address} --reason TEXT`"
                ),
            )
        },
    ),
    Code(
        "N63",
        _("What the node printed cannot be read"),
        _(
            "A tool that collection needs is missing on the node, failed, gave no answer in time, or printed something that "
            "the console cannot parse. The facts of the last collection stay; the output is kept."
        ),
        _(
            "Install or repair what the sentence names on the node, then collect it again. If the tool works and its output "
            "looks right, save the output with get_collection and report it: a later version may read it (reparse_nodes)."
        ),
        "N63 lsblk-json: is not on the machine: install util-linux (lsblk) on the machine and collect again",
        failure=True,
        says={
            "parse": Says(_("{tool}: {reason}")),
            "parse_seen": Says(_("{tool}: {reason}; it begins with: {excerpt}")),
            "cut_off": Says(
                _("{section}: was cut off before it ended"),
                _("collect again; if it breaks off again, look at the network and the load of the machine"),
            ),
            "no_answer": Says(
                _("{section}: gave no answer within 10 s"),
                _("log in, see what '{command}' says there, and collect again"),
            ),
            "failed": Says(
                _("{section}: failed with exit code {exit_code}: {reason}"),
                _("log in, see what '{command}' says there, and collect again"),
            ),
            "no_tool": Says(
                _("{section}: is not on the machine"),
                _("log in by hand and run the tool; a machine without it is no node that can be installed"),
            ),
            "no_hostname": Says(
                _("{section}: is not on the machine"), _("set a host name: hostnamectl set-hostname NAME")
            ),
            "no_proc": Says(_("{section}: is not on the machine"), _("mount /proc on the machine")),
            "no_os_release": Says(
                _("{section}: is not on the machine"),
                _("restore /etc/os-release: packages are chosen by distribution and version"),
            ),
            "no_iproute": Says(
                _("{section}: is not on the machine"),
                _("install iproute2 (ip) on the machine and collect again"),
            ),
            "no_lsblk": Says(
                _("{section}: is not on the machine"),
                _("install util-linux (lsblk) on the machine and collect again"),
            ),
            "damaged": Says(_("collection {number} is damaged in the database"), _("collect the node again")),
        },
    ),
    Code(
        "N64",
        _("The job ended before the node was collected"),
        _(
            "collect_nodes was cancelled or failed before it reached this node. Its facts are those of the last collection."
        ),
        _("Collect the node again with collect_nodes -i ADDRESS."),
        "N64 job j-AbC12345 ended before this node was collected: collect it again",
        failure=True,
        says={"": Says(_("job {job} ended before this node was collected"), _("collect it again"))},
    ),
    Code(
        "N65",
        _("Nothing was erased, because the disks are not as the preview showed"),
        _(
            "The node was collected again right before erasing, and a disk is gone, is another one, is in use, carries the "
            "operating system, or holds something that the preview did not show. Then no disk of the node is erased."
        ),
        _(
            "Follow the sentence: release the disk (umount, vgchange -an, swapoff), or collect the node again, look at a new "
            "preview and erase from that: erase_data_disks."
        ),
        "N65 nothing was erased on this node: sdb (serial S4F2) is in use: sdb1 is mounted on /data (umount /data)",
        failure=True,
        says={
            "refused": Says(_("nothing was erased on this node: {refusals:;}")),
            "no_script": Says(_("nothing was erased on this node: {reason}")),
            "unread": Says(_("what lies on the disks cannot be read, so nothing was erased: {error}")),
            "no_os_disk": Says(
                _("the OS disk of this node is not known"), _("boot its installed system first")
            ),
            "same": Says(_("{disk} cannot be told apart: {names} answer with the same identity")),
            "gone": Says(_("{disk} is not on this node any more"), _("collect it and look at a new preview")),
            "gone_though": Says(
                _("{disk} is not on this node any more; {there:;}"),
                _("collect it and look at a new preview"),
            ),
            "other": Says(_("{name} is not it: {reasons:;}")),
            "now": Says(_("{name} is now serial {serial}")),
            "now_unknown": Says(_("{name} is now serial unknown")),
            "wwn": Says(_("its WWN is {now}, it was {then}")),
            "serial": Says(_("its serial is {now}, it was {then}")),
            "model": Says(_("its model is {now}, it was {then}")),
            "link": Says(_("the link {link} leads to {name}")),
            "os": Says(_("{disk} carries the operating system now")),
            "size": Says(_("{disk} has another size now: {then} in the preview, {now} on the node")),
            "paths": Says(_("{disk} answers over several paths"), _("set up multipath first")),
            "in_use": Says(_("{disk} is in use: {user}")),
            "more": Says(
                _("{disk} carries something that the preview did not show ({new})"),
                _("collect the node and look at a new preview"),
            ),
        },
    ),
)
