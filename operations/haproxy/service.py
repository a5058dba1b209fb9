"""render_haproxy: the sub-zone's proxies forward to the global web services."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from common import ssh
from common.actor import Actor
from common.errors import Finding, Refused
from common.failure_reason import reason_of
from common.messages import Message, message
from common.ssh import SshError
from jobs.models import Job
from jobs.services.submit import submit
from nodes.endpoints import endpoint_of
from nodes.models import Node
from nodes.services.lookups import targets
from operations.changes import make_change, named_change, next_step
from operations.haproxy.core import merge_listeners
from operations.models import Change
from zones.core.rendering.haproxy import EVERYWHERE, render_haproxy
from zones.models import Zone
from zones.services.lookups import configuration_names, find_zone
from zones.services.zone_vms import global_zone, how_to_give, planned_vms, vm_addresses, vm_nodes

FILE = "/etc/haproxy/haproxy.cfg"
_LIMIT = 4_000_000


def zone_haproxy(*, zone_id: str, bind: str = EVERYWHERE) -> str:
    """Return the three listeners of the zone's proxies, ready to paste. Raises :class:`Refused`."""
    zone = find_zone(zone_id)
    at = global_side(zone)
    protocol = site_protocol(at)
    fusion = zone.deploy_mode == Zone.DeployMode.FUSION
    webs = vm_addresses(at, "webservice")
    try:
        return render_haproxy(webs, global_protocol=protocol, fusion=fusion, bind=bind)
    except ValueError as error:
        remedy = protocol_remedy(at) if webs else how_to_give(at, "webservice")
        raise Refused.because(message("H02", "cannot_render", reason=error, remedy=remedy)) from None


def global_side(zone: Zone) -> Zone:
    """Return the global zone that this sub-zone joins. Raises :class:`Refused`."""
    at = global_zone(zone.region_id)
    if at.pk == zone.pk:
        raise Refused.because(message("H01", zone=zone.zone_id))
    return at


def site_protocol(at: Zone) -> str:
    """Return ``http`` or ``https``, as set in the global zone's variables."""
    return str(at.variables.get("common", {}).get("site_protocol") or "https")


def protocol_remedy(at: Zone) -> Message:
    """Return what to do about an invalid site protocol."""
    variables, settings = configuration_names(at)
    return message("H02", "write_protocol", variables=variables, settings=settings)


def proxies(zone: Zone) -> list[Node]:
    """Return the zone's proxies; those of an open plan when there is one. Raises :class:`Refused`."""
    found = vm_nodes(zone, "proxy", planned_vms(zone))
    if not found:
        raise Refused.because(
            message("H03", "no_proxy", zone=zone.zone_id, instead=how_to_give(zone, "proxy"))
        )
    return found


def preview_haproxy(
    *, zone_id: str, actor: Actor, on_management: bool = False, instead_of: str = ""
) -> Change:
    """Read haproxy.cfg of every proxy, merge our listeners into it, and keep both for the review.

    ``on_management``: listen on the management address of each proxy only. ``instead_of``: as in :func:`make_change`.
    Raises :class:`Outdated`, :class:`Refused`.
    """
    zone = find_zone(zone_id)
    nodes = proxies(zone)
    with ThreadPoolExecutor(max_workers=min(8, len(nodes))) as pool:
        read = list(pool.map(_read, nodes))
    files, findings = [], []
    for node, base in zip(nodes, read, strict=True):
        address = str(node.mgmt_address)
        if isinstance(base, Finding):
            findings.append(base)
            continue
        listeners = zone_haproxy(zone_id=zone_id, bind=address if on_management else EVERYWHERE)
        try:
            content = merge_listeners(base, listeners)
        except ValueError as error:
            said = message("H05", "cannot_merge", reason=error)
            findings.append(Finding(said, node=address))
            continue
        files.append(
            {"node_id": node.node_id, "address": address, "path": FILE, "base": base, "content": content}
        )
    if findings:
        raise Refused(findings)
    return make_change(zone, Change.Kind.HAPROXY, files, actor, instead_of=instead_of)


def _read(node: Node) -> str | Finding:
    address = str(node.mgmt_address)
    try:
        with ssh.connect(endpoint_of(node)) as connection:
            answer = connection.run(["cat", FILE], timeout_s=20)
    except SshError as error:
        return Finding(message("H04", "no_connection", reason=error), node=address)
    if answer.exit_code or len(answer.stdout) > _LIMIT:
        reason = reason_of([answer.stderr.decode("utf-8", "replace")])
        said = (
            message("H04", "unreadable", path=FILE, reason=reason)
            if reason
            else message("H04", "too_large", path=FILE)
        )
        return Finding(said, node=address)
    try:
        text = answer.stdout.decode()
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        return Finding(message("H04", "not_utf8", path=FILE), node=address)
    return text


def apply_haproxy(*, zone_id: str, actor: Actor, change_id: str = "", content_hash: str = "") -> Job:
    """Start writing the approved change, one proxy after another.

    ``change_id`` and ``content_hash`` say which one was reviewed: another one is not written. Raises
    :class:`Busy`, :class:`Outdated`, :class:`Refused`.
    """
    zone = find_zone(zone_id)
    change = named_change(zone, Change.Kind.HAPROXY, change_id=change_id, content_hash=content_hash)
    if change is None:
        raise Refused.because(no_change(zone))
    job = submit(
        action="apply_haproxy",
        targets=[],
        actor=actor,
        zone_id=zone.zone_id,
        exclusive_scope=zone.exclusive_scope,
        params={"change_id": change.change_id},
        phase_targets={"haproxy": targets(proxies(zone))},
    )
    Change.objects.filter(pk=change.pk).update(job_id=job.job_id)
    return job


def no_change(zone: Zone) -> Message:
    """Return what is missing before proxies can be changed, and what to do."""
    newest = Change.objects.filter(zone=zone, kind=Change.Kind.HAPROXY).select_related("zone").first()
    if newest and newest.state == "draft":
        return message("H06", "draft", zone=zone.zone_id, next=next_step(newest))
    return message("H06", "none", zone=zone.zone_id)
