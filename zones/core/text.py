"""Small words for sentences that people read."""

from __future__ import annotations


def counted(number: int, noun: str) -> str:
    """Return ``1 hyper``, ``3 hypers``."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun}es" if noun.endswith("s") else f"{number} {noun}s"
