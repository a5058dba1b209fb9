"""Codes of packages and maintenance of nodes in service."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "I01",
        _("The package file does not exist"),
        _(
            "update_nodes names a package that has no NAME_VERSION_ARCH.deb in packages/ of the data folder, "
            "or the file was removed after the job started. Only pitrix-global-conf is built by the console "
            "itself."
        ),
        _(
            "Copy the .deb file into packages/ of the data folder (INSTALLER_DATA_DIR) and repeat "
            "update_nodes, or resume_job JOB if the job has failed."
        ),
        "I01 error packages: package 'pitrix-hyper' does not exist -> put NAME_VERSION_ARCH.deb into "
        "packages/ of the data folder; pitrix-global-conf is always available",
        says={
            "unknown": Says(
                _("package {name!r} does not exist"),
                _(
                    "put NAME_VERSION_ARCH.deb into packages/ of the data folder; {global_conf} is always available"
                ),
            ),
            "gone": Says(
                _("{names}: no longer in packages/ of the data folder"),
                _("put the file back, then resume the job"),
            ),
        },
    ),
    Code(
        "I02",
        _("The group is not the hypers of exactly one zone"),
        _(
            "update_hyper_mirror was given a group with hypers of several zones, or with no hyper at all. "
            "The mirror list holds the hypers of one zone; a mixed list would point nodes to another zone."
        ),
        _("Specify one zone with -z ZONE, or a group that has hypers with -n GROUP."),
        "I02 error: group hyper has hypers in 2 zones -> specify one zone: -z pek3c or pek3d",
        says={
            "several_zones": Says(
                _("group {group} has hypers in {count} zones"),
                _("specify one zone: -z {zones:or}"),
                page=_("specify one zone: {zones:or}"),
            ),
            "no_hypers": Says(
                _("group {group} has no hypers"), _("specify a group that has hypers, such as hyper")
            ),
        },
    ),
    Code(
        "I03",
        _("The zone has no mirror list"),
        _(
            "update_hyper_mirror was called for a zone in standard mode. Only hypers of fusion and devops "
            "zones keep a list of all hypers."
        ),
        _("Skip the command for this zone; no action is needed."),
        "I03 error: zone pek3c is in standard mode, which has no mirror list -> no action is needed",
        says={
            "": Says(_("zone {zone} is in {mode} mode, which has no mirror list"), _("no action is needed"))
        },
    ),
    Code(
        "I04",
        _("A file of the installer cannot be read or written"),
        _(
            "A job writes packages to the data folder of the installer, or sends them from there, and the file "
            "is missing, belongs to another account, or its disk failed. On a full disk the job waits first."
        ),
        _(
            "Put the file at the path in the message, correct its permissions, or free some space. Then run "
            "resume_job JOB."
        ),
        "I04 /var/lib/installer/packages/gone.deb on the installer cannot be read: No such file or "
        "directory: restore the file, then resume the job",
        failure=True,
        says={
            "write": Says(
                _("{path}: {reason}"),
                _("free some space or correct the permissions there, then resume the job"),
            ),
            "read": Says(
                _("{path} on the installer cannot be read: {reason}"),
                _("restore the file, then resume the job"),
            ),
        },
    ),
    Code(
        "I05",
        _("A package could not be written on the node"),
        _(
            "A package was sent to a node and did not arrive completely, or the package folder there cannot be "
            "written: its disk is full or read-only. Nothing was installed from it."
        ),
        _("Free some space on the node, or remount its file system read-write. Then run resume_job JOB."),
        "I05 172.16.80.21 port 22: /opt/install/packages/pitrix-hyper_1_all.deb could not be written: sh: 1: cannot "
        "create: No space left on device",
        failure=True,
        says={
            "": Says(_("{endpoint}: {path} could not be written: {reason}")),
            "not_whole": Says(_("{endpoint}: {path} could not be written: the file is incomplete")),
        },
    ),
)
