"""The script that writes haproxy.cfg, in a shell whose tools say what the test wants."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from zones.core.install import component_script

OLD, NEW = "global\n", "global\nlisten api-front\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With haproxy.cfg in it, and tools that are content."""
    (tmp_path / "haproxy.cfg").write_text(OLD)
    (tmp_path / "bin").mkdir()
    for name in ("haproxy", "service", "ss"):
        tool(tmp_path, name, "exit 0")
    return tmp_path


def tool(folder: Path, name: str, text: str) -> None:
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def sum_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def run(
    folder: Path, *, name: str = "haproxy", places: str = "0.0.0.0:7777"
) -> subprocess.CompletedProcess[str]:
    values = {
        "haproxy_file": f"{folder}/haproxy.cfg",
        "change": "c-1",
        "base_sum": sum_of(OLD),
        "new_sum": sum_of(NEW),
        "new_base64": base64.b64encode(NEW.encode()).decode(),
        "places": places,
    }
    script = component_script(name, "", **values)
    path = f"{folder}/bin:{os.environ['PATH']}"
    return subprocess.run(
        ["sh"], input=script, capture_output=True, text=True, env={"PATH": path}, timeout=30
    )


def held(folder: Path) -> str:
    return (folder / "haproxy.cfg").read_text()


@pytest.mark.parametrize(
    ("places", "row"),
    [
        ("0.0.0.0:7777", '127.0.0.1:7777 0.0.0.0:* users:(("nginx",pid=7,fd=3))'),
        ("10.0.0.1:7777", '*:7777 *:* users:(("nginx",pid=7,fd=3))'),
        ("10.0.0.1:7777", '10.0.0.1:7777 0.0.0.0:* users:(("nginx",pid=7,fd=3))'),
    ],
)
def test_a_port_that_another_program_has(folder: Path, places: str, row: str) -> None:
    tool(folder, "ss", f"echo 'LISTEN 0 128 {row}'")
    done = run(folder, places=places)
    assert done.returncode == 8 and held(folder) == OLD
    assert "port 7777 is taken on this proxy, nothing was changed: " in done.stderr and "nginx" in done.stderr


@pytest.mark.parametrize(
    "text",
    [
        """echo 'LISTEN 0 128 0.0.0.0:7777 0.0.0.0:* users:(("haproxy",pid=7,fd=3))'""",
        """echo 'LISTEN 0 128 10.0.0.2:7777 0.0.0.0:* users:(("nginx",pid=7,fd=3))'""",
        "echo 'LISTEN 0 128 0.0.0.0:7777 0.0.0.0:*'",
        "exit 127",
    ],
)
def test_ports_that_are_free_or_unknown(folder: Path, text: str) -> None:
    tool(folder, "ss", text)
    done = run(folder, places="10.0.0.1:7777")
    assert done.returncode == 0 and held(folder) == NEW, done.stderr
    assert (folder / "haproxy.cfg.before-c-1").read_text() == OLD


def test_putting_back_goes_on_where_it_was_cut_off(folder: Path) -> None:
    assert run(folder).returncode == 0
    tool(folder, "service", "exit 1")
    assert run(folder, name="haproxy_back").returncode != 0 and held(folder) == OLD
    tool(folder, "service", f'echo "$@" >>{folder}/asked')
    done = run(folder, name="haproxy_back")
    assert done.returncode == 0 and done.stdout.strip().endswith("haproxy.cfg is in place again")
    assert (folder / "asked").read_text() == "haproxy restart\n"
    assert run(folder, name="haproxy_back").stdout.startswith("nothing is put back")
    assert (folder / "asked").read_text() == "haproxy restart\n", "not restarted without need"


def test_what_somebody_wrote_meanwhile_stays(folder: Path) -> None:
    assert run(folder).returncode == 0
    (folder / "haproxy.cfg").write_text("# by hand\n")
    assert run(folder, name="haproxy_back").stdout.startswith("nothing is put back")
    assert held(folder) == "# by hand\n"
    assert run(folder).returncode == 7 and held(folder) == "# by hand\n"


def test_a_file_that_haproxy_refuses(folder: Path) -> None:
    tool(folder, "haproxy", "echo 'a notice'; echo '[ALERT] parsing failed'; echo 'the end'; exit 1")
    done = run(folder)
    assert done.returncode == 8 and held(folder) == OLD
    assert "nothing was changed: [ALERT] parsing failed" in done.stderr
    assert [path.name for path in folder.iterdir() if "new" in path.name] == []
