"""The job establish_ssh: log in once with the password, install the installer's key, verify that it works."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models.functions import Now

from common import audit, ssh
from common.actor import Actor
from common.messages import Message, message
from common.secrets import Secret
from common.ssh import Connection, Endpoint, Place, SshError, keypair
from common.ssh.login import quoted, wants_terminal
from jobs import registry
from jobs.context import StepContext, StepFailed
from jobs.models import Job, Step
from nodes.endpoints import place_of
from nodes.models import Node

# Why a host key is trusted, as recorded in the audit.
PINNED = "pinned before"
TRUSTED = "trusted on first use"
KNOWN = "from a known_hosts file"
COMPARED = "changed, and compared by a person"

_HERE = Path(__file__).parent.parent
_INSTALL_KEY = (_HERE / "establish.sh").read_text()
_SUDOERS = (_HERE / "sudoers.sh").read_text()


@dataclass(frozen=True, slots=True)
class Login:
    """What is needed for one node: where, as whom, and what is known of its host key.

    ``pinned``: the key that was pinned before and is valid. ``known`` and ``revoked`` are from the known_hosts file
    provided. ``compared``: a person compared a changed key. ``pinned_by`` and ``pinned_at`` are for the sentence about
    a changed key.
    """

    place: Place
    public_line: str
    accept_new: bool
    pinned: str = ""
    known: tuple[str, ...] = ()
    revoked: tuple[str, ...] = ()
    compared: bool = False
    pinned_by: str = ""
    pinned_at: datetime | None = None


def register_actions() -> None:
    """Register the job with the engine."""
    phase = registry.Phase("establish", run, prepare=prepare, finish=finish, failed=failed, timeout_s=180)
    registry.register(registry.Action("establish_ssh", (phase,), again=_again, once=True))


def _again(job_id: str) -> Message:
    return message("N81", "again", job=job_id)


def prepare(job: Job, steps: Sequence[Step]) -> dict[str, Any]:
    """Return a :class:`Login` by node id."""
    public_line = keypair.ensure(settings.INSTALLER_SSH_KEY)
    nodes = Node.objects.filter(node_id__in=[step.target for step in steps])
    return {node.node_id: _login(node, job.params, public_line) for node in nodes}


def _login(node: Node, params: dict[str, Any], public_line: str) -> Login:
    address = str(node.mgmt_address)
    compared = address in params.get("replace_host_keys", ())
    of_file = params.get("known_hosts", {}).get(address, {})
    found = place_of(node)
    return Login(
        place=replace(found, port=params.get("port") or found.port, user=params.get("user") or found.user),
        public_line=public_line,
        accept_new=bool(params.get("accept_new", True)),
        pinned="" if compared else node.host_key,
        known=tuple(of_file.get("keys", ())),
        revoked=tuple(of_file.get("revoked", ())),
        compared=compared,
        pinned_by=node.host_key_pinned_by,
        pinned_at=node.host_key_pinned_at,
    )


def run(context: StepContext, login: Login | None) -> dict[str, Any]:
    """Return the host key, user and port that work. Raises StepFailed with the reason in words."""
    if login is None:
        raise StepFailed(message("N60", "node"))
    password = context.secrets.get("password")
    try:
        return _establish(context, login, password)
    except SshError as error:
        if error.kind == "host_key" and login.pinned_at:
            pinned = message("S05", "pinned_by", error=error.message, who=login.pinned_by, at=login.pinned_at)
            raise StepFailed(pinned) from None
        raise StepFailed(error.message) from None


def _establish(context: StepContext, login: Login, password: Secret | None) -> dict[str, Any]:
    # The host key first, before anything is sent that another machine should not get; every
    # connection after that insists on the key that was seen.
    host_key, how = (login.pinned, PINNED) if login.pinned else _first_contact(login)
    _refuse_revoked(login, host_key)
    endpoint = login.place.pinned(host_key)
    refusal = _refusal_of_key(context, endpoint, login.public_line)
    if refusal is not None:
        if not password:
            raise refusal
        _install(context, endpoint, login.public_line, password)
        # A new connection, with the key only: as in every later job.
        again = _refusal_of_key(context, endpoint, login.public_line)
        if again is not None:
            raise again
    print_of_key = ssh.fingerprint(host_key)
    trusted = f" ({how})" if how != PINNED else ""
    context.log(f"key login works as {endpoint.user}, host key {print_of_key}{trusted}")
    return {"host_key": host_key, "user": endpoint.user, "port": endpoint.port, "how": how}


def _first_contact(login: Login) -> tuple[str, str]:
    """Return the key that the node shows, and why it is trusted. Raises StepFailed when it is not."""
    shown = ssh.host_key_of(login.place, kinds=login.known)
    print_of_key = ssh.fingerprint(shown)
    if login.known:
        if shown in login.known:
            return shown, KNOWN
        expected = [ssh.fingerprint(key) for key in login.known]
        raise StepFailed(
            message("S16", "not_known", place=login.place, shown=print_of_key, expected=expected)
        )
    if login.compared:
        return shown, COMPARED
    if login.accept_new:
        return shown, TRUSTED
    raise StepFailed(message("S16", "not_accepted", place=login.place, shown=print_of_key))


def _refuse_revoked(login: Login, host_key: str) -> None:
    if host_key in login.revoked:
        raise StepFailed(message("S16", "revoked", place=login.place, shown=ssh.fingerprint(host_key)))


def _refusal_of_key(context: StepContext, endpoint: Endpoint, public_line: str) -> StepFailed | None:
    """Return why the installer's key is not enough to become root there; None when it is."""
    try:
        with ssh.connect(endpoint) as connection:
            answer = connection.run(["id", "-u"])
    except SshError as error:
        if error.kind == "sudo":
            return StepFailed(error.message)
        if error.kind != "auth":
            raise
        return StepFailed(
            message("S06", "with_line", endpoint=endpoint, user=endpoint.user, public_line=public_line)
        )
    if answer.exit_code or answer.stdout.strip() != b"0":
        said = quoted(answer.stdout + answer.stderr)
        return StepFailed(message("S11", "other_user", endpoint=endpoint, user=endpoint.user, said=said))
    context.log("login with the installer's key works")
    return None


def _install(context: StepContext, endpoint: Endpoint, public_line: str, password: Secret) -> None:
    try:
        connected = ssh.connect(endpoint, password=password)
    except SshError as error:
        if error.kind != "auth":
            raise
        raise StepFailed(_way_in(error.message, endpoint.user, public_line)) from None
    with connected as connection:
        argv = ["sh", "-c", _INSTALL_KEY]
        answer = connection.run(argv, stdin=f"{public_line}\n".encode(), as_login=True)
        if answer.exit_code:
            raise StepFailed(message("S17", endpoint=endpoint, told=_told(answer)))
        context.log("the installer's key is in authorized_keys")
        if endpoint.user != "root":
            _allow_sudo(context, connection, password)


def _way_in(refusal: Message, user: str, public_line: str) -> Message:
    """Add what in sshd's own configuration may forbid this login, and the ways around it."""
    if user == "root":
        return message("S08", "root", error=refusal, public_line=public_line)
    return message("S08", "account", error=refusal, user=user, public_line=public_line)


def _allow_sudo(context: StepContext, connection: Connection, password: Secret) -> None:
    """Add our sudo rule, and check it with sudo itself. Raises StepFailed with the rule that forbids it."""
    endpoint, user = connection.endpoint, connection.endpoint.user
    answer = _as_root_once(connection, password, "install")
    if answer.exit_code:
        if wants_terminal(answer.stderr):
            raise StepFailed(message("S11", "needs_terminal", endpoint=endpoint, user=user))
        raise StepFailed(message("S11", "refused", endpoint=endpoint, user=user, told=_told(answer)))
    # -k: not because the password was sent a moment ago.
    proof = connection.run(["sudo", "-n", "-k", "--", "id", "-u"], as_login=True)
    if proof.exit_code == 0 and proof.stdout.strip() == b"0":
        context.log(f"sudo without a password allowed in {answer.stdout.decode('utf-8', 'replace').strip()}")
        return
    why = [line for line in _as_root_once(connection, password, "why").stdout.splitlines() if line.strip()]
    told = "; ".join(quoted(line, [password]).strip('"') for line in why[:4]) or quoted(
        proof.stderr, [password]
    )
    raise StepFailed(message("S11", "outweighed", endpoint=endpoint, user=user, told=told))


def _as_root_once(connection: Connection, password: Secret, what: str) -> ssh.Completed:
    argv = ["sudo", "-S", "-p", "", "-k", "--", "sh", "-c", _SUDOERS, "sh", what, connection.endpoint.user]
    return connection.run(argv, stdin=f"{password.reveal()}\n".encode(), as_login=True)


def _told(answer: ssh.Completed) -> str:
    return quoted(answer.stderr).strip('"') if answer.stderr.strip() else f"exit code {answer.exit_code}"


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
            reason=result["how"],
            before=node.host_key_fingerprint,
            after=values["host_key_fingerprint"],
        )
    Node.objects.filter(pk=node.pk).update(**values)


def failed(job: Job, step: Step, error: str, evidence: Any) -> None:
    """Store the reason with the node."""
    Node.objects.filter(node_id=step.target).update(error=error)
