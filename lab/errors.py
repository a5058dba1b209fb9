"""The one exception of the lab: a sentence that says what is wrong and what to do."""

from __future__ import annotations


class LabError(Exception):
    """Something about the lab, its folder or this host prevents what was asked; the text is for a person."""
