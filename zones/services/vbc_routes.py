"""dump_vbc_route: the routes that the management gateway needs."""

from __future__ import annotations

from itertools import chain

from common.errors import Refused
from common.messages import message
from jobs.lookups import find_job
from nodes.states import NodeStatus
from zones.core.rendering import SYNTAXES, render_routes
from zones.core.world import VbcView
from zones.load import vbc_views
from zones.models import Plan, VbcMember, Zone
from zones.services.groups import read_group
from zones.services.lookups import find_zone


def vbc_routes(*, zone_id: str = "", group: str = "", syntax: str = "iproute2", job_id: str = "") -> str:
    """Return the return routes of VBCs in service: of a zone, of the hypers in a group; or of those a job added.

    Empty (JSON: ``[]``) where there is none, as in vlan mode. Raises :class:`Refused`.
    """
    if syntax not in SYNTAXES:
        raise Refused.because(message("V01", syntax=syntax[:30], known=SYNTAXES), field="syntax")
    if job_id:
        return render_routes(_of_job(job_id), syntax)
    if group:
        addresses = {str(node.mgmt_address) for node in read_group(group, zone_id=zone_id)}
        zone = find_zone(zone_id) if zone_id else None
        return render_routes(
            [vbc for vbc in _in_service(zone) if addresses.intersection(vbc.members)], syntax
        )
    return render_routes(_in_service(find_zone(zone_id)), syntax)


def _in_service(zone: Zone | None) -> list[VbcView]:
    """Return the VBCs, of one zone or of all, that a hyper already carries: a route to a planned network leads nowhere."""
    carrying = VbcMember.objects.filter(node__status=NodeStatus.ACTIVE)
    if zone:
        carrying = carrying.filter(vbc__zone=zone)
    active = set(carrying.values_list("node__mgmt_address", flat=True))
    every = chain.from_iterable(vbc_views(zone).values())
    return [vbc for vbc in every if active.intersection(vbc.members)]


def _of_job(job_id: str) -> list[VbcView]:
    job = find_job(job_id)
    plan = Plan.objects.filter(job_id=job.job_id).select_related("zone").first()
    if plan is None:
        raise Refused.because(message("V02", job=job.job_id, action=job.action))
    networks = set(plan.vbcs.values_list("ipv4_network", flat=True)) | set(
        plan.vbcs.values_list("ipv6_network", flat=True)
    )
    of_zone = vbc_views(plan.zone).get(plan.zone.pk, [])
    return [vbc for vbc in of_zone if networks.intersection(vbc.networks)]
