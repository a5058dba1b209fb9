"""Codes of a zone that joins its region."""

from common.codes.registry import Code

CODES = (
    Code("L01", "", "", ""),
    Code("L02", "", "", ""),
    Code("L03", "", "", ""),
    Code("L04", "", "", ""),
    Code("L05", "", "", ""),
    Code("L06", "", "", ""),
)
