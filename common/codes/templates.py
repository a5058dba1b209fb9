"""Codes of templates and example zones."""

from common.codes.registry import Code

CODES = (
    Code(
        "T01",
        "There is no template of that name",
        "Said when a file to start from is asked for that does not exist. There is one for each kind "
        "of configuration file.",
        "Use variables, settings or scale_settings (copy_template -t TEMPLATE -z ZONE_ID).",
        "T01 error: there is no template 'scale' -> use one of variables, settings, scale_settings",
    ),
    Code(
        "T02",
        "The zone id is malformed",
        "Said when the id has capitals, underscores, dots or more than 32 characters, or begins with a "
        "hyphen. File names, host names and groups are made from it.",
        "Use lowercase letters, digits and hyphens, beginning with a letter or digit, such as pek3c.",
        "T02 error zone_id: 'PEK3_C' is not a zone id -> use small letters, digits and hyphens",
    ),
    Code(
        "T03",
        "The file exists already",
        "Said by copy_template when the folder already has a file of that name. A file that may have "
        "been filled in is never overwritten, and none of the files is written.",
        "Move or remove the file, or choose another folder with -o DIR.",
        "T03 error variables.pek3c.yaml: variables.pek3c.yaml exists already -> remove it, or choose "
        "another folder with -o",
    ),
    Code(
        "T04",
        "There is no example zone of that name",
        "Said by copy_template --archive when the name is not MODE/ZONE of one of the examples.",
        "Use one of the examples that copy_template --list shows.",
        "T04 error archive: there is no example 'standard/devops1c' -> use one of devops/devops1a, "
        "devops/devops1b, fusion/devops1a, fusion/devops1b, fusion/devops1c, standard/devops1a, "
        "standard/devops1b",
    ),
)
