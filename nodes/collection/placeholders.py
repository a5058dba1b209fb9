"""Placeholder identities: what firmware, bridges and controllers report when none was ever set."""

from __future__ import annotations

import re
from functools import lru_cache

_FORM = re.compile(r"^(?:0x|naa\.|eui\.|uuid\.|nguid\.|t10\.)")
# All zeros, and any other character alone from four of them on.
_ONE_CHARACTER = re.compile(r"0*|(.)\1{3,}")
# 5000000000000001, 6000…0002, 0100000000000000: a name of which only the form and a count were filled in.
_ONLY_COUNTED = re.compile(r"0?[0-9a-f]?0{8,}[0-9a-f]{0,4}")
_COUNTED_DIGITS = 12
_STAIRS = tuple(
    steps * 4
    for steps in ("0123456789", "9876543210", "0123456789abcdef", "1234567890abcdef", "fedcba9876543210")
)
_STAIR_DIGITS = 8
_WORDS = frozenset(
    {
        *("not set", "none", "null", "n a", "na", "unknown", "undefined", "unspecified", "invalid", "empty"),
        *(
            "default",
            "default string",
            "to be filled by o e m",
            "to be filled by oem",
            "oem",
            "not specified",
        ),
        *("not available", "not applicable", "no serial", "no serial number", "serial", "serial number"),
        *("serialnumber", "system serial number", "s n", "sn"),
    }
)


@lru_cache(maxsize=16_384)
def is_filler(text: str) -> bool:
    """Check whether a serial number or world wide name is empty or a placeholder, and so shared by many disks."""
    lowered = _FORM.sub("", text.strip().lower())
    digits = re.sub(r"[^0-9a-z]", "", lowered)
    if _ONE_CHARACTER.fullmatch(digits):
        return True
    if len(digits) >= _COUNTED_DIGITS and _ONLY_COUNTED.fullmatch(digits):
        return True
    if len(digits) >= _STAIR_DIGITS and any(digits in stairs for stairs in _STAIRS):
        return True
    return re.sub(r"[^0-9a-z]+", " ", lowered).strip() in _WORDS
