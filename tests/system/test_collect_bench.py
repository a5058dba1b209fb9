"""The benchmark of collections runs and prints the promised figures."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from tests.system.console import ROOT


def test_figures_as_json() -> None:
    if os.geteuid() or not shutil.which("sshd", path="/usr/sbin:/sbin:/usr/bin"):
        pytest.skip("needs root and openssh-server")
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    done = subprocess.run(
        [
            *(sys.executable, "bench/collect.py", "--nodes", "18", "--rounds", "1", "--json"),
            *("--only", "paramiko", "xargs_ssh", "ours"),
        ],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    found = json.loads(done.stdout)
    for key in ("wall_s", "controller_cpu_ms_per_node", "peak_mb", "ratio_vs_paramiko", "ratio_vs_xargs_ssh"):
        assert found[key] > 0, key
    assert found["nodes"] == 18 and set(found["contenders"]) == {"paramiko", "xargs_ssh", "ours"}
