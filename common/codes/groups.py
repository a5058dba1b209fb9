"""Codes of groups of nodes."""

from common.codes.registry import Code

CODES = (
    Code("G01", "", "", ""),
    Code("G02", "", "", ""),
    Code("G03", "", "", ""),
    Code("G04", "", "", ""),
    Code("G05", "", "", ""),
)
