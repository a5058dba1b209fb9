"""Look up what a code means."""

from __future__ import annotations

from common.codes import CODES, Code
from common.errors import NotFound


def find_code(text: str) -> Code:
    """Look up a code, in upper or lower case. Raises :class:`NotFound`."""
    found = CODES.get(text.strip().upper())
    if found is None:
        raise NotFound.because(
            "C18",
            f"there is no code {text.strip()[:20]}",
            "explain without a code lists all of them",
            field="code",
        )
    return found
