"""200 nodes in one process: every one answers, and the server stays small."""

from __future__ import annotations

import concurrent.futures
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import paramiko
import pytest

from lab import Lab, LabError, check

from .conftest import Ssh

NODES = 200
AT_ONCE = 16
LIMIT_MB = 300


def _resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _host_name(address: str, port: int, key: paramiko.PKey) -> str:
    transport = paramiko.Transport((address, port))
    try:
        transport.start_client(timeout=30)
        transport.auth_publickey("root", key)
        channel = transport.open_session(timeout=30)
        channel.exec_command("hostname")
        return channel.makefile().read().decode().strip()
    finally:
        transport.close()


def test_two_hundred_nodes_answer_from_a_small_server(tmp_path: Path, ssh: Ssh) -> None:
    try:
        check.require()
    except LabError as error:
        pytest.skip(str(error))
    lab = Lab(tmp_path)
    middle = os.getpid() % 200 + 20
    nodes = [
        lab.add(
            "hyper-repl",
            f"127.{middle}.{number // 100 + 1}.{number % 100 + 11}",
            authorized_keys=[ssh.public],
        )
        for number in range(NODES)
    ]
    server = subprocess.Popen([sys.executable, "-m", "lab", "serve", tmp_path], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        assert len(json.loads(server.stdout.readline())["nodes"]) == NODES
        key = paramiko.Ed25519Key.from_private_key_file(str(ssh.key))
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            names = list(pool.map(lambda node: _host_name(node.address, node.port, key), nodes))
        assert names == [node.read("etc/hostname").decode().strip() for node in nodes]
        assert _resident_mb(server.pid) < LIMIT_MB
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(30) == 0
