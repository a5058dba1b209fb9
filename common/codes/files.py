"""Codes of which configuration files belong together."""

from common.codes.registry import Code

CODES = (
    Code("F01", "", "", ""),
    Code("F02", "", "", ""),
    Code("F03", "", "", ""),
)
