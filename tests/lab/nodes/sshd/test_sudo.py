"""Becoming root where sudo has rules of its own: the last match counts, and ours is tested before it is trusted."""

from __future__ import annotations

import pytest

from nodes.models import Node
from tests.lab.nodes.sshd.conftest import Establish, Start

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "etc/sudoers.d/zz-installer-console-yop"


@pytest.mark.parametrize(
    "rules",
    [
        {"yop": "yop ALL=(ALL) ALL\n"},
        {"90-cloud": "yop ALL=(ALL:ALL) PASSWD: ALL\n", "site": "ALL ALL=(ALL) ALL\n"},
        {"zz-local": "%wheel ALL=(ALL) ALL\n"},
        {"zzzz": "yop ALL=(ALL) ALL\n"},
        # Such names are not read by sudo at all.
        {"yop": "yop ALL=(ALL) ALL\n", "zzz.rpmsave": "yop ALL=(ALL) ALL\n", "zzz~": "rubbish ((\n"},
    ],
)
def test_our_rule_comes_last(start: Start, establish: Establish, rules: dict[str, str]) -> None:
    machine = start({"yop": "/bin/bash"}, rules=rules, groups={"wheel": "yop"})
    machine.write("etc/sudoers.d/installer-console-yop", "yop ALL=(ALL) NOPASSWD: ALL\n", 0o440)
    job = establish(machine, "yop")
    assert job.status == "succeeded", job.steps.get().error
    ours = [path.name for path in (machine.folder / "etc/sudoers.d").glob("*installer-console*")]
    assert len(ours) == 1 and ours[0].startswith("zz") and ours[0].endswith("-installer-console-yop")
    read = [name for name in [*rules, *ours] if "." not in name and not name.endswith("~")]
    assert max(read) == ours[0]
    assert Node.objects.get().ssh_user == "yop"
    # Again, and without the password: nothing is written twice.
    assert establish(machine, "yop", password=None).status == "succeeded"


def test_a_rule_behind_the_included_files_is_named(start: Start, establish: Establish) -> None:
    sudoers = "root ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n\nDefaults env_reset\n%ops ALL=(ALL) ALL\n"
    machine = start({"yop": "/bin/bash"}, sudoers=sudoers, groups={"ops": "yop"})
    job = establish(machine, "yop")
    error = job.steps.get().error
    assert job.status == "failed"
    assert "the rule that applies is /etc/sudoers:5: %ops ALL=(ALL) ALL" in error
    assert "sudo -l says: (ALL) ALL" in error
    assert "Add yop ALL=(ALL) NOPASSWD: ALL after it" in error
    assert not list((machine.folder / "etc/sudoers.d").iterdir()), "what changes nothing is taken away again"
    assert "run establish_ssh with its password" not in error
    # What it says to do is what helps.
    machine.write("etc/sudoers", f"{sudoers}yop ALL=(ALL) NOPASSWD: ALL\n", 0o440)
    assert establish(machine, "yop").status == "succeeded"


def test_a_sudoers_that_includes_nothing_is_named(start: Start, establish: Establish) -> None:
    sudoers = "root ALL=(ALL) ALL\nyop ALL=(ALL) ALL\n# @includedir of old\n"
    machine = start({"yop": "/bin/bash"}, sudoers=sudoers)
    job = establish(machine, "yop")
    error = job.steps.get().error
    assert job.status == "failed" and "/etc/sudoers does not include /etc/sudoers.d" in error
    machine.write("etc/sudoers", f"{sudoers}@includedir /etc/sudoers.d\n", 0o440)
    assert establish(machine, "yop").status == "succeeded", "the advice leads out"


def test_who_may_not_use_sudo_at_all_is_told_so(start: Start, establish: Establish) -> None:
    machine = start({"yop": "/bin/bash"})
    job = establish(machine, "yop")
    assert job.status == "failed"
    assert "yop may not use sudo with this password" in job.steps.get().error
    assert "not in the sudoers file" in job.steps.get().error
    again = establish(machine, "yop", password=None)
    assert "yop cannot become root with sudo -n" in again.steps.get().error


def test_a_password_that_sudo_remembers_proves_nothing(start: Start, establish: Establish) -> None:
    """Reject it: with timestamp_type=global, a password given a moment ago lets sudo -n pass for minutes."""
    sudoers = "Defaults timestamp_type=global\n@includedir /etc/sudoers.d\nyop ALL=(ALL) ALL\n"
    machine = start({"yop": "/bin/bash"}, sudoers=sudoers)
    job = establish(machine, "yop")
    assert job.status == "failed"
    assert "the rule that applies is /etc/sudoers:3: yop ALL=(ALL) ALL" in job.steps.get().error


@pytest.mark.parametrize(
    ("rules", "line", "rule"),
    [
        ("User_Alias ADMINS = other, yop\nADMINS ALL=(ALL) ALL\n", 4, "ADMINS ALL=(ALL) ALL"),
        ("other, yop ALL=(ALL) ALL\n", 3, "other, yop ALL=(ALL) ALL"),
        ('yop \\\n  ALL = (ALL) \\\n  ALL\n"other" ALL=(ALL) ALL\n', 3, "yop ALL = (ALL) ALL"),
    ],
)
def test_a_rule_is_named_however_it_names_the_account(
    start: Start, establish: Establish, rules: str, line: int, rule: str
) -> None:
    sudoers = f"root ALL=(ALL) ALL\n@includedir /etc/sudoers.d\n{rules}"
    job = establish(start({"yop": "/bin/bash"}, sudoers=sudoers), "yop")
    assert f"the rule that applies is /etc/sudoers:{line}: {rule};" in job.steps.get().error


@pytest.mark.remedy("S11")
@pytest.mark.parametrize("password", ["NOPASSWD: ", ""])
def test_a_sudo_that_wants_a_terminal_says_what_helps(
    start: Start, establish: Establish, password: str
) -> None:
    rules = f"Defaults requiretty\nyop ALL=(ALL) {password}ALL\n"
    machine = start({"yop": "/bin/bash"}, rules={"yop": rules})
    error = establish(machine, "yop").steps.get().error
    line = "Defaults:yop !requiretty"
    assert f"requiretty; add the line {line} after it" in error and "with its password" not in error
    machine.write("etc/sudoers.d/yop", f"{rules}{line}\n", 0o440)
    assert establish(machine, "yop").status == "succeeded", "the advice leads out"
