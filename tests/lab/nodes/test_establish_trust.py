"""What establish_ssh trusts, and that it sends no secret before: real SSH on simulated nodes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

import lab
from common import ssh
from common.actor import Actor
from common.secrets import Secret
from common.ssh import SshError
from jobs.models import Job
from nodes.endpoints import endpoint_of
from nodes.models import Node
from nodes.services.establish import establish_ssh
from tests.fixtures.simulated import host_key

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "only-for-tests-1"
Machine = Callable[..., lab.Node]
Work = Callable[[Job], Job]


def establish(machine: lab.Node, actor: Actor, work: Work, **options: object) -> Job:
    options.setdefault("password", Secret(PASSWORD))
    return work(establish_ssh(addresses=[machine.address], actor=actor, **options))  # type: ignore[arg-type]


@pytest.mark.remedy("S04", "S16")
def test_an_unknown_host_key_is_not_trusted_unasked(make_machine: Machine, actor: Actor, work: Work) -> None:
    made = make_machine(known=False, password=PASSWORD)
    job = establish(made, actor, work, accept_new=False)
    assert job.status == "failed"
    error = job.steps.get().error
    assert "has not been accepted yet" in error and error.code == "S16"
    assert ssh.fingerprint(" ".join(host_key(made).split()[:2])) in error
    assert Node.objects.get().host_key == ""
    keys = made.root / "root" / ".ssh" / "authorized_keys"
    assert not keys.exists() or not keys.read_text(), (
        "the password was used before anybody accepted the host key"
    )
    with pytest.raises(SshError, match="run establish_ssh for it first"):
        endpoint_of(Node.objects.get())
    assert establish(made, actor, work, accept_new=True).status == "succeeded"
    ssh.connect(endpoint_of(Node.objects.get())).close()


@pytest.mark.remedy("S06")
def test_a_key_that_was_taken_away_is_put_there_again(
    make_machine: Machine, actor: Actor, work: Work
) -> None:
    made = make_machine(password=PASSWORD)
    (made.root / "root" / ".ssh" / "authorized_keys").write_text("")
    with pytest.raises(SshError, match="run establish_ssh for it"):
        ssh.connect(endpoint_of(Node.objects.get()))
    refused = establish(made, actor, work, password=None)
    assert refused.steps.get().error.code == Node.objects.get().error.code == "S06"
    assert establish(made, actor, work).status == "succeeded"
    ssh.connect(endpoint_of(Node.objects.get())).close()


@pytest.mark.remedy("S07")
def test_an_installer_without_a_key_makes_one(
    make_machine: Machine, actor: Actor, work: Work, settings: LazySettings, tmp_path: Path
) -> None:
    made = make_machine(password=PASSWORD)
    settings.INSTALLER_SSH_KEY = tmp_path / "new" / "key"
    with pytest.raises(SshError, match=r"the installer has no SSH key at .*: run establish_ssh once"):
        ssh.connect(endpoint_of(Node.objects.get()))
    assert establish(made, actor, work).status == "succeeded"
    ssh.connect(endpoint_of(Node.objects.get())).close()


def test_a_login_with_sudo_by_password_becomes_one_without(
    make_machine: Machine, actor: Actor, work: Work
) -> None:
    users = {"deploy": {"password": PASSWORD, "sudo": True}}
    made = make_machine(known=False, users=users)
    job = establish(made, actor, work, user="deploy")
    assert job.status == "succeeded", job.steps.get().error
    assert "INSTALLER" not in Node.objects.get().error and Node.objects.get().ssh_user == "deploy"
    drop_in = made.root / "etc" / "sudoers.d" / "zz-installer-console-deploy"
    assert "NOPASSWD" in drop_in.read_text() and PASSWORD not in drop_in.read_text()
    # The key is there already; only the right to become root was taken away since.
    drop_in.unlink()
    refused = establish(made, actor, work, user="deploy", password=None)
    assert refused.status == "failed" and "cannot become root with sudo -n" in refused.steps.get().error
    assert establish(made, actor, work, user="deploy").status == "succeeded"
    keys = (made.root / "home" / "deploy" / ".ssh" / "authorized_keys").read_text()
    assert len(keys.splitlines()) == 1


@pytest.mark.remedy("S05")
def test_a_changed_host_key_is_refused_with_both_fingerprints(
    make_machine: Machine, actor: Actor, work: Work
) -> None:
    made = make_machine(known=False, password=PASSWORD)
    establish(made, actor, work)
    old = Node.objects.get().host_key_fingerprint
    other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ4Y3v0m3X3qk2mF1w9m0y7m6cM0Xn4mBv8cXqQb6u0F"
    Node.objects.update(host_key=other, host_key_fingerprint=ssh.fingerprint(other))
    job = establish(made, actor, work)
    error = job.steps.get().error
    assert (
        job.status == "failed"
        and old in error
        and ssh.fingerprint(other) in error
        and "pinned by ann at" in error
    )
    assert establish(made, actor, work, replace_host_keys=[made.address]).status == "succeeded"
    assert Node.objects.get().host_key_fingerprint == old
