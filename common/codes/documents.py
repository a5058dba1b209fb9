"""Codes of configuration files as text."""

from common.codes.registry import Code

CODES = (
    Code("D01", "", "", ""),
    Code("D02", "", "", ""),
    Code("D03", "", "", ""),
    Code("D04", "", "", ""),
    Code("D05", "", "", ""),
    Code("D06", "", "", ""),
    Code("D07", "", "", ""),
    Code("D08", "", "", ""),
    Code("D09", "", "", ""),
    Code("D10", "", "", ""),
    Code("D11", "", "", ""),
    Code("D12", "", "", ""),
    Code("D13", "", "", ""),
    Code("D14", "", "", ""),
    Code("D15", "", "", ""),
    Code("D16", "", "", ""),
    Code("D17", "", "", ""),
    Code("D18", "", "", ""),
)
