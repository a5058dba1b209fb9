"""Codes of requests of the REST face."""

from common.codes.registry import Code

CODES = (
    Code("W01", "", "", ""),
    Code("W02", "", "", ""),
)
