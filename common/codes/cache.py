"""Codes of cached lists of zones."""

from common.codes.registry import Code

CODES = (Code("M01", "", "", ""),)
