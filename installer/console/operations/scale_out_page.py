"""What the page of a scale-out shows: its stages, each with what blocks it and the buttons that lead on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from installer.console import verbs
from installer.console.labels import look, pill
from installer.console.return_path import with_next
from installer.console.units import size_text
from jobs.models import Job
from jobs.queries import job_status
from nodes.models import Disk, DiskCorrection, DiskType, Node
from nodes.states import NodeStatus
from operations.models import ScaleOut
from operations.scale_out.service import of_snapshot
from operations.scale_out.snapshot import KEY_CHANGED, NodeState, Snapshot
from operations.scale_out.stages import Action, Note, Stage, next_action, waits_for
from zones.core.rendering import SYNTAXES

SHOWN_ADDRESSES = 8
SHOWN_NODES = 100
SHOWN_GUESSES = 12
SHOWN_FREE = 60
# Nodes that one form of the page for erasing disks takes.
_ERASED = 500
# state -> the label of a status with the same meaning (labels.py).
_LOOKS = {
    "done": "succeeded",
    "running": "running",
    "open": "configured",
    "failed": "failed",
    "check": "warning",
    "waiting": "pending",
}
# Actions that the page itself does, by a POST; others lead to a page.
POSTED = ("remove_nodes", "collect", "confirm_routes", "close")


@dataclass(frozen=True, slots=True)
class Button:
    """A way on: a link, or a form that posts; ``seen`` names the nodes that the button was about."""

    label: str
    url: str = ""
    verb: str = ""
    stage: str = ""
    seen: str = ""
    sure: str = ""
    main: bool = False


@dataclass(slots=True)
class ShownStage:
    """A stage as the page shows it."""

    stage: Stage
    number: int
    pill: SafeString
    mark: SafeString
    opened: bool
    line: str = ""
    notes: list[dict[str, Any]] = field(default_factory=list)
    buttons: list[Button] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class StageMark:
    """A stage in one line with the others."""

    stage: Stage
    mark: SafeString


def stage_line(found: Sequence[Stage]) -> list[StageMark]:
    """Return the stages as they are shown in one line."""
    return [StageMark(stage, state_mark(stage.state)) for stage in found]


def words(state: str) -> str:
    """Render the state of a stage."""
    return {
        "done": gettext("done"),
        "running": gettext("running"),
        "open": gettext("to do"),
        "failed": gettext("failed"),
        "check": gettext("check"),
        "waiting": gettext("waiting"),
    }[state]


def state_pill(state: str) -> SafeString:
    """Render the coloured label of a stage."""
    return pill(_LOOKS[state], words(state))


def state_mark(state: str) -> SafeString:
    """Render the state of a stage as a coloured symbol, with its word for those who hear the page or point at it."""
    tone, symbol = look(_LOOKS[state])
    return format_html(
        '<span class="con-pill con-{}" role="img" aria-label="{}" title="{}">{}</span>',
        tone,
        words(state),
        words(state),
        symbol,
    )


def page_url(scale_out: ScaleOut) -> str:
    """Return the page of a scale-out."""
    return reverse("admin:operations_scaleout_change", args=[scale_out.scale_out_id])


def seen(nodes: Sequence[str]) -> str:
    """Return what names these nodes in a form: it is as short for two thousand as for two."""
    return hashlib.sha256(" ".join(nodes).encode()).hexdigest()[:16]


def context(request: HttpRequest, scale_out: ScaleOut) -> dict[str, Any]:
    """Return what the template needs; the number of queries does not grow with the nodes."""
    snapshot, found = of_snapshot(scale_out)
    closed = scale_out.closed_at is not None
    may_run = verbs.may_run(request) and not closed
    following = next_action(found, closed=closed)
    shown = [_shown(number, stage, found, following, scale_out) for number, stage in enumerate(found, 1)]
    if not may_run:
        for item in shown:
            item.buttons = [button for button in item.buttons if not button.verb]
    data = {
        "scale_out": scale_out,
        "shown": shown,
        "following": _button(following, scale_out, "", main=True) if following else None,
        "following_stage": next(
            (item.stage.name for item in shown if following and following in _actions(item.stage)), ""
        ),
        "all_done": all(item.stage.state in ("done", "check") for item in shown),
        "may_run": may_run,
        "closed": closed,
        "node_rows": _node_rows(snapshot.nodes),
        "more_nodes": max(0, len(snapshot.nodes) - SHOWN_NODES),
        "ssh_due": _ssh_due(found),
        "key_due": _due(found, "compare_keys"),
        "ssh_url": with_next(
            f"{reverse('admin:nodes_node_ssh_form')}?{urlencode({'scale_out': scale_out.scale_out_id})}",
            page_url(scale_out),
        ),
        "guesses": _guesses(scale_out, snapshot) if may_run else [],
        "types": DiskType.choices,
        "erase": _erase(snapshot) if may_run else "",
        "erase_url": with_next(reverse("admin:nodes_node_erase_form"), page_url(scale_out)),
        "tasks": _tasks(snapshot, scale_out),
        "job_left": _time_left(snapshot),
        "free": _free() if may_run else [],
        "here": page_url(scale_out),
    }
    data.update(_routes(request, snapshot))
    return data


def _shown(
    number: int, stage: Stage, found: Sequence[Stage], following: Action | None, scale_out: ScaleOut
) -> ShownStage:
    shown = ShownStage(
        stage,
        number,
        state_pill(stage.state),
        state_mark(stage.state),
        opened=stage.state in ("open", "failed", "running", "check"),
    )
    if stage.state == "waiting":
        before = waits_for(found, stage)
        shown.line = gettext("Waits for %(stage)s.") % {"stage": before.title} if before else ""
        # What the region does meanwhile is worth a look.
        shown.opened = bool(stage.action or any(note.level != "info" for note in stage.notes))
    elif stage.notes and not shown.opened:
        shown.line = str(stage.notes[0].message)
    # Its tasks are listed with what there is to do about each.
    shown.notes = [_note(note) for note in stage.notes if stage.name != "region"]
    buttons = [_button(action, scale_out, stage.name, main=action == following) for action in _actions(stage)]
    # What leads to a form of the page is beside that form already.
    shown.buttons = [button for button in buttons if not button.url.startswith("#")]
    return shown


def _actions(stage: Stage) -> list[Action]:
    return [action for action in (stage.action, *stage.others) if action]


def _note(note: Note) -> dict[str, Any]:
    said = str(note.message)
    # A sentence about one node names it already.
    nodes = () if len(note.nodes) == 1 and note.nodes[0] in said else note.nodes
    return {
        "pill": pill(note.level),
        "level": note.level,
        "code": note.code or note.message.code,
        # The form beside it says what to do about a changed key.
        "said": note.message.detail if note.message.code == KEY_CHANGED else note.message,
        "linked": bool(note.code and not note.message.code) or note.message.code == KEY_CHANGED,
        "nodes": nodes[:SHOWN_ADDRESSES],
        "more": max(0, len(nodes) - SHOWN_ADDRESSES),
    }


def _button(action: Action, scale_out: ScaleOut, stage: str, *, main: bool = False) -> Button:
    label = str(action.label)
    if action.name in POSTED:
        return Button(
            label, verb=action.name, stage=stage, seen=seen(action.nodes), sure=_sure(action), main=main
        )
    return Button(label, url=_url(action, scale_out), stage=stage, main=main)


def _sure(action: Action) -> str:
    return {
        "close": gettext(
            "Close this scale-out? It stays as a record, and nothing of it can be changed any more."
        ),
        "remove_nodes": gettext("Take these nodes out of this scale-out? They stay registered."),
    }.get(action.name, "")


def _url(action: Action, scale_out: ScaleOut) -> str:
    """Return the page that an action leads to; it leads back here."""
    zone_id, here = scale_out.zone_id, page_url(scale_out)
    anchors = {
        "add_nodes": "#add",
        "establish_ssh": "#password",
        "retry_ssh": "#password",
        "compare_keys": "#keys",
        "correct": "#guesses" if action.subject == "guesses" else "",
        "erase": "#erase",
    }
    if anchors.get(action.name):
        return anchors[action.name]
    named = {"zone": zone_id, "scale_out": scale_out.scale_out_id}
    pages = {
        "configure": lambda: f"{reverse('admin:zones_zone_configure')}?{urlencode(named)}",
        "register": lambda: f"{reverse('admin:zones_zone_configure')}?{urlencode({'zone': zone_id})}",
        "review": lambda: reverse("admin:zones_plan_change", args=[action.subject]),
        "leave_out": lambda: reverse("admin:zones_plan_leave_out", args=[action.subject]),
        "watch": lambda: verbs.job_url(action.subject),
        "resume": lambda: verbs.job_url(action.subject),
        "correct": lambda: f"{reverse('admin:nodes_node_changelist')}?{urlencode({'q': action.nodes[0]})}",
        "scale": lambda: reverse("admin:zones_zone_scale", args=[zone_id]),
        "scale_zone": lambda: reverse("admin:zones_zone_scale", args=[zone_id]),
        "preview_haproxy": lambda: reverse("admin:zones_zone_haproxy", args=[zone_id]),
        "approve_haproxy": lambda: reverse("admin:zones_zone_haproxy", args=[zone_id]),
        "region": lambda: reverse("admin:zones_zone_joining", args=[zone_id]),
        "services": lambda: reverse("admin:zones_zone_services", args=[zone_id]),
    }
    return with_next(pages[action.name](), here)


def url_of(action: Action, scale_out: ScaleOut) -> str:
    """Return where an action is done, for other pages: the page of the scale-out, at its stage, or the page it leads to."""
    url = "" if action.name in POSTED else _url(action, scale_out)
    return f"{page_url(scale_out)}{url}" if url.startswith("#") or not url else url


def _node_rows(nodes: Sequence[NodeState]) -> list[dict[str, Any]]:
    """Return the nodes with trouble first, no more than fit on a page."""
    ordered = sorted(nodes, key=lambda node: (not node.error, node.collected))
    ids = [node.node_id for node in ordered[:SHOWN_NODES]]
    return [
        {
            "node": node,
            "url": reverse("admin:nodes_node_change", args=[node_id]),
            "pill": pill(node.status),
            "ssh": pill("succeeded", gettext("key login"))
            if node.has_key and not node.key_changed
            else pill("failed" if node.error else "pending", gettext("no key login")),
        }
        for node_id, node in zip(ids, ordered, strict=False)
    ]


def _due(found: Sequence[Stage], name: str) -> dict[str, Any] | None:
    """Return the form for an action of the stage SSH, if it is due."""
    for stage in found:
        for action in _actions(stage) if stage.name == "ssh" else ():
            if action.name == name:
                return {
                    "label": action.label,
                    "verb": name,
                    "seen": seen(action.nodes),
                    "nodes": action.nodes,
                    "count": len(action.nodes),
                }
    return None


def _ssh_due(found: Sequence[Stage]) -> dict[str, Any] | None:
    return _due(found, "retry_ssh") or _due(found, "establish_ssh")


def _guesses(scale_out: ScaleOut, snapshot: Snapshot) -> list[dict[str, Any]]:
    """Return the disks whose type was guessed, for a decision in place."""
    waiting = [node.node_id for node in snapshot.nodes if node.guesses and node.status == "available"]
    if not waiting:
        return []
    typed = DiskCorrection.objects.filter(disk=OuterRef("pk"), field="type")
    disks = Disk.objects.filter(
        node__scale_out_members__scale_out=scale_out,
        node__status=NodeStatus.AVAILABLE,
        present=True,
        is_os=False,
        rotational_guess=True,
    ).exclude(Exists(typed))
    return [
        {
            "disk": disk,
            "node": disk.node,
            "size": size_text(disk.observed_size_bytes),
            "url": with_next(reverse("admin:nodes_node_disk", args=[disk.node.node_id]), page_url(scale_out)),
        }
        for disk in disks.select_related("node").order_by("node__address_order", "order")[:SHOWN_GUESSES]
    ]


def _erase(snapshot: Snapshot) -> str:
    """Return the ids of the nodes with disks that hold data, as the page for erasing takes them."""
    ids = [node.node_id for node in snapshot.nodes if node.dirty and node.status == "available"]
    return " ".join(ids[:_ERASED])


def _tasks(snapshot: Snapshot, scale_out: ScaleOut) -> list[dict[str, Any]]:
    """Return the tasks of the global side, each with the page on which it is done."""
    pages = {"cached-zones": "cache", "front-gate-listener": "joining"}
    return [
        {
            "task": task,
            "pill": pill("succeeded" if task.done else "pending", words("done" if task.done else "open")),
            "url": with_next(
                f"{reverse('admin:zones_zone_' + pages.get(task.key, 'joining'), args=[scale_out.zone_id])}"
                f"{'' if task.key in pages else '#' + task.key}",
                page_url(scale_out),
            )
            if task.key in pages
            else "",
        }
        for task in snapshot.tasks or ()
    ]


def _time_left(snapshot: Snapshot) -> str:
    job = snapshot.job
    if job is None or job.status not in ("queued", "running"):
        return ""
    row = Job.objects.filter(job_id=job.job_id).first()
    left = job_status(row)["time_left"] if row else None
    return str(left["text"]) if left else ""


def _free() -> list[Node]:
    """Return nodes that could be added: registered, not in service, in no zone and in no open scale-out."""
    taken = ScaleOut.objects.filter(closed_at=None, members__node=OuterRef("pk"))
    free = Node.objects.filter(
        role=None, status__in=(NodeStatus.NEW, NodeStatus.AVAILABLE, NodeStatus.COLLECT_FAILED)
    ).exclude(Exists(taken))
    return list(free.only("node_id", "mgmt_address", "hostname", "status")[: SHOWN_FREE + 1])


def _routes(request: HttpRequest, snapshot: Snapshot) -> dict[str, Any]:
    """Return the routes to paste once the nodes carry their networks."""
    from zones.services.vbc_routes import vbc_routes

    plan, syntax = snapshot.plan, request.GET.get("syntax", "")
    syntax = syntax if syntax in SYNTAXES else SYNTAXES[0]
    text = ""
    if plan and plan.status == "applied" and plan.routes and plan.job_id:
        text = verbs.attempt(request, lambda: vbc_routes(job_id=plan.job_id, syntax=syntax)) or ""
    return {"routes": text, "syntax": syntax, "syntaxes": SYNTAXES}
