"""Codes of reviewed changes outside a plan."""

from common.codes.registry import Code

CODES = (
    Code("K01", "", "", ""),
    Code("K02", "", "", ""),
    Code("K03", "", "", ""),
    Code("K04", "", "", ""),
)
