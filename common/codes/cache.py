"""Codes of cached lists of zones."""

from common.codes.registry import Code

CODES = (
    Code(
        "M01",
        "The cache servers or the pattern are not usable",
        "Said by clear_zone_cache and scale_qingcloud_zone when a server is not HOST:PORT or more than "
        "64 are named, or when a pattern is not a regular expression, may run without end, or also "
        "matches keys that are not lists of zones. Deleting other keys would sign users out, or slow "
        "the whole region down.",
        "Write the servers as -S 'HOST:PORT;HOST:PORT'. Leave -P out to use the pattern of the "
        "platform, or write more of the key; --dry-run shows which keys match.",
        "M01 error pattern: the pattern '.*' also matches keys that are no lists of zones, even one "
        "without a character: write more of the key, as in Pitrix\\.Zone\\.Zone\\.UserZone\\.yunify -> "
        "correct it and try again",
    ),
)
