"""Codes of cached lists of zones."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "M01",
        "The cache servers or the pattern are not usable",
        "Reported by clear_zone_cache and scale_qingcloud_zone when a server is not HOST:PORT or more than "
        "64 are given, or when a pattern is neither the platform's nor one that this site lists in "
        "INSTALLER_CACHE_PATTERNS. Deleting other keys would sign users out, or slow the whole region down.",
        "Specify the servers as -S 'HOST:PORT;HOST:PORT'. Omit -P to use the platform's pattern, or add "
        "yours to INSTALLER_CACHE_PATTERNS; --dry-run shows which keys match.",
        "M01 error pattern: the pattern '.*' is not one of this site's -> leave it out, or use "
        "Pitrix\\.Zone\\.Zone\\.UserZone\\.yunify",
        says={
            "pattern_not_one": Says(
                _("the pattern {pattern!r} is not one of this site's"),
                _("leave it out, or use {patterns:or}"),
            )
        },
    ),
)
