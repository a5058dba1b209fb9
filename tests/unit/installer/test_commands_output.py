"""Formats, the progress display and typed input: without a database."""

from __future__ import annotations

import io
from argparse import ArgumentTypeError

import pytest
import yaml
from django.core.management.base import OutputWrapper
from rich.console import Console

from common.errors import Refused
from installer.cli import cells, follow_job, inputs, live_display, output, tables


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def status(done: int = 1, **more):
    phases = [
        {"phase": "build_pkgs", "done": 1, "failed": 0, "running": 0, "total": 1, "time_left": None},
        {"phase": "install_nodes", "done": done, "failed": 1, "running": 2, "total": 6, "time_left": None},
        {"phase": "verify", "done": 0, "failed": 0, "running": 0, "total": 6, "time_left": None},
    ]
    head = {"job_id": "j-12345678", "action": "scale_qingcloud", "zone_id": "z", "status": "running"}
    head |= {"paused_by": "", "time_left": None}
    return {**head, "phases": phases, "progress": {"done": 1 + done, "total": 13}, **more}


def test_the_format_follows_the_stream():
    assert output.chosen(OutputWrapper(Terminal()), None) == "table"
    assert output.chosen(OutputWrapper(io.StringIO()), None) == "json"
    assert output.chosen(OutputWrapper(Terminal()), "csv") == "csv"


def test_a_table_fits_the_terminal_and_has_colours_there_only(monkeypatch):
    monkeypatch.setenv("COLUMNS", "60")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    rows = [{"status": "failed", "error": "word " * 40, "empty": ""}]
    plain = tables.table_text(rows, OutputWrapper(io.StringIO()))
    assert (
        max(len(line) for line in plain.splitlines()) <= 60 and "\x1b" not in plain and "empty" not in plain
    )
    assert plain.count("word") == 40, "nothing is cut off"
    assert "\x1b[" in tables.table_text(rows, OutputWrapper(Terminal()))


def test_yaml_and_csv_keep_what_is_in_them():
    data = {"line": "long " * 100, "name": "机器", "quote": 'a "b", c\nd'}
    assert yaml.safe_load(output.yaml_text(data)) == data
    assert output.csv_text([data]).splitlines()[0] == "line,name,quote"
    assert output.csv_text([]) == ""


@pytest.mark.parametrize(
    ("size", "text"), [(None, ""), (0, ""), (480 * 10**9, "480 GB"), (3_840_755_982_336, "3.841 TB")]
)
def test_sizes_are_told_as_disks_are_sold(size, text):
    assert cells.gigabytes(size) == text


@pytest.mark.parametrize(
    ("text", "size"), [("3200", 3200 * 10**9), ("0.5", 5 * 10**8), ("960.197", 960197 * 10**6)]
)
def test_sizes_are_typed_in_gb(text, size):
    assert inputs.size_gb(text) == size


@pytest.mark.parametrize(
    "text", ["", "x", "0", "-5", "nan", "Infinity", "1e99", "1_0_0_0_0_0_0_0_0", "9" * 5000]
)
def test_other_sizes_are_refused(text):
    with pytest.raises(ArgumentTypeError):
        inputs.size_gb(text)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "٢٢", "", "22 ", "9" * 5000])
def test_ports_are_checked(text):
    with pytest.raises(ArgumentTypeError):
        inputs.port(text)


@pytest.mark.parametrize("name", ["", "/no/such", "/", "a\0b", "/dev/zero"])
def test_files_that_cannot_be_read(name):
    with pytest.raises(Refused) as refusal:
        inputs.read_file(name, 1000)
    assert refusal.value.findings[0].code in ("C01", "C02") and refusal.value.findings[0].remedy


def test_a_plain_display_tells_changes_once():
    err = io.StringIO()
    with follow_job.display(OutputWrapper(err)) as screen:
        for state in (status(), status(), status(done=2)):
            screen.update(state, "a line of the log")
        for warning in ("no worker", "no worker", "", "no worker"):
            screen.warn(warning)
    assert err.getvalue().splitlines() == [
        "j-12345678 scale_qingcloud z: running 2/13; build_pkgs 1/1; install_nodes 1/6 (1 not done)",
        "j-12345678 scale_qingcloud z: running 3/13; build_pkgs 1/1; install_nodes 2/6 (1 not done)",
        "no worker",
        "no worker",
    ]


def test_a_live_display_shows_phases_the_last_line_and_what_holds_it_up():
    file = Terminal()
    with live_display.LiveDisplay(
        Console(file=file, force_terminal=True, width=80, legacy_windows=False)
    ) as screen:
        screen.warn("no worker is alive")
        screen.update(status(), "127.1.0.1 zpool \x1b[2Jcreate [bold]")
    text = file.getvalue()
    for part in ("install_nodes", "2/6", "2 running, 1 failed", "no worker is alive", "zpool", "[bold]"):
        assert part in text, part
    assert "\x1b[2J" not in text
