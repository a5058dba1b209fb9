"""Parse stored output of the collection script again; it contains the nonce of its run."""

from __future__ import annotations

import re

from common.wording import _
from nodes import collection
from nodes.facts import NodeFacts
from nodes.parsers.errors import ParseError

_FIRST_FRAME = re.compile(rb"^@@([A-Za-z0-9]{8,64}) begin ", re.MULTILINE)


def nonce_of(stream: bytes) -> str:
    """Return the nonce of the run that printed ``stream``. Raises: ParseError when it holds no frame."""
    found = _FIRST_FRAME.search(stream)
    if not found:
        raise ParseError("collection stream", _("has no frame: it is not output of the collection script"))
    return found[1].decode()


def read_again(stream: bytes, mgmt_address: str) -> NodeFacts:
    """Parse stored output with the current parsers. Raises: FactsError."""
    return collection.read(stream, nonce_of(stream), mgmt_address)
