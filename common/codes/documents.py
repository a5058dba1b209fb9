"""Codes of configuration files as text."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "D01",
        _("The file is not UTF-8 text"),
        _(
            "Reported when a configuration file is UTF-16, contains bytes that are not UTF-8, or contains "
            "control characters. Partly decoded names and addresses are unsafe, so nothing in the file is read."
        ),
        _(
            "Save the file as UTF-8 in the editor (in Windows Notepad: Save as, encoding UTF-8). If the "
            "finding names a control character, delete it, and check that this is the right file."
        ),
        "D01 error settings.pek3c.yaml:2: byte 17 (0xbd) is not UTF-8 -> save the file as UTF-8",
        says={
            "utf16": Says(
                _("the file is UTF-16, which some Windows editors use by default"), _("save it as UTF-8")
            ),
            "control_character": Says(
                _("the file contains the control character U+{number:04X}"),
                _("remove it, and check that this is a text file"),
            ),
            "no_utf8": Says(_("byte {place} (0x{byte:02x}) is not UTF-8"), _("save the file as UTF-8")),
        },
    ),
    Code(
        "D02",
        _("The file is too large"),
        _(
            "Reported when a configuration file is larger than 1,000,000 bytes. No zone needs that much; most "
            "likely this is the wrong file."
        ),
        _("Check that the path names the configuration file."),
        "D02 error settings.pek3c.yaml: the file has 1200000 bytes; no configuration needs more than 1000000 "
        "-> check that it is the right file",
        says={
            "": Says(
                _("the file has {size} bytes; no configuration needs more than {limit}"),
                _("check that it is the right file"),
            )
        },
    ),
    Code(
        "D03",
        _("The file is not YAML"),
        _(
            "Reported where the YAML parser stops: a bracket or quote that is not closed, wrong indentation, "
            "or a missing colon or space. Nothing after this line can be checked."
        ),
        _(
            "Correct the line that the finding names or the one above it; for a bracket or quote, check where "
            "it opens. Copy the format of the field from the template (copy_template -z ZONE_ID)."
        ),
        "D03 error settings.pek3c.yaml:3: not YAML: did not find expected ',' or ']' (while parsing a "
        "flow sequence) -> check the indentation, the quotes, the brackets and the colons of this line "
        "and the one above",
        says={
            "here": Says(
                _("not YAML: {reason}"),
                _(
                    "check the indentation, the quotes, the brackets and the colons of this line and the one "
                    "above"
                ),
            ),
            "since": Says(
                _("not YAML: {reason}"),
                _(
                    "check the quotes, the brackets and the commas between line {line}, where one opens, and this line"
                ),
            ),
        },
    ),
    Code(
        "D04",
        _("A line is indented with a tab"),
        _(
            "Reported for each line of a YAML file that begins with a tab. YAML allows spaces only, because "
            "the width of a tab differs between editors and indentation defines the structure."
        ),
        _("Replace the tab with spaces, as many as the neighboring lines have."),
        "D04 error settings.pek3c.yaml:3: the line is indented with a tab; YAML allows spaces only -> "
        "replace the tab with spaces",
        says={
            "": Says(
                _("the line is indented with a tab; YAML allows spaces only"),
                _("replace the tab with spaces"),
            )
        },
    ),
    Code(
        "D05",
        _("A key occurs twice"),
        _(
            "Reported when a mapping contains the same key twice, for example a node under roles. Most YAML "
            "readers silently keep one of the values, not necessarily the intended one."
        ),
        _("Remove one of the two lines; the finding names the line of the first."),
        "D05 error settings.pek3c.yaml:4: duplicate key '172.16.80.21' (first in line 3) -> remove one of "
        "the two",
        says={
            "address_twice": Says(_("duplicate address {address}"), _("remove one of the two")),
            "key_twice": Says(_("duplicate key {key!r} (first in line {line})"), _("remove one of the two")),
        },
    ),
    Code(
        "D06",
        _("YAML anchors and aliases are not supported"),
        _(
            "Reported for an anchor (&name) or an alias (*name). A few lines with them can expand to "
            "gigabytes, and a reviewer does not see the actual values."
        ),
        _("Write the value out wherever it is used."),
        "D06 error settings.pek3c.yaml:3: anchors (&) and aliases (*) are not supported -> write the values "
        "out",
        says={"": Says(_("anchors (&) and aliases (*) are not supported"), _("write the values out"))},
    ),
    Code(
        "D07",
        _("YAML beyond plain data is not supported"),
        _(
            "Reported for a tag (!name), the merge key (<<), a second document (---), or a list or mapping as "
            "a key. Configuration files hold plain values, lists and mappings, so every tool reads the same "
            "values."
        ),
        _("Use plain values, and one document per file."),
        "D07 error settings.pek3c.yaml:4: a second document starts here -> keep one document per file",
        says={
            "tag": Says(_("the tag {tag!r} is not supported"), _("write a plain value")),
            "no_key": Says(_("a list or mapping is used as a key"), _("write a plain key")),
            "merge_key": Says(_("the merge key << is not supported"), _("write the values out")),
            "second_document": Says(_("a second document starts here"), _("keep one document per file")),
        },
    ),
    Code(
        "D08",
        _("The file is nested too deeply or has too many values"),
        _(
            "Reported when a file is nested deeper than 12 levels or has more than 200,000 values. No real "
            "configuration comes close; usually a bracket is not closed, or this is the wrong file."
        ),
        _("Check the brackets and the indentation at this line, and that this is the right file."),
        "D08 error settings.pek3c.yaml:4: nested deeper than 12 levels -> check the brackets and the "
        "indentation",
        says={
            "too_many": Says(
                _("more than {limit:,} values, which no zone needs"), _("check that it is the right file")
            ),
            "too_deep": Says(
                _("nested deeper than {limit} levels"), _("check the brackets and the indentation")
            ),
        },
    ),
    Code(
        "D09",
        _("A field has a value of the wrong type"),
        _(
            "Reported when a list is given where a single value is expected, a value where a list or mapping "
            "is expected, text where a number is expected, or a VIP without its Master. Also reported when the "
            "stored variables of a zone contain something other than plain data. The value would be misread or "
            "ignored."
        ),
        _(
            "Write the field in the form that the finding shows; the template (copy_template) has an "
            "example of each field."
        ),
        "D09 error settings.pek3c.yaml:4: pairs is the value '172.16.80.21' -> write a list: [a, b]",
        says={
            "no_vip": Says(
                _("{field} is {value!r}"), _("write VIP|Master, with the management address of the Master")
            ),
            "no_mapping": Says(_("{field} is {what}"), _("write 'key: value' lines")),
            "the_file": Says(_("the file")),
            "a_value": Says(_("the value {value!r}")),
            "a_list": Says(_("a list")),
            "a_mapping": Says(_("a mapping")),
            "no_list": Says(_("{field} is {what}"), _("write a list: [a, b]")),
            "no_value": Says(_("{field} is {what}"), _("write one value")),
            "no_number": Says(
                _("{field}: {value!r} is not a plain integer"), _("write a number from {low} to {high}")
            ),
            "no_plain_data": Says(
                _("the stored variables of the zone contain a value that is not plain data"),
                _("write the variables of the zone again"),
            ),
            "no_value_or_list": Says(_("{field} is a mapping"), _("write one value or a list")),
        },
    ),
    Code(
        "D10",
        _("Unknown key"),
        _(
            "Reported for each key that is not valid in this file or section. A misspelled key would be "
            "ignored, and the intended setting would silently keep its default."
        ),
        _("Correct the spelling to the key that the finding suggests, or remove the line."),
        "D10 error settings.pek3c.yaml:4: unknown key 'eip' at the top of the file -> did you mean 'eips'?",
        says={
            "unknown_key_at_top": Says(
                _("unknown key {key!r} at the top of the file"), _("known keys: {known}")
            ),
            "near_key": Says(_("unknown key {key!r} in {section}"), _("did you mean {near!r}?")),
            "near_key_at_top": Says(
                _("unknown key {key!r} at the top of the file"), _("did you mean {near!r}?")
            ),
            "unknown_key": Says(_("unknown key {key!r} in {section}"), _("known keys: {known}")),
        },
    ),
    Code(
        "D11",
        _("A required field is missing or empty"),
        _(
            "Reported when the file is empty, or a required field has no value, for example roles, zone_id, "
            "the role of a node, or vm_base_network in sdn mode. The console does not guess these."
        ),
        _(
            "Fill in the field; the template (copy_template -z ZONE_ID) shows which fields are required and "
            "gives examples."
        ),
        "D11 error settings.pek3c.yaml:2: the section roles is missing or empty, so no node has a role -> "
        "add each node by its management address",
        says={
            "roles": Says(
                _("the section roles is missing or empty, so no node has a role"),
                _("add each node by its management address"),
            ),
            "layout": Says(
                _("the vpool of {node} has no layout"), _("write layout: {layouts:or}, or remove the entry")
            ),
            "empty_file": Says(_("the file is empty"), _("fill in the template")),
            "zone_id": Says(_("{field} is missing or empty"), _("fill it in, for example pek3b")),
            "role_and_sub_roles": Says(_("{node} has no role"), _("write {{role: ..., sub_roles: [...]}}")),
            "role": Says(_("{node} has no role"), _("write role: {roles:or}")),
            "vbc": Says(_("this VBC is empty"), _("fill it in or remove it")),
            "field_of_sdn": Says(
                _("base.{field} is missing or empty, but network_mode sdn requires it"),
                _("fill it in, for example 10.10.0.0/16"),
            ),
            "field": Says(_("{field} is missing or empty"), _("fill it in")),
        },
    ),
    Code(
        "D12",
        _("YAML reads the value as another type"),
        _(
            "Reported for an unquoted value that YAML reads as a number, a date or a Boolean although text is "
            "intended (2.11, no, 1:30), or for a number that is not plain (010, 1_000). Other tools would read a "
            "different value from the same file."
        ),
        _("Put text in quotes ('2.11'); write a number in plain digits, without a leading zero."),
        "D12 error settings.pek3c.yaml:4: qemu_version: YAML reads '2.11' as a number, not as text -> write "
        "'2.11' in quotes",
        says={
            "number": Says(
                _("{field}: YAML reads {value!r} as a number, not as text"), _("write '{value}' in quotes")
            ),
            "truth_value": Says(
                _("{field}: YAML reads {value!r} as a Boolean, not as text"),
                _("write '{value}' in quotes"),
            ),
            "date": Says(
                _("{field}: YAML reads {value!r} as a date, not as text"), _("write '{value}' in quotes")
            ),
            "no_plain_number": Says(
                _("{field}: {value!r} is not a plain integer"), _("write a number from {low} to {high}")
            ),
        },
    ),
    Code(
        "D13",
        _("The value is not an IP address"),
        _(
            "Reported when an address is misspelled, has a number above 255 or a leading zero, or is IPv6 "
            "where IPv4 is expected, or the reverse. Tools disagree on such spellings: some read 010 as 8."
        ),
        _("Correct the address, in full notation and in the address family that the finding names."),
        "D13 error settings.pek3c.yaml:3: roles.172.16.80.256: '172.16.80.256' has a number above 255 "
        "-> correct it",
        says={
            "other_family": Says(
                _("{field}: {value!r} is IPv{found}, but IPv{wanted} is required"),
                _("write an IPv{wanted} address"),
            ),
            "malformed": Says("{field}: {reason}", _("correct it")),
            "value_of_other_family": Says(
                _("{field}: {value!r} is IPv{found}, but IPv{wanted} is required"),
                _("write an IPv{wanted} value"),
            ),
            "no_address": Says(_("{value!r} is not an IP address")),
            "leading_zero": Says(
                _("{value!r} has a number with a leading zero, which some tools read as octal")
            ),
            "above_255": Says(_("{value!r} has a number above 255")),
        },
    ),
    Code(
        "D14",
        _("The value is not a network"),
        _(
            "Reported when a network has no mask, a mask that is out of range, host bits that are set, or is "
            "of the other address family. Routes and overlap checks depend on the exact network."
        ),
        _(
            "Write the network address with its mask, such as 10.10.50.0/24; the finding names the network "
            "that contains the address."
        ),
        "D14 error settings.pek3c.yaml:5: vbc.0.ipv4_vbc: '10.10.50.7/24' is an address inside "
        "10.10.50.0/24, not a network -> correct it",
        says={
            "other_family": Says(
                _("{field}: {value!r} is IPv{found}, but IPv{wanted} is required"),
                _("write an IPv{wanted} value"),
            ),
            "malformed": Says("{field}: {reason}", _("correct it")),
            "wrong_mask": Says(_("{value!r} needs a mask from /0 to /{bits}")),
            "no_mask": Says(_("{value!r} has no mask")),
            "address_inside": Says(_("{value!r} is an address inside {network}, not a network")),
        },
    ),
    Code(
        "D15",
        _("The value is not allowed"),
        _(
            "Reported when a field accepts one of a few words, a number in a range, or a name of a certain "
            "form, and the value does not match. A role or mode that does not exist cannot be installed."
        ),
        _("Write one of the values that the finding lists."),
        "D15 error settings.pek3c.yaml:3: roles.172.16.80.21.role is 'hyper-rep' -> did you mean "
        "'hyper-repl'? allowed: hyper-pair, hyper-repl, hyper-sanc, vg, ks",
        says={
            "no_zone_id": Says(_("{field} is {value!r}"), _("use lowercase letters, digits and hyphens")),
            "no_version": Says(_("qemu_version is {value!r}"), _("use numbers and dots: 2.11.1.1")),
            "hidden_character": Says(_("{field} contains {char}"), _("write a single line without it")),
            "too_long": Says(_("{field} is {length} characters long"), _("use at most {limit}")),
            "out_of_range": Says(_("{field} is {value}"), _("write a number from {low} to {high}")),
            "near_word": Says(_("{field} is {value!r}"), _("did you mean {near!r}? allowed: {words}")),
            "unknown_word": Says(_("{field} is {value!r}"), _("allowed: {words}")),
        },
    ),
    Code(
        "D16",
        _("A look-alike or invisible character"),
        _(
            "Reported for characters that a chat, a web page or an input method inserted in place of ASCII: a "
            "full-width colon, a curly quote, a no-break or invisible space, a Cyrillic letter. The text looks "
            "right, but no tool recognizes the name or address. Names in commands and filters are checked as "
            "well."
        ),
        _(
            "Type the character again on an English keyboard layout at the line and column that the finding "
            "names; the finding shows the intended character."
        ),
        "D16 error settings.pek3c.yaml:3: line 3 has the full-width colon U+FF1A in column 15 -> write :",
        says={
            "write_ascii": Says(_("replace it with ASCII")),
            "take_out": Says(_("remove it")),
            "line_at_columns": Says(_("line {line} has {char} in columns {columns}")),
            "write_sign": Says(_("write {sign}")),
            "write_blank": Says(_("write an ordinary space")),
            "write_blanks": Says(_("write spaces")),
            "begin_line": Says(_("start a new line in its place")),
            "word_at": Says(_("{word!r} has {char} in column {columns}")),
            "word_at_columns": Says(_("{word!r} has {char} in columns {columns}")),
            "indent_at": Says(_("line {line} is indented with {char} in column {columns}")),
            "indent_at_columns": Says(_("line {line} is indented with {char} in columns {columns}")),
            "line_at": Says(_("line {line} has {char} in column {columns}")),
            "found": Says("{what}", "{instead}"),
            "write_sign_blank_after": Says(_("write {sign} followed by a space")),
            "write_sign_blank_before": Says(_("write {sign} preceded by a space")),
        },
    ),
    Code(
        "D17",
        _("A node cannot read its settings file from the plan"),
        _(
            "Reported at approval, by gen_node_list, and when a job prepares its scripts: a line of the "
            'settings file is not key="value", occurs twice or contains a character that the node does not '
            "accept. The file is not sent, because the node would stop halfway or use a wrong value."
        ),
        _(
            "Correct the line in the plan (edit_plan_file PLAN settings/HOSTNAME -I FILE), or configure "
            "again with config_qingcloud -f. Then review and approve."
        ),
        "D17 error 172.16.80.21: the settings of pek3cr01n01 in plan pek3c-2 cannot be read: line 12 is not "
        "key=\"value\": 'data_disks=nvme0n1' -> edit the file in the plan, or configure again",
        says={
            "of_node": Says(
                _("the settings of {node} in plan {plan} cannot be read: {reason}"),
                _("edit the file in the plan, or configure again; nothing was sent to the node"),
            ),
            "of_hostname": Says(
                _("the settings of {hostname} in plan {plan} cannot be read: {reason}"),
                _("edit the file in the plan, or configure again"),
            ),
            "in_file": Says(_("no node could read {path}: {reason}")),
            "no_setting": Says(_('is not key="value": {text!r}')),
            "has_character": Says(_("has {char}: {instead}")),
            "wrong_escape": Says(_('is not key="value": {text!r}; a \\ is allowed only before {escaped}')),
            "line": Says(_("line {line} {what}")),
            "no_line_feed": Says(_("does not end with a newline")),
            "too_long": Says(_("is longer than {limit} bytes")),
            "key_twice": Says(_("contains the key {key} twice")),
            "unknown_key": Says(_("contains the key {key}, which no component uses")),
        },
    ),
    Code(
        "D18",
        _("A value cannot be written to a rendered file"),
        _(
            "Reported when a host name, an interface, a disk or another value cannot be represented in the "
            "file that is rendered from it (settings file, hosts, node list, server.yaml, package): the "
            "program that reads the file would misread it."
        ),
        _(
            "Correct the value at its source: rename it on the node and collect the node again (collect_nodes "
            "-i ADDRESS), or correct the configuration file. Then configure again."
        ),
        "D18 error 172.16.80.21: pek3cr01n01: mgmt_network_interface is 'bond管理', which is not a list of "
        "ASCII words separated by single spaces -> rename it on the node, and collect the node again",
        says={
            "setting": Says(
                _("{hostname}: {field} is {value!r}, which {reason}"),
                _("rename it on the node, and collect the node again"),
            ),
            "no_words": Says(_("is not a list of ASCII words separated by single spaces")),
            "no_words_of_drbd": Says(_("contains a character that a DRBD configuration does not allow")),
            "no_host_name": Says(
                _("{name!r} is not a host name, so it cannot be written to a hosts file"),
                _("correct it at its source (the node, or the configuration file), then try again"),
            ),
            "no_yaml_word": Says(
                _("{value!r} is not an ASCII word, so it cannot be written to server.yaml"),
                _("correct it at its source (the node, or the configuration file), then try again"),
            ),
            "no_program_name": Says(
                _("{name!r} cannot be the name of a supervisor program"),
                _("correct it at its source (the node, or the configuration file), then try again"),
            ),
            "no_package_field": Says(
                _("{value!r} cannot be the {field} of a package"),
                _("correct it at its source (the node, or the configuration file), then try again"),
            ),
            "no_host_address": Says(
                _("{reason}, so it cannot be written to a hosts file"),
                _("correct it at its source (the node, or the configuration file), then try again"),
            ),
        },
    ),
)
