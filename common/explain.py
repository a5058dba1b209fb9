"""Look up what a code means."""

from __future__ import annotations

from common.codes import CODES, Code
from common.errors import NotFound
from common.messages import message


def find_code(text: str) -> Code:
    """Look up a code, in upper or lower case. Raises :class:`NotFound`."""
    found = CODES.get(text.strip().upper())
    if found is None:
        raise NotFound.because(message("C18", code=text.strip()[:20]), field="code")
    return found
