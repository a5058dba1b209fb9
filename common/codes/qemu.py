"""Codes of QEMU versions."""

from common.codes.registry import Code

CODES = (
    Code("Q01", "", "", ""),
    Code("Q02", "", "", ""),
    Code("Q03", "", "", ""),
)
