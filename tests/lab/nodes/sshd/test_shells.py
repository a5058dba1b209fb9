"""Logins with output before and after a command, and login shells other than POSIX: whole jobs over real sshd."""

from __future__ import annotations

from pathlib import Path

import pytest

from common import ssh
from common.ssh import Endpoint, Place, SshError, keypair
from jobs.remote import run_component
from nodes.models import Node
from tests.fixtures.steps import Desk
from tests.lab.nodes.sshd.conftest import Establish, Start
from tests.lab.nodes.sshd.machine import RealMachine, need

pytestmark = pytest.mark.django_db(transaction=True)
# Every piece of text here would be read differently by some shell if it came by its command line.
COMPONENT = """
set -eu
if [ "$(id -u)" = 0 ]; then echo "I am 'root'"; fi
for word in '!important' "a b" '$HOME' '\\n' '`id`' '%d' '中文'; do printf '%s\\n' "$word"; done
echo to the other stream >&2
cat <<END
the end
END
"""
PRINTED = ["I am 'root'", "!important", "a b", "$HOME", "\\n", "`id`", "%d", "中文", "the end"]
NOISE = {
    "a line": "echo Welcome to rack 12, call 8001 before you change anything\n",
    "a title without line end": 'printf "\\033]0;%s\\007" "$USER@$(hostname)"\n',
    "binary": "head -c 3000 /dev/urandom; printf '@@'; head -c 300 /dev/zero\n",
    "what looks like ours": "printf 'started 1\\n@rc 0\\n@@0123456789abcdef begin meta\\n@@'; echo oops >&2\n",
    "much": "yes 'a long line of a login that talks' | head -n 20000\n",
    "also behind": "trap 'echo bye; echo bye >&2' EXIT\necho hello\n",
}


def endpoint(machine: RealMachine, user: str, key: Path) -> Endpoint:
    return Place(machine.address, machine.port, user, str(key)).pinned(machine.host_key)


@pytest.mark.parametrize("user", ["root", "deploy"])
@pytest.mark.parametrize("noise", NOISE.values(), ids=NOISE)
def test_what_a_login_prints_is_passed_over_everywhere(
    start: Start, establish: Establish, desk: Desk, settings: object, noise: str, user: str
) -> None:
    machine = start(
        {user: "/bin/bash"}, rules={"deploy": "deploy ALL=(ALL) ALL\n"}, config="PermitRootLogin yes\n"
    )
    machine.write(f"{machine.home(user)}/.bashrc", noise)
    job = establish(machine, user)
    assert job.status == "succeeded", job.steps.get().error
    key = Path(settings.INSTALLER_SSH_KEY)  # type: ignore[attr-defined]
    run_component(desk.step(), endpoint(machine, user, key), "noisy", COMPONENT)
    assert desk.texts("out") == PRINTED
    assert desk.texts("err") == ["to the other stream"]
    with ssh.connect(endpoint(machine, user, key)) as connection:
        answer = connection.run(["sh", "-c", "cat; printf end; exit 7"], stdin=b"no line end\0\xff")
    assert (answer.exit_code, answer.stdout, answer.stderr) == (7, b"no line end\0\xffend", b"")


@pytest.mark.remedy("S12")
def test_a_login_that_never_stops_printing_is_named(start: Start, establish: Establish) -> None:
    machine = start({"deploy": "/bin/bash"}, rules={"deploy": "deploy ALL=(ALL) ALL\n"})
    machine.write("home/deploy/.bashrc", "yes 'rack 12, call 8001'\n")
    job = establish(machine, "deploy")
    assert job.status == "failed"
    assert "prints more than 1 MiB before any command" in job.steps.get().error
    assert "rack 12, call 8001" in job.steps.get().error and "~/.bashrc" in job.steps.get().error
    machine.write("home/deploy/.bashrc", "")
    assert establish(machine, "deploy").status == "succeeded", "the advice leads out"


@pytest.mark.parametrize("shell", ["/usr/bin/tcsh", "/bin/rbash", "/usr/bin/dash", "/usr/bin/fish"])
def test_a_component_runs_whatever_the_login_shell_is(
    start: Start, establish: Establish, desk: Desk, settings: object, shell: str
) -> None:
    machine = start({"utcsh": shell}, rules={"u": "utcsh ALL=(ALL) ALL\n"})
    machine.write("home/utcsh/.cshrc", "echo this is rack 12\nset prompt='% '\n")
    job = establish(machine, "utcsh")
    assert job.status == "succeeded", job.steps.get().error
    key = Path(settings.INSTALLER_SSH_KEY)  # type: ignore[attr-defined]
    run_component(desk.step(), endpoint(machine, "utcsh", key), "csh", COMPONENT)
    assert desk.texts("out") == PRINTED


@pytest.mark.parametrize(
    ("shell", "told"),
    [
        (
            "/usr/sbin/nologin",
            '"This account is currently not available." and ended with exit code 1, as nologin(8) does',
        ),
        ("/bin/false", "it printed nothing and ended with exit code 1, as /bin/false does"),
    ],
)
def test_a_shell_that_runs_nothing_is_named(
    start: Start, establish: Establish, shell: str, told: str
) -> None:
    machine = start({"yop": shell})
    job = establish(machine, "yop")
    error = job.steps.get().error
    assert job.status == "failed" and told in error
    assert "getent passwd yop" in error and "usermod -s /bin/bash yop" in error
    assert "for an unknown reason" not in error
    assert not (machine.folder / "home/yop/.ssh").exists()


def test_a_key_that_was_put_there_by_hand_shows_the_shell_too(
    start: Start, establish: Establish, settings: object
) -> None:
    machine = start({"yop": "/usr/sbin/nologin"})
    machine.authorize("yop", keypair.ensure(Path(settings.INSTALLER_SSH_KEY)))  # type: ignore[attr-defined]
    job = establish(machine, "yop", password=None)
    assert "as nologin(8) does" in job.steps.get().error
    assert Node.objects.get().host_key == "", "a login that is of no use pins nothing"


def test_a_login_that_waits_for_somebody_to_type_is_named(start: Start, tmp_path: Path) -> None:
    machine = start({"yop": "/bin/bash"})
    machine.write("home/yop/.bashrc", "echo 'Press return'; read answer; sleep 600\n")
    key = tmp_path / "key"
    machine.authorize("yop", keypair.ensure(key))
    printed = 'has not started our command; it only printed "Press return"'
    with ssh.connect(endpoint(machine, "yop", key)) as connection, pytest.raises(SshError, match=printed):
        connection.run(["true"], timeout_s=3, as_login=True)


def test_a_start_up_file_that_reads_our_input_runs_nothing_of_it(start: Start, tmp_path: Path) -> None:
    """Run nothing of what it leaves, a password or a script of another language: no shell gets it as a command."""
    machine = start({"yop": "/bin/bash"})
    machine.write("home/yop/.bashrc", "read eaten\n")
    key = tmp_path / "key"
    machine.authorize("yop", keypair.ensure(key))
    endpoint = Place(machine.address, machine.port, "yop", str(key)).pinned(machine.host_key)
    with ssh.connect(endpoint) as connection, pytest.raises(SshError) as caught:
        connection.run(["cat"], stdin=b"touch pwned\ncanary-secret\n", as_login=True)
    assert "reads its input: exit, exec or read in ~/.bashrc" in str(caught.value)
    assert "canary" not in str(caught.value) and not (machine.folder / "home/yop/pwned").exists()


@pytest.mark.parametrize("shell", ["zsh", "dash", "mksh", "busybox sh", "bash --norc"])
def test_a_start_up_file_that_begins_another_shell_is_named(
    start: Start, establish: Establish, shell: str
) -> None:
    need(shell.split()[0])
    machine = start({"yop": "/bin/bash"}, rules={"y": "yop ALL=(ALL) ALL\n"})
    machine.write("home/yop/.bashrc", f"exec {shell}\n")
    assert "for example through exec zsh in ~/.bashrc" in establish(machine, "yop").steps.get().error
    assert not (machine.folder / "home/yop/.ssh").exists(), "no line of ours ran in that shell"
    # What it says to do leads out.
    machine.write("home/yop/.bashrc", f"case $- in *i*) exec {shell};; esac\n")
    assert establish(machine, "yop").status == "succeeded"
