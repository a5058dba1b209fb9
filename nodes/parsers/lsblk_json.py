r"""``lsblk -J -b -O`` (man lsblk(8)): since util-linux 2.27; all values were text until 2.33.

util-linux 2.27 to 2.29 write ``\x20`` into JSON strings, which is not valid JSON; it is repaired first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from common.wording import _
from nodes.parsers.block import TOOL, BlockDevice, device, merged, normalised_key
from nodes.parsers.errors import ParseError
from nodes.parsers.lineage import with_guessed_parents
from nodes.parsers.text import clean, device_name

_BAD_ESCAPE = re.compile(r"(?<!\\)((?:\\\\)*)\\x([0-9a-fA-F]{2})")
_MAX_DEPTH = 64


def parse(text: str) -> tuple[BlockDevice, ...]:
    """Parse every device once; parents from the tree or PKNAME, else from the order of the rows. Raises: ParseError."""
    tree = _load(text)
    rows = tree.get("blockdevices") if isinstance(tree, dict) else None
    if not isinstance(rows, list):
        raise ParseError(TOOL, _("JSON has no 'blockdevices' list"), text)
    told = any(isinstance(row, dict) and row.keys() & {"pkname", "PKNAME", "children"} for row in rows)
    devices = list(_walk(rows))
    return merged(devices if told else with_guessed_parents(devices))


def _load(text: str) -> Any:
    mended = _BAD_ESCAPE.sub(r"\1\\\\x\2", text)
    try:
        return json.loads(mended, strict=False)
    except RecursionError as error:
        raise ParseError(TOOL, _("JSON is nested too deeply"), text) from error
    except ValueError as error:
        raise ParseError(TOOL, _("is not JSON ({error})"), text, error=printable_reason(error)) from error


def printable_reason(error: ValueError) -> str:
    """Return why JSON could not be read, without the text itself."""
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}: {error.msg}"
    return "a number is too long"


def _walk(rows: list[Any]) -> Iterator[BlockDevice]:
    pending: list[tuple[Any, str, int]] = [(row, "", 0) for row in reversed(rows)]
    while pending:
        row, parent, depth = pending.pop()
        if not isinstance(row, dict) or depth > _MAX_DEPTH:
            raise ParseError(TOOL, _("a row of 'blockdevices' is not an object"), repr(row)[:200])
        cells = {normalised_key(str(key)): _cell(value) for key, value in row.items()}
        above = parent or device_name(cells.get("pkname", ""))
        item = device(cells, (above,) if above else ())
        yield item
        children = row.get("children") or []
        if not isinstance(children, list):
            raise ParseError(TOOL, _("'children' is not a list"), repr(children)[:200])
        pending.extend((child, item.kname, depth + 1) for child in reversed(children))


def _cell(value: Any) -> str:
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return "\n".join(clean(item) for item in value if isinstance(item, str))
    if isinstance(value, int):
        # A hostile integer may be longer than Python will print; no size has 40 digits.
        return str(value) if -(10**40) < value < 10**40 else "too long"
    return clean(str(value))
