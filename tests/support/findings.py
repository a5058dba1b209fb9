"""Findings with texts of a test."""

from __future__ import annotations

from typing import Any

from common.errors import Finding
from common.messages import Message


def finding(code: str, detail: str, remedy: str = "", **place: Any) -> Finding:
    """Return a finding that says ``detail`` and ``remedy``; ``place``: its level, field, file, line and node."""
    return Finding(Message.literal(detail, remedy, code=code), **place)
