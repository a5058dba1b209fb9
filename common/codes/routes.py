"""Codes of return routes."""

from common.codes.registry import Code

CODES = (
    Code(
        "V01",
        "The syntax of the routes is not known",
        "Said when return routes are asked for in a syntax that the console does not write. Lines in "
        "the wrong syntax would be refused by the gateway, or taken for something else.",
        "Use --syntax with iproute2, cisco, h3c, frr or json.",
        "V01 error syntax: unknown syntax 'juniper' -> use one of iproute2, cisco, h3c, frr, json",
    ),
    Code(
        "V02",
        "The job adds no networks",
        "Said by dump_vbc_route --job when the job does not install a plan, for example a collection. "
        "Only a scaling job brings new VBC networks and with them return routes.",
        "Name a job of scale_qingcloud or scale_qingcloud_zone, or give -z ZONE for all routes of a zone.",
        "V02 error: job j-AbC12345 (collect_nodes) installs no plan -> name a scaling job",
    ),
)
