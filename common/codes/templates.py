"""Codes of templates and example zones."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "T01",
        _("The template does not exist"),
        _(
            "Reported when a starter file is requested that does not exist. There is one for each kind of "
            "configuration file."
        ),
        _("Use variables, settings or scale_settings (copy_template -t TEMPLATE -z ZONE_ID)."),
        "T01 error: template 'scale' does not exist -> use one of variables, settings, scale_settings",
        says={"": Says(_("template {template!r} does not exist"), _("use one of {known}"))},
    ),
    Code(
        "T02",
        _("The zone id is malformed"),
        _(
            "Reported when the id has uppercase letters, underscores, dots or more than 32 characters, or starts "
            "with a hyphen. File names, host names and groups contain it."
        ),
        _("Use lowercase letters, digits and hyphens, starting with a letter or digit, such as pek3c."),
        "T02 error zone_id: 'PEK3_C' is not a valid zone id -> use lowercase letters, digits and hyphens",
        says={"": Says(_("{zone!r} is not a valid zone id"), _("use lowercase letters, digits and hyphens"))},
    ),
    Code(
        "T03",
        _("The file already exists"),
        _(
            "Reported by copy_template when the folder already has a file with that name. A file that may have "
            "been filled in is never overwritten, and none of the files is written."
        ),
        _("Move or remove the file, or choose another folder with -o DIR."),
        "T03 error variables.pek3c.yaml: variables.pek3c.yaml already exists -> remove it, or choose another "
        "folder with -o",
        says={"": Says(_("{path} already exists"), _("remove it, or choose another folder with -o"))},
    ),
    Code(
        "T04",
        _("The example zone does not exist"),
        _("Reported by copy_template --archive when the name is not MODE/ZONE of one of the examples."),
        _("Use one of the examples that copy_template --list shows."),
        "T04 error archive: example zone 'standard/devops1c' does not exist -> use one of devops/devops1a, "
        "devops/devops1b, fusion/devops1a, fusion/devops1b, fusion/devops1c, standard/devops1a, "
        "standard/devops1b",
        says={"": Says(_("example zone {name!r} does not exist"), _("use one of {known}"))},
    ),
)
