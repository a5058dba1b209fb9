"""Codes of return routes."""

from common.codes.registry import Code, Says, _

CODES = (
    Code(
        "V01",
        _("Unknown route syntax"),
        _(
            "Reported when return routes are requested in a syntax that the console does not support. The "
            "gateway would reject or misread lines in the wrong syntax."
        ),
        _("Use --syntax with iproute2, cisco, h3c, frr or json."),
        "V01 error syntax: unknown syntax 'juniper' -> use one of iproute2, cisco, h3c, frr, json",
        says={"": Says(_("unknown syntax {syntax!r}"), _("use one of {known}"))},
    ),
    Code(
        "V02",
        _("The job adds no networks"),
        _(
            "Reported by dump_vbc_route --job when the job does not install a plan, for example a collection. "
            "Only a scaling job adds VBC networks and therefore return routes."
        ),
        _(
            "Specify a job of scale_qingcloud or scale_qingcloud_zone, or use -z ZONE for all routes of a zone."
        ),
        "V02 error: job j-AbC12345 (collect_nodes) does not install a plan -> specify a scaling job",
        says={"": Says(_("job {job} ({action}) does not install a plan"), _("specify a scaling job"))},
    ),
)
