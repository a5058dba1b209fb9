"""Codes of what is typed at a shell."""

from common.codes.registry import Code

CODES = (
    Code("C01", "", "", ""),
    Code("C02", "", "", ""),
    Code("C03", "", "", ""),
    Code("C04", "", "", ""),
    Code("C05", "", "", ""),
    Code("C06", "", "", ""),
    Code("C07", "", "", ""),
    Code("C08", "", "", ""),
    Code("C09", "", "", ""),
    Code("C10", "", "", ""),
    Code("C11", "", "", ""),
    Code("C12", "", "", ""),
    Code("C14", "", "", ""),
    Code("C15", "", "", ""),
    Code("C16", "", "", ""),
    Code("C17", "", "", ""),
)
