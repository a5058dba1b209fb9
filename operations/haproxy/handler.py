"""The phase haproxy: the reviewed file on one proxy after another, reverted where it does not serve."""

from __future__ import annotations

import base64
import hashlib
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from common.errors import Refused
from common.messages import Message, message
from common.ssh import Endpoint
from jobs.context import StepContext, StepFailed, StepStopped
from jobs.models import Job, Step
from jobs.registry import Action, Phase, register
from jobs.remote import run_component
from jobs.states import StepStatus
from nodes.endpoints import endpoint_of, for_each
from nodes.models import Node
from operations.haproxy.approved_change import PHASE, change_of, take_change, tell_unproven
from operations.haproxy.core import Listener, read_listeners
from operations.haproxy.rollback import Back, replaced, roll_back
from operations.models import Change
from operations.scripts import component_script
from zones.core.rendering.haproxy import EVERYWHERE

HEALTH_S = 30
_OPEN_S = 0.6


@dataclass(frozen=True, slots=True)
class ProxyWork:
    """What one proxy needs."""

    endpoint: Endpoint
    apply_script: str
    back: Back
    listeners: tuple[Listener, ...]


def haproxy_phase() -> Phase:
    """Return the phase, for proxies given to ``submit``."""
    return Phase(
        PHASE,
        run,
        prepare=prepare,
        finish=finish,
        own_targets=True,
        one_by_one=True,
        needs_all=True,
        undo=undo,
        timeout_s=600,
    )


def register_actions() -> None:
    """Register the job that consists of the phase."""
    register(Action("apply_haproxy", (haproxy_phase(),), started=take_change, ended=tell_unproven))


def prepare(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return :class:`ProxyWork` by node id. Raises :class:`Refused` without an approved change."""
    change = change_of(job)
    files = {file["node_id"]: file for file in change.files}
    nodes = Node.objects.filter(node_id__in=[step.target for step in steps])
    return dict(for_each(nodes, lambda node: _work(job, node, change, files.get(node.node_id))))


def _work(job: Job, node: Node, change: Change, file: dict[str, str] | None) -> ProxyWork | Refused:
    if file is None:
        return Refused.because(message("H07", change=change.change_id, node=node, job=job.job_id))
    base, content = file["base"].encode(), file["content"].encode()
    common = {
        "haproxy_file": file["path"],
        "change": change.change_id,
        "base_sum": hashlib.sha256(base).hexdigest(),
        "new_sum": hashlib.sha256(content).hexdigest(),
    }
    new = base64.b64encode(content).decode()
    listeners = read_listeners(file["content"])
    before = {item.port for item in read_listeners(file["base"])}
    places = [f"{item.address}:{item.port}" for item in listeners]
    fresh = [place for place in places if int(place.rpartition(":")[2]) not in before]
    return ProxyWork(
        endpoint=endpoint_of(node),
        apply_script=component_script(
            "haproxy", new_base64=new, places=" ".join(places), fresh=" ".join(fresh), **common
        ),
        back=Back(
            endpoint_of(node),
            file["path"],
            change.change_id,
            component_script("haproxy_back", **common),
            common["new_sum"],
        ),
        listeners=listeners,
    )


def run(context: StepContext, work: ProxyWork | None) -> None:
    """Write, check, reload, and verify that it serves; otherwise restore the old file. Raises StepFailed.

    However it ends before the verification, no proxy keeps a file that is not known to serve.
    """
    if work is None:
        raise StepFailed(message("N60", "proxy"))
    # A separate attempt each: what an earlier one did was undone and must be done again.
    component = f"haproxy_{context.attempt}"
    context.begin_component(component)
    try:
        run_component(context, work.endpoint, component, work.apply_script)
        # No checkpoint here: a cancelled job verifies what it has written.
        context.component = "health"
        problem = _wait_until_serving(context, work)
    except StepFailed as failure:
        if roll_back(context, work.back, failure.message):
            raise StepFailed(failure.message) from None
        raise StepFailed(message("H08", "restored", error=failure.message)) from None
    except StepStopped:
        if not context.lost_ownership:
            roll_back(context, work.back, message("H09", "cancelled"))
        raise
    problem = problem or replaced(context, work.back)
    said = roll_back(context, work.back, problem) if problem else ""
    _tell_servers(context, work)
    if problem:
        if said:
            raise StepFailed(message("H08", "as_it_was", error=problem, said=said))
        raise StepFailed(message("H08", "restored", error=problem))


def undo(context: StepContext, work: ProxyWork | None) -> None:
    """Restore the old file where a worker died between writing and verification. Raises StepFailed, StepStopped."""
    if work is None:
        raise StepFailed(message("N60", "proxy"))
    roll_back(context, work.back, message("H09", "cancelled"))


def _wait_until_serving(context: StepContext, work: ProxyWork) -> Message | None:
    """Wait until every listener has reached a server for a while without a break; return None, else what does not.

    One look is not enough: haproxy considers checked servers alive until the first check has failed, which is
    two seconds and a connect timeout after a reload. A job that is cancelled without ``--now`` only stops after
    this.
    """
    give_up = time.monotonic() + HEALTH_S
    since = 0.0
    while True:
        down = [why for item in work.listeners if (why := _why_down(work.endpoint, item))]
        now = time.monotonic()
        since = 0.0 if down else since or now
        if since and now - since >= settings.INSTALLER_STEADY_S:
            context.log(", ".join(f"{item.name} {item.port}" for item in work.listeners) + " answer")
            return None
        if down and now > give_up:
            return down[0]
        if context.lost_ownership or context.kill_requested:
            context.checkpoint()
        time.sleep(0.5)


def _why_down(endpoint: Endpoint, listener: Listener) -> Message | None:
    """Return why a listener is down, or None: in mode tcp haproxy closes a connection at once when no server is up."""
    address = endpoint.address if listener.address in ("", "*", EVERYWHERE, "::") else listener.address
    try:
        with socket.create_connection((address, listener.port), timeout=3) as peer:
            peer.settimeout(_OPEN_S)
            try:
                if peer.recv(1):
                    return None
            except TimeoutError:
                return None
            return message("H08", "no_server", name=listener.name, port=listener.port, seconds=HEALTH_S)
    except OSError as error:
        reason = str(error.strerror or error)
        return message(
            "H08", "no_answer", name=listener.name, port=listener.port, reason=reason, seconds=HEALTH_S
        )


def _tell_servers(context: StepContext, work: ProxyWork) -> None:
    """Log the servers that the installer cannot reach: either the listener serves without them, or that is why it fails."""
    for listener in work.listeners:
        for name, host, port in listener.servers:
            try:
                socket.create_connection((host, port), timeout=3).close()
            except OSError as error:
                reason = error.strerror or error
                context.log(
                    f"{listener.name}: server {name} ({host}:{port}) does not answer: {reason}",
                    level="warning",
                )


def finish(job: Job, step: Step, result: Any) -> None:
    """Mark the change as applied after the last proxy."""
    left = job.steps.filter(phase=PHASE).exclude(pk=step.pk).exclude(status=StepStatus.SUCCEEDED)
    if not left.exists():
        Change.objects.filter(pk=change_of(job).pk).update(applied_at=Now())
