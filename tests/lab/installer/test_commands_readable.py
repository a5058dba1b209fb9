"""Readable output at night: narrow terminals, pipes, terminals that are not UTF-8, spreadsheets."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management.base import OutputWrapper
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from common.text import plain
from installer.cli import output, tables
from nodes.models import Disk, Node
from nodes.transfer.columns import WRITERS, from_cell
from tests import factories
from tests.lab.installer.test_commands_errors import ROOT, _shell
from tests.support.migrated import migrate
from tests.support.starter import Starter
from zones.services.templates import archive_texts, list_archives

MODEL = "SAMSUNG MZILT3T8HBLS-00007"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


@pytest.fixture
def node(db: None) -> Node:
    made = factories.make_node(
        mgmt_address="172.16.80.21", hostname="pek3cr02n02", ssds=0, host_key="ssh-ed25519 AAAA"
    )
    for number, name in enumerate(("sdb", "sdc", "sdd")):
        factories.make_disk(made, name, order=number + 1)
        Disk.objects.filter(node=made, name=name).update(model=MODEL, serial=f"S5G0NE0N70012{number}")
    return made


def widest(text: str) -> int:
    return max(map(cell_len, plain(text).splitlines()), default=0)


def test_the_erase_preview_is_a_block_for_each_disk(run, node, narrow):
    shown = run("erase_data_disks", "-i", "172.16.80.21", "-d", "sdb", "sdc").err.partition("C10")[0]
    blocks = [block for block in shown.split("\n\n") if "serial" in block]
    assert [block.splitlines()[0].split()[:3] for block in blocks] == [
        ["172.16.80.21", "pek3cr02n02", "sdb"],
        ["172.16.80.21", "pek3cr02n02", "sdc"],
    ]
    for number, block in enumerate(blocks):
        # In one piece, so that it can be compared with the label of the drive.
        assert f"S5G0NE0N70012{number}" in block and MODEL in block and "will be lost" in block
        assert widest(block) <= 80


def test_describe_nodes_of_an_address_shows_its_disks_and_ports(run, node, narrow):
    text = run("describe_nodes", "-i", "172.16.80.21", tty=True).out
    for disk in node.disks.all():
        assert disk.serial in text and disk.name in text
    for nic in node.interfaces.all():
        assert nic.name in text and nic.mac in text
    assert widest(text) <= 80
    # A list of all stays a list, and programs get the same shape either way.
    assert "S5G0NE0N700120" not in run("describe_nodes", tty=True).out
    shape = run("describe_nodes", "-i", "172.16.80.21", "--format", "json").json
    assert set(shape) == {"node_set", "total_count"}


words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=60)


@given(
    st.lists(
        st.fixed_dictionaries({"mgmt_address": st.just("172.16.80.121"), "serial": words, "detail": words}),
        min_size=1,
        max_size=4,
    )
)
def test_every_table_fits_80_columns_and_breaks_no_address(rows):
    os.environ["COLUMNS"] = "80"
    text = tables.table_text(rows, OutputWrapper(io.StringIO()))
    os.environ["COLUMNS"] = "160"
    assert widest(text) <= 80
    assert text.count("172.16.80.121") == len(rows)


@pytest.mark.parametrize("width", range(60, 120, 3))
def test_no_width_of_the_terminal_cuts_a_value_off(monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    row = {
        "token_id": "t-oBMFOIBA",
        "user": "adm",
        "name": "nightly",
        "created_at": "2026-11-30T04:48:16.158Z",
        "expires_at": "2026-12-30T04:48:17.139Z",
    }
    text = tables.table_text([row, {**row, "user": "a"}], OutputWrapper(io.StringIO()))
    assert widest(text) <= width
    squeezed = "".join(text.split())
    assert all(value in squeezed for value in row.values())


def test_a_table_that_is_too_wide_becomes_blocks(monkeypatch):
    row = {f"column_{number}": f"value-that-is-one-word-{number}" for number in range(6)}
    wide = tables.table_text([row, row], OutputWrapper(io.StringIO()))
    monkeypatch.setenv("COLUMNS", "80")
    narrow = tables.table_text([row, row], OutputWrapper(io.StringIO()))
    assert "column 0" in wide.splitlines()[0] and widest(wide) > 80
    assert widest(narrow) <= 80
    assert all(narrow.count(value) == 2 for value in row.values()), "no word is broken"


@pytest.mark.parametrize("encoding", ["gb2312", "iso-8859-1", "ascii"])
def test_a_terminal_that_lacks_characters_shows_what_it_can(tmp_path: Path, encoding: str) -> None:
    environ = {"PATH": os.environ["PATH"], "INSTALLER_DATA_DIR": str(tmp_path), "PYTHONIOENCODING": encoding}
    migrate(environ)
    code = (
        "from nodes.models import Node;"
        "Node.objects.create(mgmt_address='10.0.0.9', hostname='n\\u2713\\u673a', product_name='\\u2713')"
    )
    with Starter(environ) as console:
        assert console.run("shell", "--no-imports", "-c", code).returncode == 0
        for arguments in (
            ("--format", "table"),
            ("-i", "10.0.0.9", "--format", "table"),
            ("--format", "json"),
            ("--format", "csv"),
        ):
            done = console.run("describe_nodes", *arguments, encoding=encoding)
            assert done.returncode == 0, done.stderr
            text = done.stdout
            assert "\\u2713" in text and "10.0.0.9" in text and "\\u2500" not in text


@pytest.mark.parametrize(
    "text",
    [
        "=cmd|' /C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "＝1+1",
        "＠SUM(1)",
        "'quoted",
    ],
)
def test_no_csv_holds_a_formula(run, db, text):
    text = text.replace("\r", "\n")
    printed = next(csv.reader(io.StringIO(output.csv_text([{"line": text}], header=False))))[0]
    assert printed == f"'{text}"
    # What is exported comes back as it was.
    exported = next(csv.reader(io.StringIO(WRITERS["text"](text))))[0]
    assert exported.startswith("'") and from_cell(exported, "text") == text
    node = factories.make_node(product_name=text.strip())
    listed = list(csv.DictReader(io.StringIO(run("describe_nodes", "--format", "csv").out)))
    assert next(row for row in listed if row["mgmt_address"] == node.mgmt_address)["product_name"] == (
        f"'{text.strip()}"
    )


def test_a_negative_number_in_a_csv_stays_a_number():
    assert output.csv_text([{"code": -1, "line": "-1"}], header=False) == "-1,'-1\n"


def test_help_lists_our_verbs_apart_with_a_line_each(tmp_path: Path) -> None:
    done = _shell(tmp_path, "help")
    ours, _, rest = done.stdout.partition("\n\nget_status and get_log under their runbook names:")
    lines = {line.split()[0]: line for line in ours.splitlines() if line.startswith("  ")}
    assert "scale_qingcloud" in lines and "Install the nodes" in lines["scale_qingcloud"]
    assert not {"migrate", "shell", "get_collect_nodes_log"} & set(lines)
    assert all(len(line.split(maxsplit=1)) == 2 for line in lines.values())
    assert "migrate" in rest and "get_collect_nodes_log" in rest


def test_bin_installer_runs_a_verb_from_any_folder(tmp_path: Path) -> None:
    # A copy of the script in a tree of its own: the project's environment may be another one here.
    root = tmp_path / "console"
    (root / "bin").mkdir(parents=True)
    script = root / "bin" / "installer"
    script.write_bytes((ROOT / "bin" / "installer").read_bytes())
    script.chmod(0o755)
    missing = subprocess.run([script, "help"], capture_output=True, text=True, timeout=60)
    assert missing.returncode == 1 and f"make -C {root} install" in missing.stderr
    (root / ".venv" / "bin").mkdir(parents=True)
    (root / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (root / "manage.py").write_text("import os, sys; print(os.getcwd(), sys.argv[1:])")
    link = tmp_path / "installer"
    link.symlink_to("console/bin/installer")
    away = tmp_path / "away"
    away.mkdir()
    done = subprocess.run([link, "show_plan", "a b"], cwd=away, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == f"{away} ['show_plan', 'a b']", done.stderr
    assert os.access(ROOT / "bin" / "installer", os.X_OK)


def test_the_seven_examples_are_listed_and_copied(run, tmp_path: Path) -> None:
    listed = json.loads(run("copy_template", "--list").out)
    assert [row["name"] for row in listed] == [
        *("devops/devops1a", "devops/devops1b"),
        *("fusion/devops1a", "fusion/devops1b", "fusion/devops1c"),
        *("standard/devops1a", "standard/devops1b"),
    ]
    done = run("copy_template", "--archive", "fusion/devops1b", "-o", tmp_path)
    assert done.code == 0 and sorted(path.name for path in tmp_path.iterdir()) == [
        "settings.devops1b.yaml",
        "variables.devops1b.yaml",
    ]
    assert run("copy_template", "--archive", "fusion/devops1b", "-o", tmp_path).code == 2, "never overwritten"
    assert "T04" in run("copy_template", "--archive", "../etc").err
    assert "C12" in run("copy_template").err
    assert "C11" in run("copy_template", "--archive", "fusion/devops1b", "-t", "settings").err


@pytest.mark.parametrize("archive", [archive.name for archive in list_archives()])
def test_an_example_for_another_zone_is_checked_like_the_first(archive: str) -> None:
    texts = archive_texts(archive, "pek3x")
    assert sorted(texts) == ["settings.pek3x.yaml", "variables.pek3x.yaml"]
    own = archive.partition("/")[2]
    assert all("zone_id: pek3x" in text and f"zone_id: {own}" not in text for text in texts.values())
