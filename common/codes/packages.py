"""Codes of packages and maintenance of nodes in service."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "I01",
        "The package file does not exist",
        "update_nodes names a package that has no NAME_VERSION_ARCH.deb in packages/ of the data folder, "
        "or the file was removed after the job started. Only pitrix-global-conf is built by the console "
        "itself.",
        "Copy the .deb file into packages/ of the data folder (INSTALLER_DATA_DIR) and repeat "
        "update_nodes, or resume_job JOB if the job has failed.",
        "I01 error packages: there is no package 'pitrix-hyper' -> put NAME_VERSION_ARCH.deb into "
        "packages/ of the data folder; pitrix-global-conf is always there",
        says={
            "there_no_package": Says(
                _("there is no package {name!r}"),
                _(
                    "put NAME_VERSION_ARCH.deb into packages/ of the data folder; {GLOBAL_CONF} is always there"
                ),
            ),
            "gone_from_packages": Says(
                _("{gone}: gone from packages/ of the data folder"), _("put it there, then resume")
            ),
        },
    ),
    Code(
        "I02",
        "The group is not the hypers of exactly one zone",
        "update_hyper_mirror was given a group with hypers of several zones, or with no hyper at all. "
        "The mirror list holds the hypers of one zone; a mixed list would point nodes to another zone.",
        "Specify one zone with -z ZONE, or a group that has hypers with -n GROUP.",
        "I02 error: group hyper has hypers of 2 zones -> name one zone: -z pek3c or pek3d",
    ),
    Code(
        "I03",
        "The zone has no mirror list",
        "update_hyper_mirror was called for a zone in standard mode. Only hypers of fusion and devops "
        "zones keep a list of all hypers.",
        "Skip the command for this zone; no action is needed.",
        "I03 error: zone pek3c is standard: it has no mirror list -> nothing is to be done for it",
        says={
            "": Says(
                _("zone {zone} is {deploy_mode}: it has no mirror list"), _("nothing is to be done for it")
            )
        },
    ),
)
