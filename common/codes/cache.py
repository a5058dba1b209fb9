"""Codes of cached lists of zones."""

from common.codes.registry import Code

CODES = (
    Code(
        "M01",
        "The cache servers or the pattern are not usable",
        "Reported by clear_zone_cache and scale_qingcloud_zone when a server is not HOST:PORT or more than "
        "64 are given, or when a pattern is not a regular expression, may run forever, or also matches "
        "keys that are not zone lists. Deleting other keys would sign users out, or slow the whole region "
        "down.",
        "Specify the servers as -S 'HOST:PORT;HOST:PORT'. Omit -P to use the platform's pattern, or match "
        "more of the key; --dry-run shows which keys match.",
        "M01 error pattern: the pattern '.*' also matches keys that are no lists of zones, even one "
        "without a character: write more of the key, as in Pitrix\\.Zone\\.Zone\\.UserZone\\.yunify -> "
        "correct it and try again",
    ),
)
