"""The stages of a scale-out, computed from a snapshot: state of each, what blocks it, and what to do next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from common.codes import CODES
from common.codes.registry import Level
from common.messages import Message, code_of, phrase
from common.wording import _, translated
from operations.scale_out.snapshot import ZONE, JobState, NodeState, PlanState, RunningJob, Snapshot

# done; running: a job works on it; open: a person goes on; failed: a person repairs something; check: done, with remarks;
# waiting: for an earlier stage.
State = Literal["done", "running", "open", "failed", "check", "waiting"]
_ACTIVE = frozenset({"queued", "running", "cancelling"})

TITLES = {
    "nodes": _("Nodes"),
    "ssh": _("SSH"),
    "hardware": _("Hardware"),
    "network": _("Network"),
    "configuration": _("Configuration"),
    "review": _("Review"),
    "haproxy": _("haproxy"),
    "run": _("Run"),
    "region": _("Global side"),
    "routes": _("Return routes"),
}
# What an action is called on its button.
_LABELS = {
    "add_nodes": _("Add nodes"),
    "remove_nodes": _("Take {n:node|nodes} out of this scale-out"),
    "establish_ssh": _("Establish SSH on {n:node|nodes}"),
    "retry_ssh": _("Try another password on {n:node|nodes}"),
    "compare_keys": _("Compare the host keys of {n:node|nodes}"),
    "collect": _("Collect {n:node|nodes}"),
    "correct": _("Correct the disks of {n:node|nodes}"),
    "erase": _("Erase disks of {n:node|nodes}"),
    "verify_network": _("Check the network"),
    "register": _("Register the running zone"),
    "configure": _("Configure {n:node|nodes}"),
    "review": _("Review plan {subject}"),
    "preview_haproxy": _("Preview haproxy.cfg"),
    "approve_haproxy": _("Review haproxy.cfg"),
    "scale": _("Install {n:node|nodes}"),
    "scale_zone": _("Install the zone on {n:node|nodes}"),
    "watch": _("Watch job {subject}"),
    "resume": _("Resume job {subject}"),
    "leave_out": _("Leave {n:node|nodes} out of the plan"),
    "region": _("Continue on the global side"),
    "confirm_routes": _("The routes are on the gateway"),
    "services": _("Check the services"),
    "close": _("Close this scale-out"),
}


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do: ``subject`` is the job or the plan, ``nodes`` are addresses."""

    name: str
    subject: str = ""
    nodes: tuple[str, ...] = ()

    @property
    def label(self) -> Message:
        """Return the text of its button."""
        return phrase(_LABELS[self.name], n=len(self.nodes), subject=self.subject)


@dataclass(frozen=True, slots=True)
class Note:
    """What blocks a stage (``error``), is to be looked at (``warning``), or is good to know; of which nodes."""

    message: Message
    level: Level = "error"
    nodes: tuple[str, ...] = ()
    action: Action | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage; ``done`` of ``total`` nodes or tasks. ``others``: actions besides the next one."""

    name: str
    state: State
    done: int = 0
    total: int = 0
    notes: tuple[Note, ...] = ()
    action: Action | None = None
    others: tuple[Action, ...] = ()

    @property
    def title(self) -> str:
        """Return what it is called."""
        return translated(TITLES[self.name])


@dataclass(frozen=True, slots=True)
class _View:
    """A snapshot with its nodes sorted by what happens to them."""

    of: Snapshot
    own: tuple[NodeState, ...] = ()
    foreign: tuple[NodeState, ...] = ()
    retired: tuple[NodeState, ...] = ()
    planned: tuple[NodeState, ...] = ()
    free: tuple[NodeState, ...] = ()
    plan: PlanState | None = field(default=None)

    @property
    def ready(self) -> int:
        """The number of own nodes that a configuration can take, or has taken."""
        return len(self.free) + len(self.planned)

    def running(self, *actions: str) -> RunningJob | None:
        """Return the active job of one of these actions on the nodes."""
        return next((job for job in self.of.running if job.action in actions), None)

    def hinders(self, nodes: Sequence[NodeState]) -> bool:
        """Decide whether the trouble of these nodes keeps the scale-out back: not once a plan goes on without them."""
        planned = {node.node_id for node in self.planned}
        return not planned or any(node.node_id in planned for node in nodes)


def stages(snapshot: Snapshot) -> tuple[Stage, ...]:
    """Return the stages that this scale-out has, in the order of work."""
    view = _view(snapshot)
    found = [_nodes(view), _ssh(view), _hardware(view)]
    if snapshot.network is not None:
        found.append(_network(view))
    found += [_configuration(view), _review(view)]
    if snapshot.haproxy is not None:
        found.append(_haproxy(view))
    run = _run(view)
    found.append(run)
    if snapshot.tasks is not None:
        found.append(_region(view, run))
    if snapshot.has_routes:
        found.append(_routes(view, run))
    return tuple(found)


def next_action(found: Sequence[Stage], *, closed: bool = False) -> Action | None:
    """Return what the person does next; None when the scale-out is closed, or only others can go on."""
    if closed:
        return None
    for states in (("failed", "open", "running"), ("check",)):
        for stage in found:
            if stage.state in states and stage.action:
                return stage.action
    return Action("close") if all(stage.state in ("done", "check") for stage in found) else None


def needs_ssh(node: NodeState) -> bool:
    """Decide whether key login is still to be established, or to be established again."""
    return node.status not in ("retired", "active") and (not node.has_key or node.key_changed)


def waits_for(found: Sequence[Stage], waiting: Stage) -> Stage | None:
    """Return the stage that this one waits for: the first one before it that is not done."""
    before = found[: found.index(waiting)]
    return next((stage for stage in before if stage.state not in ("done", "check")), None)


def current_stage(found: Sequence[Stage]) -> Stage | None:
    """Return the stage that the next action belongs to; None when all are done."""
    for states in (("failed", "open", "running"), ("waiting",)):
        for stage in found:
            if stage.state in states:
                return stage
    return None


def _view(snapshot: Snapshot) -> _View:
    retired = tuple(node for node in snapshot.nodes if node.status == "retired")
    rest = [node for node in snapshot.nodes if node.status != "retired"]
    foreign = tuple(node for node in rest if node.zone_id not in ("", snapshot.zone_id))
    own = tuple(node for node in rest if node not in foreign)
    plan = snapshot.plan if snapshot.plan and snapshot.plan.status != "rejected" else None
    planned = tuple(node for node in own if plan and node.node_id in plan.node_ids)
    free = tuple(node for node in own if node.status == "available" and node not in planned)
    return _View(snapshot, own, foreign, retired, planned, free, plan)


def _at(nodes: Iterable[NodeState]) -> tuple[str, ...]:
    return tuple(node.address for node in nodes)


def _note(
    template: str,
    nodes: Sequence[NodeState] = (),
    *,
    level: Level = "error",
    action: Action | None = None,
    **params: object,
) -> Note:
    return Note(phrase(template, n=len(nodes), **params), level, _at(nodes), action)


def causes(failed: Iterable[tuple[str, str]], level: Level = "error") -> tuple[Note, ...]:
    """Group failures, as address and error, by cause; the most frequent first.

    A failure of one node keeps its own sentence; of several, the meaning of their code, as they differ in the address.
    """
    groups: dict[str, list[tuple[str, str]]] = {}
    for address, error in failed:
        cause = code_of(error) or (error.replace(address, "") if address else error)
        groups.setdefault(cause, []).append((address, error))
    ordered = sorted(groups.values(), key=lambda group: -len(group))
    return tuple(_cause(group, level) for group in ordered)


def _message(error: str) -> Message:
    return error if isinstance(error, Message) else Message.literal(error)


def _cause(group: Sequence[tuple[str, str]], level: Level) -> Note:
    (address, error), nodes = group[0], tuple(address for address, _ in group if address)
    code = code_of(error)
    if len(group) > 1 and code in CODES:
        said = phrase(CODES[code].title)
    else:
        said = _message(error)
        if said.is_text and address and len(group) > 1:
            said = Message.literal(error.replace(address, "…"))
    return Note(said, level, nodes, code=code)


def _nodes(view: _View) -> Stage:
    notes: list[Note] = []
    for nodes, template in (
        (view.foreign, _("{n:node belongs|nodes belong} to another zone")),
        (view.retired, _("{n:node is|nodes are} retired")),
    ):
        if nodes:
            notes.append(_note(template, nodes, action=Action("remove_nodes", nodes=_at(nodes))))
    add = Action("add_nodes")
    if not view.own:
        return Stage("nodes", "failed" if notes else "open", 0, 0, tuple(notes), add)
    total = len(view.own) + len(view.foreign) + len(view.retired)
    if notes:
        return Stage("nodes", "failed", len(view.own), total, tuple(notes), notes[0].action, (add,))
    return Stage("nodes", "done", total, total, others=(add,))


def _ssh(view: _View) -> Stage:
    changed = [node for node in view.own if node.key_changed]
    refused = [node for node in view.own if not node.has_key and node.error and node not in changed]
    untried = [node for node in view.own if not node.has_key and not node.error]
    total = len(view.own)
    done = total - len(changed) - len(refused) - len(untried)
    job = view.running("establish_ssh")
    if job:
        return Stage("ssh", "running", done, total, _paused(job), Action("watch", job.job_id))
    if not total:
        return Stage("ssh", "waiting")
    bad = [*changed, *refused]
    level: Level = "error" if view.hinders(bad) else "warning"
    # Each has keys of its own to be compared.
    notes = [
        Note(_message(node.error), level, (node.address,), None, code_of(node.error)) for node in changed
    ]
    notes += causes(((node.address, node.error) for node in refused), level)
    actions = []
    if untried:
        actions.append(Action("establish_ssh", nodes=_at(untried)))
    if refused:
        actions.insert(0, Action("retry_ssh", nodes=_at(refused)))
    if changed:
        actions.insert(0, Action("compare_keys", nodes=_at(changed)))
    if bad:
        actions.append(Action("remove_nodes", nodes=_at(bad)))
    state: State = "done"
    if bad or untried:
        hinders = view.hinders([*bad, *untried])
        state = ("failed" if bad else "open") if hinders else "check"
    return Stage("ssh", state, done, total, tuple(notes), *_split(actions))


def _hardware(view: _View) -> Stage:
    within = [node for node in view.own if node.has_key and not node.key_changed]
    due = [node for node in within if node.status == "new"]
    failed = [node for node in within if node.status == "collect_failed"]
    collecting = [node for node in within if node.status == "collecting"]
    done = sum(node.collected for node in within)
    total = len(view.own)
    job = view.running("collect_nodes", "erase_data_disks")
    if job or collecting:
        action = Action("watch", job.job_id) if job else None
        return Stage("hardware", "running", done, total, _paused(job) if job else (), action)
    if not within:
        return Stage("hardware", "waiting", 0, total)
    hinders = view.hinders([*due, *failed])
    notes = list(causes(((node.address, node.error) for node in failed), "error" if hinders else "warning"))
    remarks = list(_disk_notes(view.free))
    behind = total - len(within)
    if behind and not view.planned:
        notes.append(
            phrase_note(_("{n:node waits|nodes wait} for SSH. You can go on with the others."), behind)
        )
    actions = []
    if failed:
        actions.append(Action("collect", nodes=_at([*failed, *due])))
        actions.append(Action("remove_nodes", nodes=_at(failed)))
    elif due:
        actions.append(Action("collect", nodes=_at(due)))
    actions += [note.action for note in remarks if note.action]
    if failed or due:
        state: State = ("failed" if failed else "open") if hinders else "check"
    elif behind and not view.planned:
        state = "waiting"
    else:
        state = "check" if remarks else "done"
    return Stage("hardware", state, done, total, (*notes, *remarks), *_split(actions))


def phrase_note(template: str, n: int, *, level: Level = "info") -> Note:
    """Return a note about a number of nodes that it does not list."""
    return Note(phrase(template, n=n), level)


def _disk_notes(nodes: Sequence[NodeState]) -> Iterator[Note]:
    """Yield what of the disks needs a look before the nodes are configured."""
    for name, template, verb in (
        ("conflicts", _("{disks:disk contradicts|disks contradict} the correction of a person"), "correct"),
        ("guesses", _("The type of {disks:disk|disks} is a guess"), "correct"),
        ("dirty", _("{disks:disk holds|disks hold} data"), "erase"),
    ):
        found = [node for node in nodes if getattr(node, name)]
        if found:
            disks = sum(len(getattr(node, name)) for node in found)
            action = Action(verb, subject=name, nodes=_at(found))
            yield Note(phrase(template, disks=disks), "warning", _at(found), action)


def _network(view: _View) -> Stage:
    checked = view.of.network
    assert checked is not None, "only with a check there is this stage"
    action = Action("verify_network")
    if checked.faulty:
        note = phrase_note(_("{n:node has|nodes have} a fault in the network"), checked.faulty, level="error")
        return Stage("network", "failed", checked.checked - checked.faulty, len(view.own), (note,), action)
    state: State = "done" if checked.checked >= view.ready > 0 else "open" if view.ready else "waiting"
    return Stage("network", state, checked.checked, len(view.own), (), None if state == "waiting" else action)


def _configuration(view: _View) -> Stage:
    snapshot, total = view.of, len(view.own)
    if view.plan:
        return _configured(view, view.plan)
    if snapshot.kind != ZONE and not snapshot.registered:
        note = _note(
            _(
                "Zone {zone} is not registered. A zone that runs is registered first; a new one is begun as a zone that "
                "joins its region."
            ),
            zone=snapshot.zone_id,
        )
        return Stage("configuration", "failed", 0, total, (note,), Action("register"))
    if snapshot.other_plan:
        other = snapshot.other_plan
        note = _note(
            _("Plan {plan} of this zone is open and has none of these nodes. It was created by {who}."),
            plan=other.plan_id,
            who=other.created_by,
        )
        return Stage("configuration", "failed", 0, total, (note,), Action("review", other.plan_id))
    notes = []
    if snapshot.plan:
        notes.append(_rejected(snapshot.plan))
    if not view.free:
        return Stage("configuration", "waiting", 0, total, tuple(notes))
    behind = total - len(view.free)
    if behind:
        notes.append(phrase_note(_("{n:node is|nodes are} not ready. You can configure the others."), behind))
    return Stage("configuration", "open", 0, total, tuple(notes), Action("configure", nodes=_at(view.free)))


def _rejected(plan: PlanState) -> Note:
    if plan.comment:
        said = _("Plan {plan} was rejected by {who}: {comment}")
        return _note(said, level="warning", plan=plan.plan_id, who=plan.decided_by, comment=plan.comment)
    return _note(
        _("Plan {plan} was rejected by {who}"), level="warning", plan=plan.plan_id, who=plan.decided_by
    )


def _configured(view: _View, plan: PlanState) -> Stage:
    left = [node for node in view.own if node not in view.planned]
    notes, actions = [], []
    if left:
        notes.append(
            _note(
                _("{n:node is|nodes are} not in plan {plan}"),
                left,
                level="warning",
                plan=plan.plan_id,
            )
        )
        actions.append(Action("remove_nodes", nodes=_at(left)))
        if view.free:
            actions.insert(0, Action("configure", nodes=_at(view.free)))
    others = len(plan.node_ids) - len(view.planned)
    if others > 0:
        notes.append(
            phrase_note(_("The plan also has {n:node|nodes} that this scale-out does not list"), others)
        )
    return Stage(
        "configuration",
        "check" if left else "done",
        len(view.planned),
        len(view.own),
        tuple(notes),
        *_split(actions),
    )


def _review(view: _View) -> Stage:
    plan = view.plan
    if plan is None:
        return Stage("review", "waiting")
    total = len(view.planned)
    if plan.status == "applied":
        return Stage("review", "done", total, total, _approved(plan))
    action = Action("review", plan.plan_id)
    if plan.status == "draft":
        notes = [_note(_("Plan {plan} waits for its approval"), level="info", plan=plan.plan_id)]
        if plan.warnings:
            notes.append(phrase_note(_("The plan has {n:warning|warnings}"), plan.warnings, level="warning"))
        return Stage("review", "open", 0, total, tuple(notes), action)
    if plan.void:
        void = tuple(
            Note(item.message, "error", (item.node,) if item.node else (), code=item.code)
            for item in plan.void
        )
        head = _note(_("The approval of plan {plan} is void"), plan=plan.plan_id)
        return Stage("review", "failed", 0, total, (head, *void), action)
    return Stage("review", "done", total, total, _approved(plan))


def _approved(plan: PlanState) -> tuple[Note, ...]:
    if not plan.decided_by:
        return ()
    return (_note(_("Approved by {who}"), level="info", who=plan.decided_by),)


def _haproxy(view: _View) -> Stage:
    state = view.of.haproxy
    if state in ("approved", "applied"):
        return Stage("haproxy", "done", 1, 1)
    if view.plan is None:
        return Stage("haproxy", "waiting", 0, 1)
    if state == "draft":
        note = _note(_("The change of haproxy.cfg waits for its approval"), level="info")
        return Stage("haproxy", "open", 0, 1, (note,), Action("approve_haproxy"))
    return Stage("haproxy", "open", 0, 1, (), Action("preview_haproxy"))


def _run(view: _View) -> Stage:
    plan, job = view.plan, view.of.job
    active = sum(node.status == "active" for node in view.planned)
    total = len(view.planned)
    if job and job.status in _ACTIVE:
        return _in_progress(job)
    if plan is None or (plan.status != "applied" and not job and not _may_run(plan)):
        return Stage("run", "waiting", active, total)
    if plan.status == "applied":
        return Stage("run", "done", active, total)
    if job and job.status in ("failed", "cancelled"):
        return _ended_badly(view, plan, job, active)
    if not _may_run(plan):
        return Stage("run", "waiting", active, total)
    holder = view.of.holder
    if holder:
        note = _note(
            _("Job {job} ({verb} in {zone}, started by {who}) runs in this region; one job at a time"),
            job=holder.job_id,
            verb=holder.action,
            zone=holder.zone_id,
            who=holder.created_by,
        )
        return Stage("run", "waiting", active, total, (note,), Action("watch", holder.job_id))
    waiting = [node for node in view.planned if node.status != "active"]
    verb = "scale_zone" if view.of.kind == ZONE else "scale"
    return Stage("run", "open", active, total, (), Action(verb, plan.plan_id, _at(waiting)))


def _may_run(plan: PlanState) -> bool:
    return plan.status == "approved" and not plan.void


def _in_progress(job: JobState) -> Stage:
    notes = [*causes(job.failures)]
    watch = Action("watch", job.job_id)
    if job.paused_by:
        notes.insert(0, _note(_("Paused by {who}"), level="warning", who=job.paused_by))
        return Stage("run", "open", job.done, job.total, tuple(notes), Action("resume", job.job_id), (watch,))
    if job.status == "cancelling":
        notes.insert(0, _note(_("Being cancelled by {who}"), level="warning", who=job.cancelled_by))
    return Stage("run", "running", job.done, job.total, tuple(notes), watch)


def _ended_badly(view: _View, plan: PlanState, job: JobState, active: int) -> Stage:
    notes = [*causes(job.failures)]
    if job.status == "cancelled":
        notes.insert(0, _note(_("Cancelled by {who}"), level="warning", who=job.cancelled_by))
    elif not notes and job.error:
        notes += causes([("", job.error)])
    actions = [Action("resume", job.job_id)] if _may_run(plan) else []
    failed = tuple(address for note in notes for address in note.nodes)
    if failed and len(failed) < len(view.planned):
        actions.append(Action("leave_out", plan.plan_id, failed))
    actions.append(Action("watch", job.job_id))
    return Stage("run", "failed", active, len(view.planned), tuple(notes), *_split(actions))


def _region(view: _View, run: Stage) -> Stage:
    tasks = view.of.tasks or ()
    done = sum(task.done for task in tasks)
    action = Action("region")
    if done == len(tasks):
        return Stage("region", "done", done, len(tasks))
    if run.state not in ("done", "check"):
        return Stage("region", "waiting", done, len(tasks), (), None, (action,))
    notes = tuple(Note(Message.literal(task.title), "info") for task in tasks if not task.done)
    return Stage("region", "open", done, len(tasks), notes, action)


def _routes(view: _View, run: Stage) -> Stage:
    plan = view.plan
    total = plan.routes if plan else 0
    who = view.of.routes_confirmed_by
    if who:
        note = _note(_("Confirmed by {who}"), level="info", who=who)
        return Stage("routes", "done", total, total, (note,), None, (Action("services"),))
    if plan is None or run.state not in ("done", "check"):
        return Stage("routes", "waiting", 0, total)
    if not total:
        note = _note(_("This plan adds no VBC network, so there is no route to add"), level="info")
        return Stage("routes", "done", 0, 0, (note,), None, (Action("services"),))
    return Stage("routes", "open", 0, total, (), Action("confirm_routes"), (Action("services"),))


def _paused(job: RunningJob) -> tuple[Note, ...]:
    if not job.paused_by:
        return ()
    return (_note(_("Paused by {who}"), level="warning", who=job.paused_by),)


def _split(actions: Sequence[Action]) -> tuple[Action | None, tuple[Action, ...]]:
    return (actions[0] if actions else None, tuple(actions[1:]))
