"""Codes of cached zone lists."""

from common.codes.registry import Code, Says, _

_PART = _(
    "{servers} does not show all of its keys (it is older than memcached 1.4.31, is 1.5.5 or 1.5.6, or its lru_crawler is "
    "off): zone lists may remain there until they expire or memcached is restarted"
)

CODES = (
    Code(
        "M01",
        _("The cache servers or the pattern are not usable"),
        _(
            "Reported by clear_zone_cache and scale_qingcloud_zone when a server is not HOST:PORT or more than "
            "64 are given, or when a pattern is neither the platform's nor one that this site lists in "
            "INSTALLER_CACHE_PATTERNS. Deleting other keys would sign users out, or slow the whole region down."
        ),
        _(
            "Specify the servers as -S 'HOST:PORT;HOST:PORT'. Omit -P to use the platform's pattern, or add "
            "yours to INSTALLER_CACHE_PATTERNS; --dry-run shows which keys match."
        ),
        "M01 error pattern: the pattern '.*' is not one of this site's patterns -> omit it, or use "
        "Pitrix\\.Zone\\.Zone\\.UserZone\\.yunify",
        says={
            "pattern": Says(
                _("the pattern {pattern!r} is not one of this site's patterns"),
                _("omit it, or use {patterns:or}"),
            ),
            "servers": Says("{reason}", _("correct it and try again")),
            "wrong_number": Says(_("{count} servers are specified: 1 to {limit} are allowed")),
            "no_server": Says(_("{text!r} is not a server: write HOST:PORT")),
        },
    ),
    Code(
        "M02",
        _("Not every memcached server was checked or cleared"),
        _(
            "A memcached server cannot be reached, does not answer in time, or gives an answer that cannot be "
            "parsed. Keys on the other servers are deleted. Until all servers are cleared, users may see "
            "outdated zone lists."
        ),
        _(
            "Check memcached on the servers that the message names: whether it runs and which clients may "
            "connect. Then run resume_job JOB, or the command again."
        ),
        "M02 1 of 2 memcached servers could not be cleared: 172.16.80.31:11211 (cannot be reached: "
        "Connection refused): the others are cleared; check memcached on the failed ones, then resume the job",
        failure=True,
        says={
            "cleared": Says(
                _("{failed} of {servers} memcached servers could not be cleared: {errors:;}"),
                _("the others are cleared; check memcached on the failed ones, then resume the job"),
            ),
            "looked": Says(
                _(
                    "the list is incomplete: the servers named above were not checked, or show only part of their keys"
                )
            ),
        },
    ),
    Code(
        "M03",
        _("A memcached server does not show all of its keys"),
        _(
            "The server is older than memcached 1.4.31, is 1.5.5 or 1.5.6, or its lru_crawler is off, so the "
            "console sees only part of its keys. Matching keys that it saw are deleted; zone lists may remain "
            "among the others."
        ),
        _(
            "Restart memcached there (sign-ins to the QingCloud console fail for a moment), then run resume_job "
            "JOB. Or wait until the lists have expired and users see the zone, then run settle_job JOB --reason "
            "TEXT and resume_job JOB."
        ),
        "M03 172.16.80.31:11211 does not show all of its keys (it is older than memcached 1.4.31, is 1.5.5 "
        "or 1.5.6, or its lru_crawler is off): zone lists may remain there until they expire or memcached is "
        "restarted",
        failure=True,
        says={
            "": Says(
                _PART,
                _(
                    "restart memcached there (sign-ins to the QingCloud console fail for a moment), then `resume_job "
                    "{job}`; or wait until the lists have expired and users see the zone, then `settle_job {job} "
                    "--reason TEXT` and `resume_job {job}`"
                ),
            ),
            "seen": Says(_PART),
        },
    ),
)
