"""Codes of plan files that are edited during review."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "E01",
        _("The plan has no file at this path"),
        _(
            "Reported when a file is requested or edited and the plan does not write a file at this path, or "
            "removes it."
        ),
        _(
            "Take the path from the list of show_plan PLAN, for example settings/pek3cr01n01, hosts or "
            "server/server.yaml."
        ),
        "E01 error: plan pek3c-2 has no file 'settings/pek3cr01n31' -> show_plan pek3c-2 lists its files",
        says={
            "not_written": Says(
                _("plan {plan} does not write a file {path!r}"), _("`show_plan {plan}` lists its files")
            ),
            "no_file": Says(_("plan {plan} has no file {path!r}"), _("`show_plan {plan}` lists its files")),
        },
    ),
    Code(
        "E02",
        _("The file is generated and cannot be edited"),
        _(
            "Reported when node lists (nodes/), the placement of management VMs (vms/) or return routes "
            "(routes/) are edited. They are generated from roles, vms and VBCs; editing them alone would "
            "contradict what is installed."
        ),
        _(
            "Change the source instead: edit the role in the settings file and run gen_node_list -z ZONE, "
            "or change the configuration file and run config_qingcloud again."
        ),
        "E02 error nodes/hyper: nodes/hyper cannot be edited -> node lists are generated from the roles: "
        "edit the settings file of the node, then gen_node_list -z pek3c",
        says={
            "allocated": Says(_("the installer allocates them: leave the file unchanged")),
            "other_vbcs": Says(_("configure again with a different vbc section")),
            "other_pools": Says(
                _(
                    "configure again with different vip_pools or a different vm_base_network_start in the variables"
                )
            ),
            "configure_again": Says(_("configure again")),
            "from_roles": Says(
                _("{path} cannot be edited"),
                _(
                    "node lists are generated from the roles: edit the settings file of the node, then `gen_node_list -z "
                    "{zone}`"
                ),
            ),
            "from_vms": Says(
                _("{path} cannot be edited"),
                _(
                    "the placement of management VMs is generated from the vms section of the settings file: "
                    "`config_qingcloud -v {variables} -s {settings}`"
                ),
            ),
            "from_vbcs": Says(
                _("{path} cannot be edited"), _("return routes are generated from the VBCs: {routes}")
            ),
        },
    ),
    Code(
        "E03",
        _("The edited file is no longer valid"),
        _(
            'Reported when a line is not in the form that its reader expects: key="value" in a settings file, '
            'ADDRESS NAME in hosts, a version with its bin folder in server.yaml. The marker lines "# '
            "installer console:\" in hosts are refused too, because nodes locate the console's part of "
            "/etc/hosts by them."
        ),
        _("Correct the line that the finding names, in the form that the finding shows."),
        "E03 error settings/pek3cr01n01:2: line 2 is not key=\"value\": 'role=hyper-repl' -> write "
        'key="value" lines and # comments',
        says={
            "no_versions": Says(
                _("compute_server.emulator is not a mapping of QEMU versions"),
                _("write each version with its bin folder, and the default"),
            ),
            "our_marks": Says(
                _("the line is a marker for the console's part of /etc/hosts on a node"), _("remove it")
            ),
            "no_host_name": Says(_("the host name is missing"), _("write ADDRESS NAME [NAME…]")),
            "hosts": Says("{said:detail}", _("write ADDRESS NAME [NAME…]")),
            "settings": Says("{reason}", _('write key="value" lines and # comments')),
        },
    ),
    Code(
        "E04",
        _("Unknown key in the settings file"),
        _(
            "Reported when an edit adds a key to a settings file. The installation reads only the rendered "
            "keys, so a new or misspelled one would have no effect."
        ),
        _("Correct the spelling to the key that the finding suggests, or remove the line."),
        "E04 error settings/pek3cr01n01:15: unknown key vpool_ashift -> did you mean 'vpool_layout'?",
        says={
            "near": Says(_("unknown key {key}"), _("did you mean {near!r}?")),
            "new": Says(_("unknown key {key}"), _("remove it")),
        },
    ),
    Code(
        "E05",
        _("A key is missing from the settings file"),
        _("Reported when an edit removes a rendered key. The installation requires every key in the file."),
        _("Restore the line as the finding shows it. To change the setting, change its value."),
        "E05 error settings/pek3cr01n01: the key vpool_layout was removed -> restore it: "
        'vpool_layout="mirror"',
        says={"": Says(_("the key {key} was removed"), _('restore it: {key}="{before}"'))},
    ),
    Code(
        "E06",
        _("The value cannot be changed in review"),
        _(
            "Reported when an edit changes a value that other files or reservations depend on: host name, "
            "zone, management address, VBC and its VIP, disks to erase, DRBD peer, or zone_id in the "
            "variables. If it changed in one file only, nodes and networks would no longer match."
        ),
        _(
            "Restore the value that the finding shows. To change it, change the configuration file (or collect "
            "the node again) and run config_qingcloud again."
        ),
        "E06 error settings/pek3cr01n01:7: hostname cannot be changed here: 'pek3cr01n01' became "
        "'pek3cr01n11' -> restore hostname=\"pek3cr01n01\", or change the configuration file and configure "
        "again",
        says={
            "zone_id": Says(_("zone_id cannot be changed here: {zone}"), _("restore it")),
            "fixed": Says(
                _("{key} cannot be changed here: {before!r} became {value!r}"), _('restore {key}="{before}"')
            ),
            "change_configuration": Says(_("change the configuration file and configure again")),
            "fixed_here": Says(
                _("{key} cannot be changed here: {before!r} became {value!r}"),
                _('restore {key}="{before}", or {other_way}'),
            ),
            "rename_node": Says(_("rename the node itself, collect it and configure again")),
        },
    ),
    Code(
        "E07",
        _("The disks and the vpool layout do not match"),
        _(
            "Reported when an edited settings file names a disk that was not reviewed or names one twice, "
            "leaves the vpool without a disk, or has a vpool_layout or vpool_vdevs that does not match the "
            "disks; also reported for a stripe without a reason. Only disks that were reviewed are formatted."
        ),
        _(
            "Choose from the disks that the finding lists, choose a layout that matches them, and copy the "
            "line vpool_vdevs from the finding. For a stripe over several disks write the reason in "
            "vpool_reason."
        ),
        "E07 error settings/pek3cr01n01:16: data_disks lists 'nvme2n1' twice, or it is not a disk of this "
        "node -> choose from: nvme0n1 nvme1n1",
        says={
            "no_disk": Says(_("the vpool has no disk"), _("specify at least one of: {disks}")),
            "wrong_vdevs": Says(
                _("vpool_vdevs does not arrange {disks} disks as {layout}"), _('write vpool_vdevs="{wanted}"')
            ),
            "foreign_disk": Says(
                _("{key} lists {disk!r} twice, or it is not a disk of this node"),
                _("choose from: {known}"),
            ),
            "stripe_without_reason": Says(
                "{said:detail}", _("give the reason in vpool_reason, or choose another layout")
            ),
            "wrong_layout": Says("{said:detail}", "{said:remedy}"),
        },
    ),
    Code(
        "E08",
        _("The role or sub-role cannot be set in review"),
        _(
            "Reported for any role change except between hyper roles, and for a sub-role that the role does "
            "not support. A different role needs different disks, networks and packages, which are planned "
            "when the zone is configured."
        ),
        _(
            "Choose from the sub-roles that the finding lists. For another role, change the configuration "
            "file and run config_qingcloud again."
        ),
        "E08 error settings/pek3cr01n01:2: the role hyper-repl cannot be changed to 'ks' in review -> change "
        "the configuration file and configure again",
        says={
            "role": Says(
                _("the role {role} cannot be changed to {wanted!r} in review"),
                _("change the configuration file and configure again"),
            ),
            "sub_roles": Says(
                _("a {role} node cannot have the sub-role {sub_roles}"), _("allowed: {allowed}")
            ),
        },
    ),
    Code(
        "E09",
        _("An edited value is not an address, a folder or a known version"),
        _(
            "Reported when an edit writes something that is not an address or mask where one is expected, a "
            "QEMU version without a bin folder, or a default that is not a listed version. A node would be "
            "installed with a network or an emulator that does not work."
        ),
        _(
            "Correct the value that the finding names; for a version, write bin: /path; for default, one of "
            "the listed versions."
        ),
        "E09 error settings/pek3cr01n01:11: mgmt_network_netmask: '255.255.256.0' has a number above "
        "255 -> correct it",
        says={
            "default": Says(
                _("default is not one of the listed QEMU versions"), _("choose from: {versions}")
            ),
            "no_folder": Says(_("QEMU {version} has no bin folder"), _("write bin: /path")),
            "address": Says(_("{key}: {reason}"), _("correct it")),
        },
    ),
    Code(
        "E10",
        _("The edited text has an invalid character or is too large"),
        _(
            "Reported when an edited text is not UTF-8, is larger than 1,000,000 characters, or has an "
            "invisible or look-alike character (a zero-width space, a full-width letter in hosts). Reviewers "
            "must see exactly what they approve."
        ),
        _(
            "Correct the character at the line and column that the finding names, or save the file as UTF-8. "
            "If it is too large, start from the current text (show_plan PLAN --file PATH) and edit that."
        ),
        "E10 error settings/pek3cr01n01:14: line 14 has U+200B ZERO WIDTH SPACE in column 8 -> remove it",
        says={
            "not_utf8": Says(_("the text is not UTF-8"), _("save it as UTF-8")),
            "too_large": Says(_("{path} is too large"), _("start from the previous text and edit it again")),
            "hidden_character": Says(_("line {line} has {char} in column {column}"), "{instead}"),
            "odd_character": Says("{what}", "{instead}"),
        },
    ),
)
