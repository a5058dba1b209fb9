"""Codes for problems of a file itself, before any rule of the domain is checked.

======  ==========================================================================
D01     not UTF-8 text (other encoding, control characters)
D02     larger than 1 MB
D03     not YAML: the parser says where it stopped understanding
D04     a tab where YAML wants blanks
D05     the same key twice in one mapping
D06     an anchor or alias (a few lines of them may stand for gigabytes)
D07     YAML beyond plain data: tags, merge keys, several documents, keys that are not words
D08     nested deeper, or with more entries, than any real file
D09     another type than the field has (a list where a word belongs)
D10     a key that does not exist, with the nearest one that does
D11     a field that must be filled is missing or empty
D12     a value that YAML reads as something else (no, 1:30, 010)
D13     not an address, or one of the other family
D14     not a network, or one of the other family
D15     a word outside the list of allowed ones
D16     a character that looks like another one, or like nothing: often pasted from a chat or an editor
D17     a settings file of a plan that no longer follows the grammar: nothing of it goes to a node
D18     a value that the reader of a rendered file would take for something else
======  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Iterable

from common.errors import Finding

SYNTAX = "D03"
UNKNOWN_KEY = "D10"
LOOK_ALIKE = "D16"

HARMLESS = frozenset({UNKNOWN_KEY, "R15"})
"""Errors that leave the document readable: the rules are checked as well, so that every problem is reported at once."""


def unusable(findings: Iterable[Finding]) -> bool:
    """Return whether the findings leave nothing that a rule could check without misleading follow-up errors."""
    return any(item.level == "error" and item.code not in HARMLESS for item in findings)
