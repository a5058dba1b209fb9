"""Codes of zones: adopting, retiring."""

from common.codes.registry import Code

CODES = (
    Code("Z01", "", "", ""),
    Code("Z02", "", "", ""),
    Code("Z06", "", "", ""),
    Code("Z07", "", "", ""),
    Code("Z20", "", "", ""),
    Code("Z21", "", "", ""),
    Code("Z22", "", "", ""),
    Code("Z23", "", "", ""),
    Code("Z30", "", "", ""),
    Code("Z40", "", "", ""),
)
