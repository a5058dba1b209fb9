"""Codes of files of a plan that are edited in the review."""

from common.codes.registry import Code

CODES = (
    Code("E01", "", "", ""),
    Code("E02", "", "", ""),
    Code("E03", "", "", ""),
    Code("E04", "", "", ""),
    Code("E05", "", "", ""),
    Code("E06", "", "", ""),
    Code("E07", "", "", ""),
    Code("E08", "", "", ""),
    Code("E09", "", "", ""),
    Code("E10", "", "", ""),
)
