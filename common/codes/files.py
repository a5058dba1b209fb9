"""Codes of incomplete or mismatched sets of configuration files."""

from common.codes.registry import Code

CODES = (
    Code(
        "F01",
        "No configuration file is given",
        "Said by config_qingcloud without a file. There is nothing to check or plan.",
        "Give -s scale_settings.ZONE_ID.yaml to add nodes to a zone, or -v variables.ZONE_ID.yaml and "
        "-s settings.ZONE_ID.yaml for a zone. copy_template -z ZONE_ID writes files to start from.",
        "F01 error: no configuration file is given -> give -s FILE, or -v FILE and -s FILE",
    ),
    Code(
        "F02",
        "A settings file without its variables file",
        "Said when settings.ZONE_ID.yaml is given and no variables file of the same zone is. A zone is "
        "made from both: the variables have its networks and pools, the settings its nodes.",
        "Give -v variables.ZONE_ID.yaml too. To add nodes to a zone that exists, name the file "
        "scale_settings.ZONE_ID.yaml.",
        "F02 error settings.pek3c.yaml: zone pek3c has a settings file but no variables file -> give "
        "variables.pek3c.yaml too; to add nodes to a zone that exists, name the file "
        "scale_settings.pek3c.yaml",
    ),
    Code(
        "F03",
        "A variables file without its settings file",
        "Said when variables.ZONE_ID.yaml is given and no settings file of the same zone is. Without "
        "settings no node has a role, so there is no zone to plan.",
        "Give -s settings.ZONE_ID.yaml too. When several zones are configured in one call, separate "
        "the files with commas.",
        "F03 error variables.pek3c.yaml: zone pek3c has a variables file but no settings file -> give "
        "settings.pek3c.yaml too",
    ),
)
