"""Codes of allocating addresses and networks."""

from common.codes.registry import Code

CODES = (
    Code("A01", "", "", ""),
    Code("A02", "", "", ""),
    Code("A03", "", "", ""),
    Code("A04", "", "", ""),
    Code("A05", "", "", ""),
)
