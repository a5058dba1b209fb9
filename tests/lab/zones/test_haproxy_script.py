"""The script that writes haproxy.cfg, in a shell with stand-in tools."""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from operations.scripts import component_script

OLD, NEW = "global\n", "global\nlisten api-front\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a folder with haproxy.cfg in it, and tools that succeed."""
    (tmp_path / "haproxy.cfg").write_text(OLD)
    (tmp_path / "bin").mkdir()
    for name in ("haproxy", "service", "ss"):
        tool(tmp_path, name, "exit 0")
    tool(tmp_path, "supervisorctl", "exit 4")
    return tmp_path


def tool(folder: Path, name: str, text: str) -> None:
    path = folder / "bin" / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


def sum_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def run(
    folder: Path, *, name: str = "haproxy", places: str = "0.0.0.0:7777", fresh: str = "", path: str = ""
) -> subprocess.CompletedProcess[str]:
    values = {
        "haproxy_file": f"{folder}/haproxy.cfg",
        "change": "c-1",
        "base_sum": sum_of(OLD),
        "new_sum": sum_of(NEW),
        "new_base64": base64.b64encode(NEW.encode()).decode(),
        "places": places,
        "fresh": fresh,
    }
    script = component_script(name, **values)
    path = path or f"{folder}/bin:{os.environ['PATH']}"
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
    assert (
        "port 7777 is already used on this proxy; nothing was changed: " in done.stderr
        and "nginx" in done.stderr
    )


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
    tool(folder, "service", f'[ "$2" = status ] || echo "$@" >>{folder}/asked')
    done = run(folder, name="haproxy_back")
    assert done.returncode == 0 and done.stdout.strip().endswith("haproxy.cfg has been restored")
    assert (folder / "asked").read_text() == "haproxy restart\n"
    assert run(folder, name="haproxy_back").stdout.startswith("nothing is restored")
    assert (folder / "asked").read_text() == "haproxy restart\n", "not restarted without need"


def test_what_somebody_wrote_meanwhile_stays(folder: Path) -> None:
    assert run(folder).returncode == 0
    (folder / "haproxy.cfg").write_text("# by hand\n")
    assert run(folder, name="haproxy_back").stdout.startswith("nothing is restored")
    assert held(folder) == "# by hand\n"
    assert run(folder).returncode == 7 and held(folder) == "# by hand\n"


def test_a_file_that_haproxy_refuses(folder: Path) -> None:
    tool(folder, "haproxy", "echo 'a notice'; echo '[ALERT] parsing failed'; echo 'the end'; exit 1")
    done = run(folder)
    assert done.returncode == 8 and held(folder) == OLD
    assert "nothing was changed: [ALERT] parsing failed" in done.stderr
    assert [path.name for path in folder.iterdir() if "new" in path.name] == []


def test_a_port_that_another_file_of_haproxy_gives(folder: Path) -> None:
    tool(folder, "ss", """echo 'LISTEN 0 128 0.0.0.0:7777 0.0.0.0:* users:(("haproxy",pid=7,fd=3))'""")
    done = run(folder, fresh="0.0.0.0:7777")
    assert done.returncode == 8 and held(folder) == OLD
    assert "haproxy uses port 7777 although" in done.stderr and "another of its files does" in done.stderr


def test_putting_back_that_was_cut_off_is_finished_before_the_next_try(folder: Path) -> None:
    (folder / "haproxy.cfg.restart").touch()
    tool(folder, "service", f'[ "$2" = status ] || echo "$@" >>{folder}/asked')
    assert run(folder).returncode == 0 and held(folder) == NEW
    assert (folder / "asked").read_text() == "haproxy restart\nhaproxy reload\n"
    assert not (folder / "haproxy.cfg.restart").exists()


def test_a_proxy_without_haproxy(folder: Path) -> None:
    (folder / "bin" / "haproxy").unlink()
    for name in ("sh", "sha256sum", "cut", "readlink", "grep", "awk", "cp", "mv", "rm", "base64"):
        (folder / "bin" / name).symlink_to(str(shutil.which(name)))
    done = run(folder, path=f"{folder}/bin")
    assert done.returncode == 8 and held(folder) == OLD
    assert "haproxy is not installed on this proxy; nothing was changed" in done.stderr


@pytest.mark.parametrize(
    "status",
    [
        "echo 'Unit haproxy.service could not be found.' >&2; exit 4",
        "echo 'haproxy: unrecognized service' >&2; exit 1",
    ],
)
def test_a_haproxy_that_nobody_runs(folder: Path, status: str) -> None:
    tool(folder, "service", status)
    done = run(folder)
    assert done.returncode == 8 and held(folder) == OLD
    assert "neither the service manager nor the supervisor here manages haproxy" in done.stderr


def supervised(folder: Path, state: str) -> None:
    tool(folder, "service", "echo 'Unit haproxy.service could not be found.' >&2; exit 4")
    tool(folder, "supervisorctl", f'echo "$@" >>{folder}/asked; echo "haproxy   {state}"')


def test_a_haproxy_that_the_supervisor_runs(folder: Path) -> None:
    supervised(folder, "RUNNING   pid 7, uptime 0:00:01")
    done = run(folder)
    assert done.returncode == 0 and held(folder) == NEW, done.stderr
    assert "restart haproxy" in (folder / "asked").read_text().splitlines()
    done = run(folder, name="haproxy_back")
    assert done.returncode == 0 and held(folder) == OLD, done.stderr
    assert (folder / "asked").read_text().splitlines().count("restart haproxy") == 2


def test_a_haproxy_that_goes_fatal_under_the_supervisor(folder: Path) -> None:
    supervised(folder, "FATAL     Exited too quickly")
    done = run(folder)
    assert done.returncode == 9 and held(folder) == OLD
    assert "the old file has been restored, but haproxy does not run" in done.stderr
    assert (folder / "haproxy.cfg.restart").exists()


def test_somebody_who_writes_while_haproxy_looks(folder: Path) -> None:
    tool(folder, "haproxy", f"echo '# by hand' >{folder}/haproxy.cfg")
    done = run(folder)
    assert done.returncode == 7 and held(folder) == "# by hand\n"
    assert "has just been changed by another program" in done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["bin", "haproxy.cfg"]


@pytest.mark.parametrize("full", ["cp", "base64"])
def test_a_disk_that_is_full(folder: Path, full: str) -> None:
    real = shutil.which(full)
    when = '[ "${3%before-c-1}" = "$3" ]' if full == "cp" else "false"
    tool(folder, full, f"{when} && exec {real} \"$@\"; echo 'No space left on device' >&2; exit 1")
    done = run(folder)
    assert done.returncode != 0 and held(folder) == OLD and "No space left on device" in done.stderr
    (folder / "bin" / full).unlink()
    assert run(folder, name="haproxy_back").stdout.startswith("nothing is restored")
    assert run(folder).returncode == 0 and held(folder) == NEW


def test_a_large_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    large = NEW + "# x\n" * 500_000
    monkeypatch.setitem(globals(), "NEW", large)
    done = run(folder)
    assert done.returncode == 0 and held(folder) == large, done.stderr
