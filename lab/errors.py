"""The one exception of the lab: a sentence that says what is wrong and what to do."""

from __future__ import annotations


class LabError(Exception):
    """The lab, its folder or this host prevents the request; the text is meant for people."""
