"""Codes of haproxy of a zone's proxies."""

from common.codes.registry import Code

CODES = (
    Code("H01", "", "", ""),
    Code("H02", "", "", ""),
    Code("H03", "", "", ""),
    Code("H04", "", "", ""),
    Code("H05", "", "", ""),
    Code("H06", "", "", ""),
    Code("H07", "", "", ""),
)
