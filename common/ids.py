"""Public ids: ``n-`` and ``j-`` with 8 of [0-9A-Za-z]."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.digits + string.ascii_letters


def public_id(prefix: str) -> str:
    """A new id such as ``j-4fG7kQ2z``; 47 bits of chance, the unique column catches the rest."""
    return f"{prefix}-{''.join(secrets.choice(_ALPHABET) for _ in range(8))}"
