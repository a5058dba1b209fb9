"""Codes of incomplete or mismatched sets of configuration files."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "F01",
        _("No configuration file is specified"),
        _("Reported by config_qingcloud without a file. Without one, there is nothing to check or plan."),
        _(
            "Pass -s scale_settings.ZONE_ID.yaml to add nodes to a zone, or -v variables.ZONE_ID.yaml and -s "
            "settings.ZONE_ID.yaml for a zone. copy_template -z ZONE_ID creates starter files."
        ),
        "F01 error: no configuration file is specified -> specify a settings file (-s FILE), for a new zone "
        "with its variables file (-v FILE -s FILE)",
        says={
            "": Says(
                _("no configuration file is specified"),
                _(
                    "specify a settings file (-s FILE), for a new zone with its variables file (-v FILE -s FILE)"
                ),
                _("enter the settings of the zone, and for a new zone its variables too"),
            )
        },
    ),
    Code(
        "F02",
        _("The settings file has no variables file"),
        _(
            "Reported when settings.ZONE_ID.yaml is given without a variables file of the same zone. A zone "
            "needs both: variables define its networks and pools, settings its nodes."
        ),
        _(
            "Pass -v variables.ZONE_ID.yaml too. To add nodes to an existing zone, name the file "
            "scale_settings.ZONE_ID.yaml."
        ),
        "F02 error settings.pek3c.yaml: zone pek3c has a settings file but no variables file -> specify "
        "variables.pek3c.yaml too; to add nodes to an existing zone, name the file scale_settings.pek3c.yaml",
        says={
            "": Says(
                _("zone {zone} has a settings file but no variables file"),
                _(
                    "specify variables.{zone}.yaml too; to add nodes to an existing zone, name the file "
                    "scale_settings.{zone}.yaml"
                ),
            )
        },
    ),
    Code(
        "F03",
        _("The variables file has no settings file"),
        _(
            "Reported when variables.ZONE_ID.yaml is given without a settings file of the same zone. Without "
            "settings no node has a role, so there is no zone to plan."
        ),
        _(
            "Pass -s settings.ZONE_ID.yaml too. To configure several zones in one call, separate the files "
            "with commas."
        ),
        "F03 error variables.pek3c.yaml: zone pek3c has a variables file but no settings file -> specify "
        "settings.pek3c.yaml too",
        says={
            "": Says(
                _("zone {zone} has a variables file but no settings file"),
                _("specify settings.{zone}.yaml too"),
            )
        },
    ),
)
