"""What holds for every command."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from installer.cli.base import VerbCommand
from installer.cli.main import ALIASES, load_command

FOLDER = Path(__file__).parents[3] / "installer" / "management" / "commands"
TESTS = Path(__file__).parents[2]
NAMES = sorted([*ALIASES, *(path.stem for path in FOLDER.glob("*.py") if path.stem != "__init__")])
OURS = [name for name in NAMES if isinstance(load_command(name), VerbCommand)]
ISSUED = {
    *(
        "add_nodes",
        "describe_nodes",
        "delete_nodes",
        "establish_ssh",
        "collect_nodes",
        "modify_node_attributes",
        "erase_data_disks",
    ),
    *("config_qingcloud", "adopt_zone", "show_plan", "approve_plan", "reject_plan", "scale_qingcloud"),
    *("get_status", "get_log", "cancel_job", "resume_job", "dump_vbc_route"),
    *("get_collect_nodes_status", "get_config_qingcloud_status", "get_scale_qingcloud_status"),
    *("get_collect_nodes_log", "get_config_qingcloud_log", "get_scale_qingcloud_log"),
}


@pytest.fixture(scope="module")
def tested() -> str:
    return "\n".join(
        path.read_text() for path in TESTS.rglob("test_*.py") if path.name != Path(__file__).name
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_a_test(name, tested):
    old = re.fullmatch(r"get_(\w+)_(status|log)", name)
    if old:
        assert f'"{old[1]}"' in tested and f"_{old[2]}" in tested
    else:
        assert re.search(rf'["\' /]{name}["\' ]', tested), f"no test runs {name}"


def test_every_command_of_the_contract_exists():
    assert set(OURS) >= ISSUED


@pytest.mark.parametrize("name", OURS)
def test_every_command_explains_itself(run, name):
    result = run(name, "--help")
    assert result.code == 0 and len(result.out) > 100
    assert load_command(name).help.endswith(".")


@pytest.mark.parametrize("name", OURS)
def test_no_command_takes_a_secret_as_an_argument(name):
    parser = load_command(name).create_parser("manage.py", name)
    for option in parser._actions:
        takes_value = option.nargs != 0
        assert not (takes_value and re.search("passw|secret|token", " ".join(option.option_strings))), name


@pytest.mark.parametrize("name", OURS)
def test_wrong_options_are_refused_with_2(run, name):
    assert run(name, "--no-such-option").code == 2


@pytest.mark.parametrize("name", OURS)
def test_options_are_not_guessed_from_their_beginning(run, name):
    assert run(name, "--for", "json").code == 2


@pytest.mark.parametrize("name", [name for name in OURS if load_command(name).lists])
def test_what_lists_takes_a_format(run, name):
    result = run(name, "--help")
    assert all(word in result.out for word in ("--format", "table", "json", "yaml", "csv"))
