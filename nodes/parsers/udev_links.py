"""Which links each device asked udev for: ``S:`` lines of ``/run/udev/data/bMAJOR:MINOR`` (systemd: src/libsystemd/sd-device).

Where several devices claim one link, ``/dev/disk/by-id`` shows only the one that got it.
"""

from __future__ import annotations

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import blocks, device_name

MAX_LINK = 512


def parse(text: str) -> dict[str, tuple[str, ...]]:
    """Parse links in ``/dev/disk/by-id``, without the folder, by kernel name. Raises: ParseError without any device."""
    found: dict[str, tuple[str, ...]] = {}
    for title, body in blocks(text):
        links = [line.strip() for line in body.splitlines() if line.strip()]
        if any(len(link) > MAX_LINK for link in links):
            raise ParseError("udev-links", _("a link is longer than any name"), body)
        found[device_name(title)] = tuple(dict.fromkeys(links))
    if not found:
        raise ParseError("udev-links", _("names no block device"), text)
    return found
