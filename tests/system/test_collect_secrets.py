"""Passwords of nodes: planted canaries are searched for in everything that the console and the nodes keep or show."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system.console import ROOT, Console

# Of this process alone: the same tests run beside it on this host, and one of them shows its canary on purpose.
OURS = f"canary-{secrets.token_hex(4)}"
ROOT_CANARY = f"{OURS}-ROOT \"quoted\" 'too' $HOME"
SUDO_CANARY = f"{OURS}-SUDO"
WRONG_CANARY = f"{OURS}-WRONG"
MARK = OURS.encode()


class Processes:
    """Watches the arguments of every process on this host, and the environment of the console's own."""

    def __init__(self) -> None:
        self.found: set[bytes] = set()
        self.looks = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Processes:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.is_set():
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit() and int(entry.name) != os.getpid():
                    self._look(entry)
            self.looks += 1
            # Far shorter than what a process takes to start, and the processes watched need the machine, too.
            self._ended.wait(0.02)

    def _look(self, entry: Path) -> None:
        try:
            arguments = (entry / "cmdline").read_bytes()
            if MARK in arguments:
                self.found.add(arguments)
            if b"qcluster" in arguments and MARK in (entry / "environ").read_bytes():
                self.found.add(b"the environment of a worker")
        except OSError:
            return


def establish(console: Console, secret: str, path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Pass the password through standard input, as a person would pipe it."""
    environment = {
        key: value for key, value in console.environment.items() if key != "INSTALLER_SSH_PASSWORD"
    }
    return subprocess.run(
        [sys.executable, "manage.py", "establish_ssh", str(path), *words, "--password-stdin", "--wait"],
        cwd=ROOT,
        env=environment,
        input=f"{secret}\n",
        capture_output=True,
        text=True,
        timeout=120,
    )


def add(console: Console, number: int, user: str = "", **options: object) -> Path:
    """Register a lab node; return a list file with its address."""
    console.lab.add("hyper-repl", console.address(number), **options)  # type: ignore[arg-type]
    path = console.folder / f"list.{number}"
    path.write_text(console.address(number) + "\n")
    console.run("add_nodes", "-I", str(path), "--port", str(console.lab.port))
    return path


def files_of(folder: Path) -> Iterator[Path]:
    for base, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if name not in ("proc", "sys", "dev")]
        yield from (Path(base) / name for name in names)


def files_with_canary(folder: Path) -> list[str]:
    found = []
    for path in files_of(folder):
        if path.is_file() and not path.is_symlink() and path.stat().st_size < 200_000_000:
            try:
                if MARK in path.read_bytes():
                    found.append(str(path))
            except OSError:
                continue
    return found


@pytest.fixture
def lists(console: Console) -> dict[str, Path]:
    return {
        "root": add(console, 21, password=ROOT_CANARY),
        "sudo": add(
            console, 22, password="another-1", users={"deploy": {"password": SUDO_CANARY, "sudo": True}}
        ),
        "wrong": add(console, 23, password="another-2"),
        "nosudo": add(
            console, 24, password="another-3", users={"deploy": {"password": SUDO_CANARY, "sudo": False}}
        ),
        "drops": add(console, 25, password=ROOT_CANARY),
    }


def test_the_watch_sees_what_it_looks_for(tmp_path: Path) -> None:
    with Processes() as processes:
        sleeper = subprocess.Popen(
            [sys.executable, "-c", "input()", f"{OURS}-argument"], stdin=subprocess.PIPE
        )
        deadline = time.monotonic() + 20
        while not processes.found and time.monotonic() < deadline:
            time.sleep(0.05)
        sleeper.communicate(b"\n")
    assert any(MARK + b"-argument" in arguments for arguments in processes.found)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "file").write_bytes(b"\0 " + MARK + b"-in-a-file")
    assert files_with_canary(tmp_path) == [str(tmp_path / "deep" / "file")]


def test_no_password_is_left_anywhere(console: Console, lists: dict[str, Path]) -> None:
    port = str(console.lab.port)
    console.lab.fault(console.address(21), "slow=100")
    console.lab.fault(console.address(25), "drop=3000")
    with Processes() as processes:
        answers = {
            "root": establish(console, ROOT_CANARY, lists["root"]),
            "sudo": establish(console, SUDO_CANARY, lists["sudo"], port, "deploy"),
            "wrong": establish(console, WRONG_CANARY, lists["wrong"]),
            "nosudo": establish(console, SUDO_CANARY, lists["nosudo"], port, "deploy"),
            "drops": establish(console, ROOT_CANARY, lists["drops"]),
        }
        dump = console.run("dumpdata").stdout
    assert processes.looks > 10 and not processes.found

    codes = {name: answer.returncode for name, answer in answers.items()}
    assert codes == {"root": 0, "sudo": 0, "wrong": 1, "nosudo": 1, "drops": 1}, answers
    assert "does not accept this password for user root" in answers["wrong"].stderr
    assert "deploy may not use sudo with this password" in answers["nosudo"].stderr
    for name, answer in answers.items():
        assert OURS not in answer.stdout + answer.stderr, name

    # Every table, django-q2's too; then the files of database, logs, keys and settings; then the nodes' own.
    assert "jobs.event" in dump and "django_q" in dump and "common.auditentry" in dump
    assert OURS not in dump and "jobs.jobsecret" not in dump
    assert files_with_canary(console.folder) == []

    console.lab.fault(console.address(21), "clear")
    node = console.lab.node(console.address(22))
    rules = node.read("/etc/sudoers.d/zz-installer-console-deploy").decode()
    assert "NOPASSWD" in rules and rules.startswith("# Installer Console: collects hardware")
    for key in ("root", "sudo"):
        console.run("collect_nodes", "-I", str(lists[key]), "--wait")


def test_a_changed_host_key_is_refused_with_both_fingerprints_and_who_pinned_it(console: Console) -> None:
    path = add(console, 21, password=ROOT_CANARY)
    address = console.address(21)
    assert establish(console, ROOT_CANARY, path).returncode == 0
    before = console.json("describe_nodes", "-i", address)["node_set"][0]["host_key_fingerprint"]
    console.lab.fault(address, "wrong_host_key")
    refused = establish(console, ROOT_CANARY, path)
    assert refused.returncode == 1
    assert f"pinned {before}, now SHA256:" in refused.stderr
    assert " (pinned by " in refused.stderr and f"--replace-host-key {address}" in refused.stderr
    assert console.json("describe_nodes", "-i", address)["node_set"][0]["host_key_fingerprint"] == before

    assert establish(console, ROOT_CANARY, path, "--replace-host-key", address).returncode == 0
    after = console.json("describe_nodes", "-i", address)["node_set"][0]["host_key_fingerprint"]
    assert after != before and f"now {after}" in refused.stderr
    # Again: nothing to do, and the key stands in the file once.
    assert establish(console, ROOT_CANARY, path).returncode == 0
    node = console.lab.node(address)
    assert node.read("/root/.ssh/authorized_keys").decode().count(" installer\n") == 1
    modes = [
        oct((node.root / name).stat().st_mode & 0o777) for name in ("root/.ssh", "root/.ssh/authorized_keys")
    ]
    assert modes == ["0o700", "0o600"]


def test_a_key_that_nobody_accepted(console: Console) -> None:
    path = add(console, 21, password=ROOT_CANARY)
    refused = establish(console, ROOT_CANARY, path, "--no-accept-new")
    assert refused.returncode == 1 and "which has not been accepted yet" in refused.stderr
    shown = console.json("describe_nodes", "-i", console.address(21))["node_set"][0]
    assert shown["host_key_fingerprint"] == ""
