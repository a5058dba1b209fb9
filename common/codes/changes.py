"""Codes of reviewed changes outside a plan."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "K01",
        _("The zone has no change with this id"),
        _(
            "Reported when the id belongs to no change, to one of another zone, or to one of another kind "
            "(haproxy.cfg instead of server.yaml, or the reverse). Only the change that was reviewed may be "
            "written."
        ),
        _(
            "Take the id from list_changes -z ZONE. If there is none yet, create one: render_haproxy -z ZONE "
            "--preview, or set_qemu_version -z ZONE --qemu VERSION --default VERSION."
        ),
        "K01 error: change 'c-AbC12345' does not exist -> list_changes -z pek3c lists the changes of the "
        "zone; a preview creates a new one",
        says={
            "unknown": Says(
                _("change {change!r} does not exist"),
                _("`list_changes -z {zone}` lists the changes of the zone; a preview creates a new one"),
            ),
            "other_kind": Says(
                _("change {change} is for {actual}, not for {kind}"),
                _("specify a change of {kind}: `list_changes -z {zone}`"),
            ),
        },
    ),
    Code(
        "K02",
        _("The change is already approved or applied"),
        _("Reported when a change that is no longer a draft is approved again. The first approval stands."),
        _(
            "If it is not applied yet, apply it (render_haproxy or set_qemu_version with --apply --change "
            "CHANGE). list_changes -z ZONE shows its state."
        ),
        "K02 error: change c-AbC12345 is already approved -> no approval is needed",
        says={"": Says(_("change {change} is already {state}"), "{next}")},
    ),
    Code(
        "K03",
        _("A newer change exists"),
        _(
            "Reported when an older change is approved. The newer change is based on the current file and "
            "replaces it; the answer shows its content."
        ),
        _("Review the newer change and approve it: --approve CHANGE with the id from the finding."),
        "K03 error: change c-XyZ67890 was made after c-AbC12345 -> review c-XyZ67890: list_changes -z pek3c; "
        "then approve it: render_haproxy -z pek3c --approve c-XyZ67890",
        says={"": Says(_("change {newest} was made after {change}"), "{next}")},
    ),
    Code(
        "K04",
        _("The change to apply is not the one that was reviewed"),
        _(
            "Reported when the change specified with --change is not the newest, has content that does not match "
            "--hash, or was already applied. Only reviewed content is written to machines in service."
        ),
        _(
            "Review the changes again (list_changes -z ZONE) and specify the approved one; if it was already "
            "applied, create a new preview to see the current state."
        ),
        "K04 error: change c-AbC12345 is no longer the newest: olga made c-XyZ67890 after it, which is draft "
        "-> review c-XyZ67890: list_changes -z pek3c; then apply it: render_haproxy -z pek3c --apply "
        "--change c-XyZ67890",
        says={
            "other_content": Says(
                _("the content of change {change} differs from the version that was reviewed"),
                _("review it again: `list_changes -z {zone}` also shows its hash"),
            ),
            "newer_change": Says(
                _("change {change} is no longer the newest: {by} made {newest} after it, which is {state}"),
                "{next}",
            ),
            "applied": Says(_("change {change} was applied by job {job}"), "{next}"),
            "approve_qemu": Says(
                _(
                    "review {change}: `list_changes -z {zone}`; then approve it: `set_qemu_version -z {zone} --approve "
                    "{change}`"
                )
            ),
            "preview_qemu": Says(
                _("preview again to see the current state: `set_qemu_version -z {zone} --qemu V --default V`")
            ),
            "apply_qemu": Says(
                _(
                    "review {change}: `list_changes -z {zone}`; then apply it: `set_qemu_version -z {zone} --apply "
                    "--change {change}`"
                )
            ),
            "approve_haproxy": Says(
                _(
                    "review {change}: `list_changes -z {zone}`; then approve it: `render_haproxy -z {zone} --approve "
                    "{change}`"
                )
            ),
            "preview_haproxy": Says(
                _("preview again to see the current state: `render_haproxy -z {zone} --preview`")
            ),
            "apply_haproxy": Says(
                _(
                    "review {change}: `list_changes -z {zone}`; then apply it: `render_haproxy -z {zone} --apply "
                    "--change {change}`"
                )
            ),
        },
    ),
)
