"""Codes of return routes."""

from common.codes.registry import Code

CODES = (
    Code("V01", "", "", ""),
    Code("V02", "", "", ""),
)
