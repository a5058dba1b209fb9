"""Codes of QEMU versions."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "Q01",
        _("The QEMU versions or server.yaml are not valid"),
        _(
            "Reported when a version, a folder or the default given to set_qemu_version is not valid, or when "
            "server.yaml of the zone is not YAML, contains a duplicate key, or is written in a form that an "
            "edit could damage. Every compute_server of the zone reads this file."
        ),
        _(
            "Correct what the finding names and try again: --qemu VERSION[=BIN] for each version, such as "
            "2.11.1.1, and a --default that is one of them. If the file is at fault, edit server/server.yaml in "
            "the review of a plan (edit_plan_file)."
        ),
        "Q01 error versions: the default '2.4.1.2' is not one of the versions 2.11.1.1 -> correct it and try "
        "again",
        says={
            "unreadable": Says(
                "{reason}",
                _(
                    "edit it in a plan of the zone: `config_qingcloud -f -v {variables} -s {settings}`, "
                    "`edit_plan_file PLAN {path} -I FILE`, `approve_plan PLAN`; then try again"
                ),
            ),
            "wrong_versions": Says("{reason}", _("correct it and try again")),
            "foreign_default": Says(_("the default {default!r} is not one of the versions {versions}")),
            "no_version": Says(_("{version!r} is not a QEMU version: use the form 2.11.1.1")),
            "no_folder": Says(_("{folder!r} is not a folder: use the form /opt/qemu-2.11.1.1/usr/bin")),
            "version_twice": Says(_("version {version!r} is specified twice")),
        },
    ),
    Code(
        "Q02",
        _("No approved change of the QEMU versions exists"),
        _(
            "Reported by set_qemu_version --apply when no change is pending, or the pending one is not "
            "approved. Every node of the zone gets the new server.yaml, so it is reviewed first."
        ),
        _(
            "Create a change with set_qemu_version -z ZONE --qemu VERSION --default VERSION, approve it with "
            "--approve CHANGE, then run --apply --change CHANGE."
        ),
        "Q02 error: zone pek3c has no approved change of its QEMU versions -> create and approve one: "
        "set_qemu_version -z pek3c --qemu V --default V, then --approve CHANGE",
        says={
            "": Says(
                _("zone {zone} has no approved change of its QEMU versions"),
                _(
                    "create and approve one: `set_qemu_version -z {zone} --qemu V --default V`, then --approve CHANGE"
                ),
                _("preview and approve the QEMU versions first: `set_qemu_version -z {zone}`"),
            )
        },
    ),
    Code(
        "Q03",
        _("server.yaml has changed since the QEMU change was made"),
        _(
            "Reported when the job starts and server.yaml of the zone is not the text that the approved change "
            "was made from. Writing the change would undo the other edit, which the approver has not seen."
        ),
        _(
            "Create the change again (set_qemu_version -z ZONE --qemu VERSION --default VERSION), review and "
            "approve it, then apply it."
        ),
        "Q03 error: server/server.yaml has changed since change c-AbC12345 was made -> make the change again",
        says={
            "": Says(
                _("{path} has changed since change {change} was made"),
                _(
                    "make the change again: `set_qemu_version -z {zone} {versions} --default {default}`, then --approve "
                    "it and --apply"
                ),
                page=_("preview, approve and apply the QEMU versions again"),
            )
        },
    ),
)
