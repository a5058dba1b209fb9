"""What the collection script would print for an ordinary server, with sections changed at will."""

from __future__ import annotations

from tests.support.sections import ORDINARY

NONCE = "0123456789abcdef"


def stream(nonce: str = NONCE, **changed: str | None) -> bytes:
    """Return a whole stream; keywords name sections with ``_`` for ``-``, ``None`` leaves one out."""
    named = {name.replace("_", "-"): text for name, text in changed.items()}
    texts = {name: text for name, text in {**ORDINARY, **named}.items() if text is not None}
    parts = [
        f"@@{nonce} begin {name}\n{text}\n@@{nonce} stderr {name}\n\n@@{nonce} end {name} 0\n"
        for name, text in texts.items()
    ]
    return ("".join(parts) + f"@@{nonce} done {len(texts)}\n").encode()


def lsblk(*disks: str) -> str:
    """Write ``lsblk -J`` of the ordinary OS disk and of more disks, given as JSON."""
    return ORDINARY["lsblk-json"].removesuffix("]}") + "".join(f",{disk}" for disk in disks) + "]}"
