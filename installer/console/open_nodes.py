"""Open items about nodes: failed, new, with corrections in conflict, or not looked at for long."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from common.messages import code_of
from installer.console.open_item import FAILED, ROWS, OpenItem
from installer.console.verbs import job_url
from jobs.models import Step
from jobs.states import StepStatus
from nodes.models import DiskCorrection, Node
from nodes.states import NodeStatus
from operations.models import ScaleOutNode
from operations.scale_out.stages import causes

# Failed nodes that are read; the list of nodes has all of them.
_NODES = 2000
# What was collected longer ago may be another machine by now.
OLD = timedelta(days=7)


def failed_nodes(covered: Collection[str]) -> Iterator[OpenItem]:
    """Yield nodes that failed, those with the same cause and job in one line; none whose job a scale-out names."""
    rows = Node.objects.filter(status__in=FAILED).order_by("address_order")
    nodes = list(rows.values_list("node_id", "mgmt_address", "status", "error")[:_NODES])
    jobs = _last_failures(node_id for node_id, *_ in nodes)
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for node_id, address, status, error in nodes:
        job_id, _ = jobs.get(node_id, ("", None))
        if job_id not in covered or not job_id:
            groups.setdefault((job_id, status), []).append((str(address), error))
    for (job_id, status), failed in list(groups.items())[:ROWS]:
        since = next((at for known, at in jobs.values() if known == job_id), None)
        for note in causes(failed)[:ROWS]:
            yield OpenItem(
                "bad",
                _failed_title(status, len(note.nodes)),
                _listed(note.message, code_of(note.message) or note.code, note.nodes),
                job_url(job_id) if job_id else _nodes_url(status__exact=status),
                gettext("Open the job") if job_id else gettext("Show nodes"),
                since,
            )


def _failed_title(status: str, number: int) -> str:
    if status == NodeStatus.COLLECT_FAILED:
        text = ngettext("Collection failed on %(n)s node", "Collection failed on %(n)s nodes", number)
    else:
        text = ngettext("Installation failed on %(n)s node", "Installation failed on %(n)s nodes", number)
    return text % {"n": number}


def _listed(said: str, code: str, addresses: Collection[str]) -> str:
    shown = ", ".join(list(addresses)[:4])
    more = len(addresses) - 4
    if more > 0:
        shown = ngettext("%(list)s and %(n)s more", "%(list)s and %(n)s more", more) % {
            "list": shown,
            "n": more,
        }
    return " ".join(filter(None, (code, f"{said}:" if said else "", shown)))


def _last_failures(node_ids: Iterator[str]) -> Mapping[str, tuple[str, datetime | None]]:
    """Return by node the job that failed on it last, and when."""
    steps = Step.objects.filter(target__in=list(node_ids), status=StepStatus.FAILED).order_by("job_id")
    rows = steps.values_list("target", "job__job_id", "job__finished_at")
    return {target: (job_id, at) for target, job_id, at in rows}


def conflicts() -> Iterator[OpenItem]:
    """Yield corrections that contradict the last collection, and "not to be used" for missing disks, by node.

    There are few corrections: people make them one by one.
    """
    found: dict[int, tuple[Node, list[str]]] = {}
    for item in DiskCorrection.objects.select_related("disk__node"):
        waits = not item.disk.present and item.field == "status" and item.value == 0
        if waits or (item.disk.present and item.conflict):
            node = item.disk.node
            found.setdefault(node.pk, (node, []))[1].append(f"{item.disk.name} {item.field}")
    for node, fields in list(found.values())[:ROWS]:
        title = gettext("Corrections in conflict: %(node)s") % {"node": node}
        detail = gettext("%(fields)s: keep or drop the correction") % {"fields": ", ".join(fields)}
        url = reverse("admin:nodes_node_change", args=[node.node_id])
        yield OpenItem("warn", title, detail, url, gettext("Decide"), node.collected_at)
    if len(found) > ROWS:
        more = len(found) - ROWS
        title = ngettext(
            "Corrections in conflict on %(n)s more node", "Corrections in conflict on %(n)s more nodes", more
        ) % {"n": more}
        yield OpenItem("warn", title, "", _nodes_url(), gettext("Show nodes"))


def new_nodes() -> Iterator[OpenItem]:
    """Yield nodes without SSH or hardware data, other than those of open scale-outs, which say so themselves."""
    new = _loose(Node.objects.filter(status=NodeStatus.NEW))
    found = new.aggregate(
        ssh=Count("pk", filter=Q(host_key="")),
        due=Count("pk", filter=~Q(host_key="")),
        ssh_since=Min("created_at", filter=Q(host_key="")),
        due_since=Min("created_at", filter=~Q(host_key="")),
    )
    url = _nodes_url(status__exact=NodeStatus.NEW)
    if found["ssh"]:
        title = ngettext("%(n)s new node without SSH", "%(n)s new nodes without SSH", found["ssh"])
        detail = gettext("Select the nodes in the list, then choose Establish SSH.")
        button = gettext("Show nodes")
        yield OpenItem("warn", title % {"n": found["ssh"]}, detail, url, button, found["ssh_since"])
    if found["due"]:
        title = ngettext(
            "%(n)s new node without hardware data", "%(n)s new nodes without hardware data", found["due"]
        )
        detail = gettext("Select the nodes in the list, then choose Collect hardware.")
        button = gettext("Show nodes")
        yield OpenItem("warn", title % {"n": found["due"]}, detail, url, button, found["due_since"])


def outdated_nodes() -> Iterator[OpenItem]:
    """Yield nodes that wait to be configured and were collected long ago, if they are to be part of a scale-out."""
    before = timezone.now() - OLD
    members = ScaleOutNode.objects.filter(node=OuterRef("pk"), scale_out__closed_at=None)
    old = Node.objects.filter(Exists(members), status=NodeStatus.AVAILABLE, collected_at__lt=before)
    found = old.aggregate(n=Count("pk"), since=Min("collected_at"))
    if found["n"]:
        title = ngettext(
            "The hardware data of %(n)s node is older than a week",
            "The hardware data of %(n)s nodes is older than a week",
            found["n"],
        ) % {"n": found["n"]}
        detail = gettext("Collect the hardware again before the nodes are configured.")
        url = _nodes_url(status__exact=NodeStatus.AVAILABLE, collected_at__lt=f"{before:%Y-%m-%d}")
        yield OpenItem("warn", title, detail, url, gettext("Show nodes"), found["since"])


def _loose(nodes: QuerySet[Node]) -> QuerySet[Node]:
    return nodes.exclude(Exists(ScaleOutNode.objects.filter(node=OuterRef("pk"), scale_out__closed_at=None)))


def _nodes_url(**filters: str) -> str:
    return f"{reverse('admin:nodes_node_changelist')}?{urlencode(filters)}"
