"""``python -m lab``: creating, serving and stopping, and its error messages."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import Lab, LabError, check, profiles
from lab.lab import free_address, free_port

from .conftest import Ssh, connect, eventually


def _cli(*words: object, text: str = "") -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-m", "lab", *map(str, words)]
    return subprocess.run(argv, input=text, capture_output=True, text=True, timeout=60)


@pytest.fixture
def folder(tmp_path: Path, ssh: Ssh) -> Path:
    first = free_address(0)
    key = tmp_path / "key.pub"
    key.write_text(ssh.public)
    made = _cli(
        "create", tmp_path / "lab", "--profile", "ks", "--count", 2, "--first", first, "--port", free_port(first),
        "--authorized-key", key, "--password-stdin", "--sudo-user", "ops", "--hostname", "pek3cr07n{:02d}",
        text="quiet night\n",
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    assert made.stdout.split()[0] == first
    return tmp_path / "lab"


@pytest.fixture
def server(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    try:
        check.require()
    except LabError as error:
        pytest.skip(str(error))
    process = subprocess.Popen([sys.executable, "-m", "lab", "serve", folder], stdout=subprocess.PIPE)
    assert process.stdout is not None and json.loads(process.stdout.readline())["ready"] is True
    yield process
    process.kill()
    process.wait()


def _held(folder: Path) -> list[str]:
    """Return processes whose command line names this lab: the holders."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = path.read_bytes()
        except OSError:
            continue
        if b"unshare" in line and bytes(folder) in line:
            found.append(path.parent.name)
    return found


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_running_however_the_server_ends(
    server: subprocess.Popen[bytes], folder: Path, ssh: Ssh, number: signal.Signals
) -> None:
    node = Lab(folder).nodes[0]
    # Its own number: another of these tests may run beside it on this host.
    own = 10_000_000 + os.getpid()
    assert ssh.out(node, f"hostname; setsid sleep {own} </dev/null >/dev/null 2>&1 &") == "pek3cr07n01\n"
    assert _held(folder)
    server.send_signal(number)
    assert server.wait(30) == (0 if number != signal.SIGKILL else -signal.SIGKILL)
    eventually(lambda: not _held(folder))
    assert not any(f"sleep\x00{own}" in _line(path) for path in Path("/proc").glob("[0-9]*/cmdline"))


def _line(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def test_faults_reach_a_served_node_at_once(server: subprocess.Popen[bytes], folder: Path, ssh: Ssh) -> None:
    node = Lab(folder).nodes[1]
    with connect(node, "ops", "quiet night") as client:
        assert client.exec_command("id -un")[1].read() == b"ops\n"
    assert _cli("fault", folder, node.address, "refuse").returncode == 0
    assert b"refused" in ssh.run(node, "true").stderr
    assert _cli("fault", folder, node.address, "clear", "reboot").returncode == 0
    eventually(lambda: ssh.run(node, "true").returncode == 0)


def test_a_taken_port_is_explained(folder: Path) -> None:
    node = Lab(folder).nodes[0]
    with socket.create_server((node.address, node.port)):
        done = _cli("serve", folder)
    assert done.returncode == 1
    assert f"cannot listen on {node.address}:{node.port}" in done.stderr and "--port" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["create", "{}", "--profile", "mainframe"], "there is no profile 'mainframe'"),
        (["create", "{}", "--profile", "ks", "--first", "10.0.0.1"], "not a loopback address"),
        (["create", "{}", "--profile", "ks", "--first", "127.1"], "not an IPv4 address"),
        (["create", "{}", "--profile", "ks", "--count", "0"], "give 1 or more"),
        (
            ["create", "{}", "--profile", "ks", "--count", "9999999", "--first", "127.255.255.0"],
            "start lower",
        ),
        (["create", "{}", "--profile", "ks", "--authorized-key", "/nowhere"], "give a public key file"),
        (["create", "{}", "--profile", "ks", "--hostname", "{{x}}"], "cannot be filled in"),
        (["serve", "{}"], "has no nodes"),
        (["fault", "{}", "127.1.0.11", "hang"], "there is no node 127.1.0.11 in"),
        (["fault", "{}", "../..", "hang"], "there is no node ../.. in"),
    ],
)
def test_wrong_words_get_one_sentence(tmp_path: Path, words: list[str], said: str) -> None:
    done = _cli(*(word.format(tmp_path / "lab") for word in words))
    assert done.returncode == 1 and done.stdout == ""
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_the_same_address_twice_is_refused(folder: Path) -> None:
    node = Lab(folder).nodes[0]
    again = _cli("create", folder, "--profile", "vg", "--first", node.address)
    assert again.returncode == 1 and "is there already" in again.stderr


def test_a_damaged_node_is_named(folder: Path) -> None:
    node = Lab(folder).nodes[0]
    (node.path / "node.json").write_text("{")
    done = _cli("serve", folder)
    assert done.returncode == 1 and str(node.path) in done.stderr


def test_every_profile_can_be_listed_and_filled() -> None:
    listed = _cli("profiles").stdout
    for name in profiles.names():
        assert f"{name} " in listed
        facts = profiles.load(name, "127.1.0.11", 1)
        assert "{" not in _texts(facts)
        assert facts == profiles.load(name, "127.1.0.11", 1) != profiles.load(name, "127.1.0.12", 2)


def _texts(value: object) -> str:
    if isinstance(value, dict):
        return "".join(_texts(item) for item in value.values())
    if isinstance(value, list):
        return "".join(_texts(item) for item in value)
    return value if isinstance(value, str) else ""


def test_no_two_nodes_share_an_identity() -> None:
    seen = [profiles.load("hyper-repl", f"127.1.0.{number}", number) for number in range(2, 200)]
    for key in ("serial", "wwn"):
        found = [disk[key] for facts in seen for disk in facts["disks"]]
        assert len(found) == len(set(found))
    macs = [nic["mac"] for facts in seen for nic in facts["nics"] if nic["type"] == "physical"]
    assert len(macs) == len(set(macs))


@pytest.mark.parametrize(
    ("switches", "root", "said"),
    [
        (
            {"kernel/unprivileged_userns_clone": "0"},
            False,
            "sysctl -w kernel.unprivileged_userns_clone=1, or run",
        ),
        (
            {"kernel/apparmor_restrict_unprivileged_userns": "1"},
            False,
            "apparmor_restrict_unprivileged_userns=0, or run",
        ),
        ({"user/max_user_namespaces": "0"}, True, "user.max_user_namespaces=10000"),
        ({"kernel/unprivileged_userns_clone": "0"}, True, "container"),
        ({}, False, "--security-opt seccomp=unconfined"),
    ],
)
def test_a_host_that_forbids_namespaces_is_told_what_to_change(
    tmp_path: Path, switches: dict[str, str], root: bool, said: str
) -> None:
    for name, value in switches.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(value + "\n")
    sentence = check.explain("unshare: unshare failed: Operation not permitted", tmp_path, root)
    assert said in sentence and "Operation not permitted" in sentence and "\n" not in sentence


def test_a_lab_in_a_thread_picks_up_new_nodes_and_stops_clean(tmp_path: Path, ssh: Ssh) -> None:
    before = set(Path("/proc/self/fd").iterdir())
    try:
        check.require()
    except LabError as error:
        pytest.skip(str(error))
    with Lab(tmp_path) as lab:
        nodes = [lab.add("vg", authorized_keys=[ssh.public]) for _ in range(2)]
        assert {ssh.out(node, "hostname").strip() for node in nodes} == {
            node.read("etc/hostname").decode().strip() for node in nodes
        }
    assert not _held(tmp_path)
    eventually(lambda: len(set(Path("/proc/self/fd").iterdir()) - before) <= 1)
