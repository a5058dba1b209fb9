"""The job establish_ssh: log in once with the password, leave the installer's key, prove that it works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from jobs import audit, keypair, registry, ssh
from jobs.actor import Actor
from jobs.context import StepContext, StepFailed
from jobs.models import Job, Step
from jobs.reason import reason_of
from jobs.secrets import Secret
from jobs.ssh import Endpoint, SshError
from nodes.endpoints import endpoint_of
from nodes.models import Node

_HERE = Path(__file__).parent.parent
_INSTALL_KEY = (_HERE / "establish.sh").read_text()
_SUDOERS = (_HERE / "sudoers.sh").read_text()


@dataclass(frozen=True, slots=True)
class Login:
    """What one node needs: where, as whom, and what is known of its host key."""

    endpoint: Endpoint
    public_line: str
    accept_new: bool
    pinned: str  # "by NAME at TIME", for the sentence about a changed key


def register() -> None:
    """Make the job known to the engine."""
    phase = registry.Phase("establish", run, prepare=prepare, finish=finish, failed=failed, timeout_s=180)
    again = "establish_ssh JOB with the password, which is not kept, begins anew for them"
    registry.register(registry.Action("establish_ssh", (phase,), again=again, once=True))


def prepare(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """A :class:`Login` by node id."""
    public_line = keypair.ensure(settings.INSTALLER_SSH_KEY)
    replaced = set(job.params.get("replace_host_keys", ()))
    return {
        node.node_id: Login(
            endpoint=_endpoint(node, job.params, node.mgmt_address in replaced),
            public_line=public_line,
            accept_new=bool(job.params.get("accept_new", True)) or node.mgmt_address in replaced,
            pinned=f"{node.host_key_pinned_by} at {node.host_key_pinned_at:%Y-%m-%d %H:%M} UTC"
            if node.host_key_pinned_at
            else "",
        )
        for node in Node.objects.filter(node_id__in=[step.target for step in steps])
    }


def _endpoint(node: Node, params: dict[str, Any], replaced: bool) -> Endpoint:
    found = endpoint_of(node)
    return replace(
        found,
        port=params.get("port") or found.port,
        user=params.get("user") or found.user,
        host_key="" if replaced else found.host_key,
    )


def run(context: StepContext, login: Login) -> dict[str, Any]:
    """Gives host key, user and port that work. Raises StepFailed with the reason in words."""
    password = context.secrets.get("password")
    try:
        return _establish(context, login, password)
    except SshError as error:
        by = f" (pinned by {login.pinned})" if error.kind == "host_key" and login.pinned else ""
        raise StepFailed(f"{error}{by}") from None


def _establish(context: StepContext, login: Login, password: Secret | None) -> dict[str, Any]:
    # The host key first, before anything is sent that another machine should not get; every
    # connection after that insists on the key that was seen.
    host_key = ssh.host_key_of(login.endpoint)
    _accept(login, host_key)
    endpoint = replace(login.endpoint, host_key=host_key)
    refusal = _refusal_of_key(context, endpoint)
    if refusal is not None:
        if not password:
            raise refusal
        _install(context, replace(login, endpoint=endpoint), password)
        # A new connection, with the key only: what every later job will do.
        again = _refusal_of_key(context, endpoint)
        if again is not None:
            raise again
    context.log(f"key login works as {endpoint.user}, host key {ssh.fingerprint(host_key)}")
    return {"host_key": host_key, "user": endpoint.user, "port": endpoint.port}


def _refusal_of_key(context: StepContext, endpoint: Endpoint) -> StepFailed | None:
    """Why the installer's key is not enough to become root there; None when it is."""
    try:
        with ssh.connect(endpoint) as connection:
            answer = connection.run(["id", "-u"])
    except SshError as error:
        if error.kind != "auth":
            raise
        return StepFailed(
            f"{endpoint} does not accept the installer's key for user {endpoint.user}: "
            "run establish_ssh with the password, and look whether its sshd allows key login"
        )
    if answer.exit_code or answer.stdout.strip() != b"0":
        return StepFailed(
            f"{endpoint}: {endpoint.user} cannot become root with sudo -n: "
            "run establish_ssh with its password, or allow it in /etc/sudoers.d"
        )
    context.log("the installer's key logs in")
    return None


def _install(context: StepContext, login: Login, password: Secret) -> None:
    with ssh.connect(login.endpoint, password=password) as connection:
        answer = connection.run_as_login(["sh", "-c", _INSTALL_KEY], stdin=f"{login.public_line}\n".encode())
        _must(answer, f"{login.endpoint}: the key could not be written")
        context.log("the installer's key is in authorized_keys")
        user = login.endpoint.user
        if user != "root":
            secret = f"{password.reveal()}\n".encode()
            answer = connection.run_as_login(
                ["sudo", "-S", "-p", "", "-k", "--", "sh", "-c", _SUDOERS, "sh", user], stdin=secret
            )
            _must(answer, f"{login.endpoint}: {user} may not use sudo with this password")
            context.log(f"sudo without a password allowed in /etc/sudoers.d/installer-console-{user}")


def _accept(login: Login, host_key: str) -> None:
    if not login.endpoint.host_key and not login.accept_new:
        raise StepFailed(
            f"{login.endpoint} shows the host key {ssh.fingerprint(host_key)}, which nobody has accepted yet: "
            "compare it on the node's console, then run establish_ssh with --accept-new"
        )


def _must(answer: ssh.Completed, what: str) -> None:
    if answer.exit_code:
        reason = reason_of([answer.stderr.decode("utf-8", "replace")]) or "no reason given"
        raise StepFailed(f"{what}: {reason}")


def finish(job: Job, step: Step, result: dict[str, Any]) -> None:
    """Pin the host key and remember the login that works."""
    node = Node.objects.get(node_id=step.target)
    values: dict[str, Any] = {"ssh_user": result["user"], "ssh_port": result["port"], "error": ""}
    if node.host_key != result["host_key"]:
        values |= {
            "host_key": result["host_key"],
            "host_key_fingerprint": ssh.fingerprint(result["host_key"]),
            "host_key_pinned_by": job.created_by,
            "host_key_pinned_at": Now(),
        }
        audit.record(
            Actor(job.created_by, job.created_via),
            "pin_host_key",
            node.node_id,
            before=node.host_key_fingerprint,
            after=values["host_key_fingerprint"],
        )
    Node.objects.filter(pk=node.pk).update(**values)


def failed(job: Job, step: Step, error: str, evidence: Any) -> None:
    """Keep the reason with the node."""
    Node.objects.filter(node_id=step.target).update(error=error)
