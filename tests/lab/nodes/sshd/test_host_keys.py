"""First contact with a real sshd that has several host keys: trusted on first use, or known; never a login without."""

from __future__ import annotations

import subprocess

import pytest

from common.models import AuditEntry
from common.ssh import Endpoint, Place, SshError
from common.ssh.types import fingerprint
from nodes.endpoints import endpoint_of, for_each
from nodes.models import Node
from tests.factories import host_key
from tests.lab.nodes.sshd.conftest import Establish, Start
from tests.lab.nodes.sshd.machine import RealMachine

pytestmark = pytest.mark.django_db(transaction=True)
RULES = {"y": "yop ALL=(ALL) ALL\n"}


def scanned(machine: RealMachine, *options: str) -> str:
    """Return what ssh-keyscan(1) prints of it."""
    argv = ["ssh-keyscan", "-T", "20", "-p", str(machine.port), *options, machine.address]
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout


def several(start: Start) -> RealMachine:
    """Start a machine that has an ed25519 key and an RSA one."""
    return start({"yop": "/bin/bash"}, rules=RULES, more_keys=["rsa"])


def test_trust_on_first_use_is_audited_as_that(start: Start, establish: Establish) -> None:
    machine = several(start)
    job = establish(machine, "yop")
    assert job.status == "succeeded", job.steps.get().error
    entry = AuditEntry.objects.get(verb="pin_host_key")
    assert (entry.actor, entry.reason) == ("ann", "trusted on first use")
    assert entry.detail["after"] == Node.objects.get().host_key_fingerprint == fingerprint(machine.host_key)
    # Known by now: nothing is trusted again.
    assert establish(machine, "yop").status == "succeeded"
    assert AuditEntry.objects.filter(verb="pin_host_key").count() == 1


@pytest.mark.parametrize("kind", ["rsa", "ed25519", "rsa,ed25519"])
@pytest.mark.parametrize("hashed", [(), ("-H",)])
def test_a_key_that_was_known_before_is_not_trusted_but_compared(
    start: Start, establish: Establish, kind: str, hashed: tuple[str, ...]
) -> None:
    machine = several(start)
    text = scanned(machine, "-t", kind, *hashed)
    job = establish(machine, "yop", known_hosts=text.encode(), file="kh")
    assert job.status == "succeeded", job.steps.get().error
    entry = AuditEntry.objects.get(verb="pin_host_key")
    assert entry.reason == "from a known_hosts file"
    assert Node.objects.get().host_key.split()[0].removeprefix("ssh-") in kind.split(",")


def test_another_key_than_the_known_one_gets_nothing(start: Start, establish: Establish) -> None:
    machine = several(start)
    other = f"[{machine.address}]:{machine.port} {host_key(7)}\n"
    job = establish(machine, "yop", known_hosts=other.encode(), file="kh")
    error = job.steps.get().error
    assert (
        job.status == "failed"
        and fingerprint(host_key(7)) in error
        and fingerprint(machine.host_key) in error
    )
    assert "nothing was sent to" in error and Node.objects.get().host_key == ""
    assert not (machine.folder / "home/yop/.ssh").exists()


def test_a_revoked_key_is_refused_also_with_trust_on_first_use(start: Start, establish: Establish) -> None:
    machine = several(start)
    text = f"@revoked * {machine.host_key}\n"
    job = establish(machine, "yop", known_hosts=text.encode(), file="kh", accept_new=True)
    assert job.status == "failed" and "marks as @revoked" in job.steps.get().error
    assert not (machine.folder / "home/yop/.ssh").exists()


@pytest.mark.parametrize(
    "key", ["", "ssh-ed25519", "ssh-ed25519 AAAA", "ssh-rsa " + host_key(1).split()[1], "a b c"]
)
def test_there_is_no_endpoint_without_a_host_key(key: str) -> None:
    place = Place("10.0.0.1", 22, "root", "/nowhere")
    with pytest.raises(SshError, match="its host key is not pinned yet: run establish_ssh for it first"):
        place.pinned(key)
    with pytest.raises(SshError):
        Endpoint(address="10.0.0.1", port=22, user="root", key_path="", host_key=key)
    one = Node.objects.create(mgmt_address="10.0.0.1", host_key=key)
    two = Node.objects.create(mgmt_address="10.0.0.2", host_key=host_key(2))
    work = for_each([one, two], endpoint_of)
    assert isinstance(work[one.node_id], SshError) and isinstance(work[two.node_id], Endpoint)
