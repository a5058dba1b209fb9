"""``blkid -c /dev/null -o export`` and ``wipefs -n -p`` (man blkid(8), wipefs(8)): what disks carry."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import blocks, device_name, unescape

_PLAIN_LINE = re.compile(r"(/dev/[^:\s]+):((?: [A-Z_]+=\"[^\"]*\")+)\s*")
_PLAIN_PAIR = re.compile(r"([A-Z_]+)=\"([^\"]*)\"")
_OFFSET = re.compile(r"0x[0-9a-fA-F]+")


@dataclass(frozen=True, slots=True)
class Signature:
    """What one device carries: a content type (``ext4``) and/or a partition table type (``gpt``), each with its UUID."""

    name: str
    type: str = ""
    pttype: str = ""
    ptuuid: str = ""
    uuid: str = ""
    label: str = ""


def parse(text: str) -> dict[str, Signature]:
    """Parse signatures by device name, from the export or the default format. Raises: ParseError when there is none."""
    found: dict[str, Signature] = {}
    values: dict[str, str] = {}
    for line in [*text.splitlines(), ""]:
        stripped = line.strip()
        plain = _PLAIN_LINE.fullmatch(stripped)
        if plain:
            pairs = dict(_PLAIN_PAIR.findall(plain[2]))
            _keep(found, {**pairs, "DEVNAME": plain[1]})
        elif not stripped:
            _keep(found, values)
            values = {}
        else:
            key, equals, value = stripped.partition("=")
            if key == "DEVNAME" and values:
                _keep(found, values)
                values = {}
            if equals:
                values[key] = value
    if not found:
        raise ParseError("blkid", _("names no device"), text)
    return found


def _keep(found: dict[str, Signature], values: dict[str, str]) -> None:
    name = device_name(values.get("DEVNAME", ""))
    if name:
        found[name] = Signature(
            name=name,
            type=values.get("TYPE", ""),
            pttype=values.get("PTTYPE", ""),
            ptuuid=values.get("PTUUID", ""),
            uuid=values.get("UUID", ""),
            label=unescape(values.get("LABEL", "")),
        )


def unread_by_wipefs(text: str) -> tuple[str, ...]:
    """Return the names of ``@NAME`` blocks with ``#failed``: wipefs could not read the device, or did not answer."""
    return tuple(
        device_name(title)
        for title, body in blocks(text)
        if any(line.startswith("#failed ") for line in body.splitlines())
    )


def parse_wipefs(text: str) -> dict[str, tuple[str, ...]]:
    """Parse signature types by device of ``@NAME`` blocks, each ``# offset,uuid,label,type`` and its lines.

    Raises: ParseError when a line is none of these.
    """
    found: dict[str, tuple[str, ...]] = {}
    for title, body in blocks(text):
        types = []
        for line in body.splitlines():
            if not line.strip() or line.startswith("#"):
                continue
            cells = line.split(",")
            if len(cells) < 4 or not _OFFSET.fullmatch(cells[0].strip()) or not cells[-1].strip():
                raise ParseError("wipefs", _("a line is not 'offset,uuid,label,type'"), line)
            types.append(cells[-1].strip())
        found[device_name(title)] = tuple(dict.fromkeys(types))
    if not found:
        raise ParseError("wipefs", _("names no device"), text)
    return found
