"""Codes of reviewed changes outside a plan."""

from common.codes.registry import Code

CODES = (
    Code(
        "K01",
        "There is no such change in this zone",
        "Said when the id names no change, one of another zone, or one of another kind (haproxy.cfg "
        "instead of server.yaml, or the reverse). What is written must be the change that was reviewed.",
        "Take the id from list_changes -z ZONE. If there is none yet, make one: render_haproxy -z ZONE "
        "--preview, or set_qemu_version -z ZONE --qemu VERSION --default VERSION.",
        "K01 error: there is no change 'c-AbC12345' -> make one with a preview",
    ),
    Code(
        "K02",
        "The change is approved or applied already",
        "Said when a change that is not a draft any more is approved again. The first approval counts.",
        "Apply it if that has not been done (render_haproxy or set_qemu_version with --apply --change "
        "CHANGE). list_changes -z ZONE shows its state.",
        "K02 error: change c-AbC12345 is approved already -> there is nothing to approve",
    ),
    Code(
        "K03",
        "A newer change was made after this one",
        "Said when an older change is to be approved. The newer one was made from what is in force now "
        "and takes its place; the answer shows what it contains.",
        "Look at the newer change and approve that one: --approve CHANGE with the id from the finding.",
        "K03 error: change c-XyZ67890 was made after c-AbC12345 -> look at c-XyZ67890, and approve that one",
    ),
    Code(
        "K04",
        "The change to be applied is not the one that was looked at",
        "Said when the change named with --change is not the newest, has another content than --hash "
        "says, or was applied already. Nothing is written to machines in service that was not seen.",
        "Look at the changes again (list_changes -z ZONE) and name the approved one; if it was applied "
        "already, make a new preview to see what is in force.",
        "K04 error: change c-AbC12345 is not the newest any more: olga made c-XyZ67890 after it, which "
        "is draft -> look at c-XyZ67890, then name that one",
    ),
)
