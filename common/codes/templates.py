"""Codes of templates and example zones."""

from common.codes.registry import Code

CODES = (
    Code("T01", "", "", ""),
    Code("T02", "", "", ""),
    Code("T03", "", "", ""),
    Code("T04", "", "", ""),
)
