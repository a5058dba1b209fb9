"""Public ids: ``n-`` and ``j-`` with 8 of [0-9A-Za-z]."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.digits + string.ascii_letters


def public_id(prefix: str) -> str:
    """Return a new id such as ``j-4fG7kQ2z``: 47 random bits; the unique column rejects a collision."""
    return f"{prefix}-{''.join(secrets.choice(_ALPHABET) for _ in range(8))}"
