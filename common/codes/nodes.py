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
            "too_large": Says(_("the file is larger than 1 MiB"), _("check that it is a list of addresses")),
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
        "N02 error ip_list:7: '172.16.80.256' is not an address: 256 is above 255 -> write an address, a "
        "range A-B, or a network in CIDR notation",
        says={
            "wrong": Says(
                "{word!r} {what}", _("write an address, a range A-B, or a network in CIDR notation")
            ),
            "no_address": Says(_("is not an address")),
            "no_network": Says(_("is not a network")),
            "address_above_255": Says(_("is not an address: {number} is above 255")),
            "address_inside": Says(
                _(
                    "is an address inside the network {network}: write the network, or the address without its mask"
                )
            ),
            "network_above_255": Says(_("is not a network: {number} is above 255")),
            "leading_zero": Says(
                _("contains a number with a leading zero, which is ambiguous: remove the zero")
            ),
            "one_end": Says(_("is a range with only one end")),
            "two_families": Says(_("is a range with ends of different IP versions")),
            "backwards": Says(_("is a range whose end is before its start")),
            "too_many": Says(
                _("expands to {count} addresses, which is too many at once (the limit is {limit})")
            ),
            "no_machine": Says(_("is not the address of a machine")),
            "zone_index": Says(_("has a zone index, which is only valid on one machine")),
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
        "N03 error ip_list: no address is specified -> write one address per line",
        says={
            "no_address": Says(_("no address is specified"), _("write one address per line")),
            "no_node": Says(_("no nodes are specified"), _("specify addresses, a file, or a status")),
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
        "N04 error 172.16.80.21: no node has the address 172.16.80.21 -> run add_nodes first, or correct the "
        "address",
        says={
            "": Says(
                _("no node has the address {address}"), _("run `add_nodes` first, or correct the address")
            )
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
        "N05 error 172.16.80.21: 172.16.80.21 is already registered -> omit it; describe_nodes shows the node",
        says={
            "registered": Says(
                _("{address} is already registered"), _("omit it; `describe_nodes` shows the node")
            ),
            "retired": Says(
                _("{address} belongs to a retired node"),
                _("if another machine uses the address now, run `delete_nodes` first"),
            ),
            "added_meanwhile": Says(
                _("another person added one of these nodes a moment ago"),
                _("check `describe_nodes -s new`, then repeat"),
            ),
            "imported_meanwhile": Says(
                _("another person added one of these nodes a moment ago"),
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
        "N06 error port: the port 70000 is out of range -> use 1 to 65535",
        says={"": Says(_("the port {port} is out of range"), _("use 1 to 65535"))},
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
        "N07 error user: 'Admin User' is not a valid login name -> use the name of the account on the nodes",
        says={
            "": Says(_("{user!r} is not a valid login name"), _("use the name of the account on the nodes"))
        },
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
            "Take it out of use first: retire_nodes for an active node, leave_out_nodes for one in a plan; for a "
            "running job, wait or run cancel_job. Then repeat delete_nodes."
        ),
        "N08 error 172.16.80.21: pek3cr01n21 (172.16.80.21) is active -> run retire_nodes -i 172.16.80.21 "
        "first, then delete the node",
        says={
            "in_a_plan": Says(
                _("{node} is {status}"),
                _(
                    "`leave_out_nodes -z {zone} -i {address}` removes it from its plan, then delete it; to remove all "
                    "nodes of the plan, reject it: `reject_plan -z {zone}`"
                ),
            ),
            "in_service": Says(
                _("{node} is {status}"), _("run `retire_nodes -i {address}` first, then delete the node")
            ),
            "in_a_job": Says(
                _("{node} is {status}"),
                _("wait for its job (`get_status {job}`) or cancel it (`cancel_job {job}`), then try again"),
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
        "N09 error: in use: eip pool 139.198.10.0/24 on pek3cr01n05 (172.16.80.5) -> reject the plan that "
        "reserved it: reject_plan pek3c-2, then delete the node",
        says={
            "": Says(
                _("in use: {kind} {name}"),
                _("reject the plan that reserved it: `reject_plan {plan}`, then delete the node"),
            )
        },
    ),
    Code(
        "N10",
        _("The correction changes nothing"),
        _("modify_node_attributes was called without a value to set and without a field to clear."),
        _("Specify at least one of -t TYPE, -S GB, -s 0 or 1, or --clear FIELD."),
        "N10 error: no change is specified -> specify -t, -S, -s or --clear",
        says={
            "": Says(
                _("no change is specified"),
                _("specify -t, -S, -s or --clear"),
                _("change the type, the size or the usability, or clear a correction"),
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
        "N11 error type: unknown disk type 'hdd' -> use ssd, sata, sas, nvme",
        says={"": Says(_("unknown disk type {type!r}"), _("use {types}"))},
    ),
    Code(
        "N12",
        _("The disk status is neither 0 nor 1"),
        _("A correction has an invalid status. The status decides whether the platform may use the disk."),
        _("Use 1 for a disk that may be used, 0 for one that must not be used."),
        "N12 error status: unknown disk status 2 -> use 1 (usable) or 0 (not usable)",
        says={"": Says(_("unknown disk status {status}"), _("use 1 (usable) or 0 (not usable)"))},
    ),
    Code(
        "N13",
        _("The disk size is out of range"),
        _(
            "A corrected size is zero, negative, or more than 10^18 bytes. Usually the unit is wrong: the "
            "command takes GB, the REST API takes bytes."
        ),
        _("Specify GB (10^9 bytes) with -S, such as -S 3200; in a REST request, send size_bytes in bytes."),
        "N13 error size_bytes: no disk has this size -> specify GB (10^9 bytes), such as -S 3200; REST: "
        "size_bytes, in bytes",
        says={
            "": Says(
                _("no disk has this size"),
                _("specify GB (10^9 bytes), such as -S 3200; REST: size_bytes, in bytes"),
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
        "N14 error clear: 'serial' cannot be corrected -> clear type, size_bytes, status",
        says={"": Says(_("{field!r} cannot be corrected"), _("clear {fields}"))},
    ),
    Code(
        "N15",
        _("A field is both set and cleared"),
        _(
            "A correction gives a new value for a field and clears the same field. The two contradict each "
            "other."
        ),
        _("Omit either the value or --clear for that field."),
        "N15 error clear: type is both set and cleared -> either set or clear it",
        says={"": Says(_("{field} is both set and cleared"), _("either set or clear it"))},
    ),
    Code(
        "N16",
        _("The node has no disk with this name"),
        _(
            "A disk to correct or to erase is not among those that the last collection found on the node. Names "
            "such as sdb differ between machines and may change with a restart; the other nodes of the call are "
            "not processed either."
        ),
        _(
            "List the disks with describe_nodes -i ADDRESS and correct the name. If the list is empty or old, "
            "run collect_nodes first."
        ),
        "N16 error 172.16.80.21: pek3cr01n21 (172.16.80.21) has no disk 'sdz' -> describe_nodes shows its "
        "disks; if it shows none, collect the node first",
        says={
            "unknown": Says(
                _("{node} has no disk {disk!r}"),
                _("`describe_nodes` shows its disks; if it shows none, collect the node first"),
            ),
            "unknown_to_erase": Says(_("{node} has no disk {disk!r}"), _("`describe_nodes` shows its disks")),
        },
    ),
    Code(
        "N17",
        _("--seen names a node that is not in the call"),
        _(
            "--seen (REST: seen) describes a disk on an address that is not among the nodes to correct. The two "
            "lists do not match, so it is unclear which nodes are intended."
        ),
        _("Specify the node with -i as well, or remove it from --seen."),
        "N17 error seen: 172.16.80.22 is not one of the specified nodes -> add it to the nodes, or omit it "
        "here",
        says={
            "": Says(
                _("{address} is not one of the specified nodes"), _("add it to the nodes, or omit it here")
            )
        },
    ),
    Code(
        "N18",
        _("The disk is not the one that you saw"),
        _(
            "The node has been collected since, and the name now refers to a drive with another identity or "
            "size. A correction for the old drive would be wrong for the new one, so nothing was changed."
        ),
        _("Run describe_nodes -i ADDRESS --format json again, then correct with the known_by that it shows."),
        "N18 error 172.16.80.21: sdb of pek3cr01n21 (172.16.80.21) is not the disk that you saw: it is now "
        "wwn:0x5000c500a1b2c3d4 4000787030016 bytes; it was wwn:0x5000c500e5f60718 3200631791616 -> check "
        "the node again (describe_nodes -i 172.16.80.21 shows known_by), then correct the disk",
        says={
            "": Says(
                _("{disk} of {node} is not the disk that you saw: it is now {now} bytes; it was {before}"),
                _(
                    "check the node again (`describe_nodes -i {address}` shows known_by), then correct the disk"
                ),
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
        "N20 error replace_host_keys: 172.16.80.22 is not one of the nodes of this call -> add it to the "
        "list of nodes too",
        says={
            "": Says(
                _("{addresses} is not one of the nodes of this call"), _("add it to the list of nodes too")
            )
        },
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
        "N21 error 172.16.80.21: pek3cr01n21 (172.16.80.21) is active: a plan or the platform uses its "
        "hardware -> to collect it anyway, add --force",
        says={
            "": Says(
                _("{node} is {status}: a plan or the platform uses its hardware"),
                _("to collect it anyway, add --force"),
                _('to collect it anyway, choose "Collect hardware, including nodes in service"'),
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
        "N30 error mode: unknown erase mode 'fast' -> use quick or full",
        says={"": Says(_("unknown erase mode {mode!r}"), _("use {modes:or}"))},
    ),
    Code(
        "N31",
        _("No disk to erase is specified"),
        _(
            "An erase preview names no disk, or an empty name. The console never chooses disks to erase on its "
            "own."
        ),
        _("Specify the disks with -d DISK, such as -d nvme0n1."),
        "N31 error disks: no disk is specified -> specify disks, such as nvme0n1",
        says={"": Says(_("no disk is specified"), _("specify disks, such as nvme0n1"))},
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
            "never_collected": Says(_("{node} has never been collected"), _("collect it first")),
            "no_os_disk": Says(
                _("{node}: its OS disk is unknown (a live or network-booted system?)"),
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
        "N33 error permit_id: this preview expired at 08:15 UTC -> open a new preview, then erase",
        says={
            "expired": Says(_("this preview expired at {at:time}"), _("open a new preview, then erase")),
            "unknown": Says(_("this preview does not exist"), _("open a new preview, then erase")),
            "of_another": Says(
                _(
                    "this preview was opened by {made_by}; only the person who reviewed a preview may erase from it"
                ),
                _("open a new preview, then erase"),
            ),
            "used": Says(
                _("this preview has already been used by job {job}"),
                _("wait for that job (`get_status {job}`), then open a new preview and erase"),
            ),
            "job_paused": Says(
                _("the preview of this job has expired: the job erases nothing more"),
                _("`cancel_job {job}` first, then open a new preview and erase"),
            ),
            "job_ended": Says(
                _("the preview of this job has expired: the job erases nothing more"),
                _("open a new preview, then erase"),
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
        "N34 error: nodes of this preview have been deleted since: 172.16.80.21 -> open a new preview "
        "without them, then erase",
        says={
            "": Says(
                _("nodes of this preview have been deleted since: {addresses}"),
                _("open a new preview without them, then erase"),
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
        "N35 error 172.16.80.21: pek3cr01n21 (172.16.80.21) is active: its disks cannot be erased -> omit "
        "it: disks of a machine in service cannot be erased",
        says={
            "in_service": Says(
                _("{node} is {status}: its disks cannot be erased"),
                _("omit it: disks of a machine in service cannot be erased"),
            ),
            "at_work": Says(
                _("{node} is {status}: its disks cannot be erased"), _("wait until the job on it has ended")
            ),
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
        "N36 error 172.16.80.21: sda of pek3cr01n21 (172.16.80.21) is the OS disk -> omit it",
        says={
            "system_part": Says(_("{disk} of {node} carries the operating system"), _("omit it")),
            "os_disk": Says(_("{disk} of {node} is the OS disk"), _("omit it")),
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
        "N37 error 172.16.80.21: sdb of pek3cr01n21 (172.16.80.21) has neither a WWN nor a serial number of "
        "its own, so it cannot be identified again -> identify the disk on the machine, erase it manually: "
        "exec_nodes 172.16.80.21 'wipefs -a /dev/sdb', and collect the node again: collect_nodes -i "
        "172.16.80.21",
        says={
            "": Says(
                _(
                    "{disk} of {node} has neither a WWN nor a serial number of its own, so it cannot be identified again"
                ),
                _(
                    "identify the disk on the machine, erase it manually: `exec_nodes {address} {wipe}`, and collect the "
                    "node again: `collect_nodes -i {address} {force}`"
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
        "(umount /data) -> release it: exec_nodes 172.16.80.21 'umount /data', then collect the node again: "
        "collect_nodes -i 172.16.80.21",
        says={
            "release_there": Says(
                _("release it there, then collect the node again: `collect_nodes -i {address} {force}`")
            ),
            "release_by": Says(
                _(
                    "release it: `exec_nodes {address} {command}`, then collect the node again: `collect_nodes -i "
                    "{address} {force}`"
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
        "N39 error 172.16.80.21: sdb (serial S3Z8NB0K123456) of 172.16.80.21 differs from this preview: the "
        "node has been collected since, and no disk of this identity was found -> open a new preview, then "
        "erase",
        says={
            "": Says(
                _("{disk} (serial {serial}) of {address} differs from this preview: {reason}"),
                _("open a new preview, then erase"),
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
        "N40 error 172.16.80.21: no output of 172.16.80.21 is stored under number 7 -> output is stored "
        "under 12, 11",
        says={
            "collect_it": Says(_("collect the node: `collect_nodes -i {address} {force}`")),
            "other_numbers": Says(_("output is stored under {numbers}")),
            "none": Says(_("no output of {address} is stored"), "{others}"),
            "none_of_the_number": Says(
                _("no output of {address} is stored under number {number}"), "{others}"
            ),
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
        "N42 error: the preview of this job was opened by olga -> open a preview of your own, then erase",
        says={
            "paused": Says(
                _("the preview of this job was opened by {made_by}"),
                _("`cancel_job {job}` first, then open a preview of your own and erase"),
            ),
            "ended": Says(
                _("the preview of this job was opened by {made_by}"),
                _("open a preview of your own, then erase"),
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
        "0x600508b1001c4d3a), which carries the operating system there -> omit the disk",
        says={
            "system_there": Says(
                _(
                    "{disk} of {address} is also {other} of {node} (WWN {wwn}), which carries the operating "
                    "system there"
                ),
                _("omit the disk"),
            ),
            "active_there": Says(
                _("{disk} of {address} is also {other} of {node} (WWN {wwn}), and that node is active"),
                _("omit the disk"),
            ),
            "at_work_there": Says(
                _("{disk} of {address} is also {other} of {node} (WWN {wwn}), and that node is {status}"),
                _("omit the disk, or wait until the job on that node has ended"),
            ),
            "mounted_there": Says(
                _(
                    "{disk} of {address} is also {other} of {node} (WWN {wwn}), which is mounted on {points} "
                    "there"
                ),
                _("omit the disk, or {release}"),
            ),
        },
    ),
    Code(
        "N44",
        _("The disk is not local to the machine"),
        _(
            "A disk to erase is attached over a network (iSCSI, Fibre Channel, SRP, NVMe over fabrics or a "
            "network block device), so other machines may use it too. It can be erased only after it has been "
            "marked usable for this node."
        ),
        _(
            "Omit the disk. If only this node uses it, run modify_node_attributes -i ADDRESS -d DISK -s 1 "
            "--reason TEXT, then repeat."
        ),
        "N44 error 172.16.80.21: sdd of pek3cr01n21 (172.16.80.21) is not local to this machine (iSCSI): "
        "other machines may use it -> omit it; if only this node uses it, mark it usable first",
        says={
            "": Says(
                _("{disk} of {node} is {reason}: other machines may use it"),
                _("omit it; if only this node uses it, mark it usable first"),
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
        "N50 error nodes.json: node_set[0].ssh_port: 70000 is not an integer from 1 to 65535 -> correct it",
        says={
            "odd_character": Says("{field}: {odd:detail}", "{odd:remedy}"),
            "no_object": Says(
                _("{field}: {value} is not an object"), _("write it in the form that `describe_nodes` prints")
            ),
            "too_long": Says(
                _("{field}: {value} is longer than {limit} characters or contains control characters"),
                _("shorten it or remove them"),
            ),
            "unknown_word": Says(_("{field}: {value} is not a known value"), _("use {words}")),
            "no_flag": Says(_("{field}: {value} is neither true nor false"), _("write true or false")),
            "wrong_year": Says(_("{field}: {value} is not a plausible time"), _("correct the year")),
            "item_no_text": Says(_("{field}: {value} is not a valid short text"), _("correct it")),
            "no_list": Says(_("{field}: not a list, or more than {limit} items"), _("correct it")),
            "rounded_text": Says(
                _("{field}: {value} is not text"),
                _(
                    "write all its digits; in a spreadsheet, format the column as text first, because spreadsheets round "
                    "long numbers"
                ),
            ),
            "no_text": Says(_("{field}: {value} is not text"), _("write it in quotes")),
            "rounded_number": Says(
                _("{field}: {value} is not an integer from {low} to {high}"),
                _(
                    "write all its digits; in a spreadsheet, format the column as text first, because spreadsheets round "
                    "long numbers"
                ),
            ),
            "no_number": Says(_("{field}: {value} is not an integer from {low} to {high}"), _("correct it")),
            "no_time": Says(_("{field}: {value} is not a time"), _("write it like 2026-03-04T05:06:07Z")),
            "no_address": Says(_("{field}: {value} is not an address"), _("correct it")),
            "no_disk_size": Says(_("{field}: missing"), _("every disk needs its size in bytes")),
            "disk_twice": Says(_("{field}: duplicate disk {name!r}"), _("remove one of them")),
            "interface_twice": Says(_("{field}: duplicate interface {name!r}"), _("remove one of them")),
            "no_disk_name": Says(_("{field}: missing"), _("every disk needs a name, such as sdb")),
            "half_correction": Says(
                _("{field}: missing"), _("a correction needs both the observed value and the override")
            ),
            "no_interface_name": Says(_("{field}: missing"), _("every interface needs a name, such as eth0")),
            "never_corrected": Says(_("{field}: this field cannot be corrected"), _("omit it")),
            "no_node": Says(_("the file contains no nodes"), _("check that it is the right file")),
            "too_many_nodes": Says(_("the file contains more than {limit} nodes"), _("import it in parts")),
            "no_node_set": Says(
                _('the file has no list of nodes: {{"node_set": [...]}} is expected'),
                _("use a file written by `export_nodes`, or `describe_nodes --format json`"),
            ),
            "key_twice": Says(_("duplicate key {key!r} in one object"), _("remove one of them")),
            "no_node_address": Says(_("{field}: missing"), _("every node needs its management address")),
            "no_login_name": Says(
                _("{field}: not a valid login name"), _("use the name of the account on the node")
            ),
            "no_host_key": Says(
                _("{field}: not a host key, or a damaged one"),
                _("write TYPE KEY, as in /etc/ssh/ssh_host_ed25519_key.pub of the node, or omit it"),
            ),
            "not_utf8": Says(_("the file is not UTF-8 text"), _("save it as UTF-8 (in Excel: 'CSV UTF-8')")),
            "broken_json": Says(_("the JSON is truncated or damaged: {reason}"), _("export it again")),
            "deep_json": Says(
                _("the JSON is nested too deeply, or contains a number that is too long"),
                _("export it again"),
            ),
            "node_twice": Says(_("{address} appears twice in the file"), _("remove one of them")),
            "wrong_cells": Says(
                _("the number of cells differs from the first line"), _("check its separators")
            ),
            "unknown_record": Says(_("unknown record {record!r}"), _("use {records}")),
            "node_later": Says(
                _("a line record={record} of {address!r} comes before its record=node"),
                _("put the node first"),
            ),
            "no_address_column": Says(
                _("the column mgmt_address is missing"),
                _("the first line contains the column names; `export_nodes --format csv` shows them"),
            ),
            "wrong_columns": Says(
                _("unknown or duplicate columns: {columns!r}"), _("known columns: {known}")
            ),
            "line_twice": Says(_("{address} appears twice"), _("remove one of the lines")),
            "no_csv": Says(_("not valid CSV: {reason}"), _("export it again, as UTF-8")),
        },
    ),
    Code(
        "N75",
        _("The last collection did not find the disk, so its corrections can only be cleared"),
        _(
            "A correction specifies a disk by its identity, and the last collection of the node did not find "
            "that disk. Earlier corrections are kept in case the disk returns; a new value would have no "
            "observation to compare with."
        ),
        _(
            "Clear the old correction with --clear FIELD. To correct a disk that is present, use its name, "
            "such as -d sdb."
        ),
        "N75 error 172.16.80.21: sdb (wwn:0x5000c500a1b2c3d4) of pek3cr01n21 (172.16.80.21) was not found by "
        "the last collection -> its corrections can only be cleared; to correct a disk that is present, use "
        "its name",
        says={
            "": Says(
                _("{disk} ({identity}) of {node} was not found by the last collection"),
                _("its corrections can only be cleared; to correct a disk that is present, use its name"),
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
        "N80 error 172.16.80.21: 172.16.80.21: SSH is not set up: no host key is pinned -> run establish_ssh "
        "for it first (user root, port 22), then collect it",
        says={
            "": Says(
                _("{node}: SSH is not set up: no host key is pinned"),
                _("run `establish_ssh` for it first (user {user}, port {port}), then collect it"),
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
        "N81 error: job j-AbC12345 cannot be resumed: establish_ssh deletes its password when it ends -> "
        "start a new job for the 2 remaining nodes (172.16.80.21, 172.16.80.22): establish_ssh j-AbC12345, "
        "or the button of that name on the job's page",
        says={
            "": Says(
                _("job {job} cannot be resumed: {action} deletes its password when it ends"),
                _(
                    "start a new job for the {count} remaining nodes ({nodes}): {action} {job}, or the button of that "
                    "name on the job's page"
                ),
            ),
            "again": Says(
                _("run `establish_ssh {job}` with the password, which is not stored, to start a new job")
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
        "N82 error: job j-AbC12345 is not an establish_ssh job with unfinished nodes -> specify a file of "
        "addresses, or another job",
        says={
            "": Says(
                _("job {job} is not an `establish_ssh` job with unfinished nodes"),
                _("specify a file of addresses, or another job"),
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
        "N83 error known_hosts:3: not a line of host names, type and key -> write ADDRESS TYPE KEY, as "
        "printed by ssh-keyscan",
        says={
            "authority": Says(
                _(
                    "@cert-authority is ignored: keys signed by an authority are not supported; add the host keys "
                    "themselves"
                )
            ),
            "unknown_marker": Says(
                _("unknown marker {marker!r}"),
                _("write ADDRESS TYPE KEY, as printed by ssh-keyscan"),
            ),
            "no_entry": Says(
                _("not a line of host names, type and key"),
                _("write ADDRESS TYPE KEY, as printed by ssh-keyscan"),
            ),
            "damaged_key": Says(
                _("the key for {names!r} is damaged, or is not of type {type!r}"),
                _("write ADDRESS TYPE KEY, as printed by ssh-keyscan"),
            ),
            "key_type_unused": Says(_("a key of type {type} is ignored: the supported types are {types}")),
            "damaged_hash": Says(
                _("the hashed name is damaged"), _("write ADDRESS TYPE KEY, as printed by ssh-keyscan")
            ),
            "too_long": Says(_("the file has more than {lines:,} lines"), _("split it")),
            "too_many_hashes": Says(
                _("{hashed} hashed names are too many to match against {nodes} nodes"),
                _("use a file of these nodes only: ssh-keyscan -f ip_list"),
                page=_("use a file of these nodes only, as printed by ssh-keyscan"),
            ),
            "no_text": Says(
                _("the file is not text"), _("use a known_hosts file, as printed by ssh-keyscan")
            ),
            "all_skipped": Says(_("the file contains no host key"), "{notes:;}"),
            "no_key": Says(_("the file contains no host key"), _("use the output of ssh-keyscan")),
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
        "SHA256:Zk3vN7Qw0XyTq5mB8cRf2hLdJ9sPaUe4GiKoV6wxY1s, but the file has "
        "SHA256:b9LpR2MdcUaE7tXn4vQz0WkGy3HsJf6oTiBm8rCe5Dw -> compare the key on the node's console, then "
        "run establish_ssh --replace-host-key 172.16.80.21",
        says={
            "": Says(
                _("{node} is pinned with {pinned}, but the file has {given}"),
                _(
                    "compare the key on the node's console, then run `establish_ssh --replace-host-key {address}`"
                ),
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
        "N85 error known_hosts: 172.16.80.21 is not in the known_hosts file -> add its key (ssh-keyscan, "
        "compared on its console), or trust it on first use: --accept-new",
        says={
            "": Says(
                _("{node} is not in the known_hosts file"),
                _(
                    "add its key (ssh-keyscan, compared on its console), or trust it on first use: --accept-new"
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
        _("The node was deleted while the job was running"),
        _(
            "A step of the job started on a node that had been deleted after the job was started. Nothing was "
            "done there."
        ),
        _(
            "No action is needed for this node. If it was deleted by mistake, add it again (add_nodes, "
            "establish_ssh, collect_nodes) and run the action again."
        ),
        "N60 the node has been deleted in the meantime",
        failure=True,
        says={
            "node": Says(_("the node has been deleted in the meantime")),
            "proxy": Says(_("the proxy has been deleted in the meantime")),
        },
    ),
    Code(
        "N61",
        _("Another job is using one of the nodes"),
        _(
            "A job of the same kind already includes one of the nodes, or another job has work left to do on it. "
            "Two jobs on one node would undo each other's work. The refusal names the job, when it was started "
            "and by whom."
        ),
        _("Wait for the other job (get_status JOB) or cancel it (cancel_job JOB). Then repeat the command."),
        "N61 collect_nodes j-AbC12345 has been using 172.16.80.21 since 2026-01-31 03:12:00 UTC, started by "
        "olga: wait for it (get_status j-AbC12345) or cancel it (cancel_job j-AbC12345)",
        says={
            "same": Says(
                _(
                    "{action} {job} already includes {address}; it has been running since {since:datetime}, started by "
                    "{who}"
                ),
                _("wait for it (`get_status {job}`) or cancel it (`cancel_job {job}`)"),
            ),
            "work": Says(
                _("{action} {job} has been using {address} since {since:datetime}, started by {who}"),
                _("wait for it (`get_status {job}`) or cancel it (`cancel_job {job}`)"),
            ),
        },
    ),
    Code(
        "N62",
        _("An erase may still be running on the node"),
        _(
            "erase_data_disks was given up on a node that could not be reached, and has not been confirmed to "
            "have stopped there. No other job may start on the node until then, however long it takes: "
            "overwriting a large disk takes days."
        ),
        _(
            "Wait: a worker stops it once the node can be reached, and logs this. If the machine is gone, or you "
            "have confirmed that the erase has stopped, run settle_job JOB --node ADDRESS --reason TEXT."
        ),
        "N62 erase_data_disks j-AbC12345 was given up on 172.16.80.21 and may still be running there: a "
        "worker stops it once the node can be reached, and logs this; if the machine is gone or you have "
        "confirmed that the erase has stopped: settle_job j-AbC12345 --node 172.16.80.21 --reason TEXT",
        says={
            "": Says(
                _("{action} {job} was given up on {address} and may still be running there"),
                _(
                    "a worker stops it once the node can be reached, and logs this; if the machine is gone or you have "
                    "confirmed that the erase has stopped: `settle_job {job} --node {address} --reason TEXT`"
                ),
            )
        },
    ),
    Code(
        "N63",
        _("The output of a tool on the node cannot be parsed"),
        _(
            "A tool that collection needs is missing on the node, failed, gave no answer in time, or printed "
            "something that the console cannot parse. The facts of the last collection are kept, and so is the "
            "output."
        ),
        _(
            "Install or repair what the message names on the node, then collect it again. If the tool works and "
            "its output looks right, save the output with get_collection and report it: a later version may be "
            "able to parse it (reparse_nodes)."
        ),
        "N63 lsblk-json: not found on the machine: install util-linux (lsblk) on the machine and collect "
        "again",
        failure=True,
        says={
            "parse": Says(_("{tool}: {reason}")),
            "parse_seen": Says(_("{tool}: {reason}; the output begins with: {excerpt}")),
            "cut_off": Says(
                _("{section}: the output was cut off"),
                _("collect again; if it is cut off again, check the network and the load of the machine"),
            ),
            "no_answer": Says(
                _("{section}: no answer within 10 s"),
                _("log in, check the output of '{command}' there, and collect again"),
            ),
            "failed": Says(
                _("{section}: failed with exit code {exit_code}: {reason}"),
                _("log in, check the output of '{command}' there, and collect again"),
            ),
            "no_tool": Says(
                _("{section}: not found on the machine"),
                _("log in and run the tool; a machine without it cannot be installed as a node"),
            ),
            "no_hostname": Says(
                _("{section}: not found on the machine"), _("set a host name: hostnamectl set-hostname NAME")
            ),
            "no_proc": Says(_("{section}: not found on the machine"), _("mount /proc on the machine")),
            "no_os_release": Says(
                _("{section}: not found on the machine"),
                _("restore /etc/os-release: packages are selected by distribution and version"),
            ),
            "no_iproute": Says(
                _("{section}: not found on the machine"),
                _("install iproute2 (ip) on the machine and collect again"),
            ),
            "no_lsblk": Says(
                _("{section}: not found on the machine"),
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
        _("Nothing was erased, because the disks differ from the preview"),
        _(
            "The node was collected again right before erasing, and a disk is missing, is a different one, is in "
            "use, carries the operating system, or holds something that the preview did not show. In this case "
            "no disk of the node is erased."
        ),
        _(
            "Follow the message: release the disk (umount, vgchange -an, swapoff), or collect the node again, "
            "open a new preview and erase from that: erase_data_disks."
        ),
        "N65 nothing was erased on this node: sdb (serial S4F2) is in use: sdb1 is mounted on /data (umount /data)",
        failure=True,
        says={
            "refused": Says(_("nothing was erased on this node: {refusals:;}")),
            "no_script": Says(_("nothing was erased on this node: {reason}")),
            "unread": Says(_("the contents of the disks cannot be read, so nothing was erased: {error}")),
            "no_os_disk": Says(
                _("the OS disk of this node is unknown"), _("boot its installed system first")
            ),
            "same": Says(_("{disk} cannot be identified: {names} report the same identity")),
            "gone": Says(_("{disk} is no longer on this node"), _("collect the node and open a new preview")),
            "gone_though": Says(
                _("{disk} is no longer on this node; {there:;}"),
                _("collect the node and open a new preview"),
            ),
            "other": Says(_("{name} is a different disk: {reasons:;}")),
            "now": Says(_("{name} now has serial {serial}")),
            "now_unknown": Says(_("{name} now has no known serial")),
            "wwn": Says(_("its WWN is {now}, it was {then}")),
            "serial": Says(_("its serial is {now}, it was {then}")),
            "model": Says(_("its model is {now}, it was {then}")),
            "link": Says(_("the link {link} points to {name}")),
            "os": Says(_("{disk} now carries the operating system")),
            "size": Says(_("the size of {disk} has changed: {then} in the preview, {now} on the node")),
            "paths": Says(_("{disk} is reachable over several paths"), _("set up multipath first")),
            "in_use": Says(_("{disk} is in use: {user}")),
            "more": Says(
                _("{disk} holds something that the preview did not show ({new})"),
                _("collect the node and open a new preview"),
            ),
        },
    ),
)
