"""What holds for every command."""

from __future__ import annotations

import re
from pathlib import Path

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


def test_every_command_has_a_test():
    tested = "\n".join(
        path.read_text() for path in TESTS.rglob("test_*.py") if path.name != Path(__file__).name
    )
    words = set(re.findall(r"""(?<=["' /])\w+(?=["' ])""", tested))
    old = {name: re.fullmatch(r"get_(\w+)_(status|log)", name) for name in NAMES}
    assert {name for name, parts in old.items() if not parts} - words == set(), "no test runs these"
    for parts in filter(None, old.values()):
        assert f'"{parts[1]}"' in tested and f"_{parts[2]}" in tested, parts[0]


def test_every_command_of_the_contract_exists():
    assert set(OURS) >= ISSUED


def test_every_command_explains_itself(run):
    for name in OURS:
        result = run(name, "--help")
        assert result.code == 0 and len(result.out) > 100, name
        assert load_command(name).help.endswith("."), name
        if load_command(name).lists:
            missing = [
                word for word in ("--format", "table", "json", "yaml", "csv") if word not in result.out
            ]
            assert missing == [], name


def test_no_command_takes_a_secret_as_an_argument():
    for name in OURS:
        for option in load_command(name).create_parser("manage.py", name)._actions:
            takes_value = option.nargs != 0
            assert not (takes_value and re.search("passw|secret|token", " ".join(option.option_strings))), (
                name
            )


def test_wrong_options_are_refused_with_2(run):
    assert {name: run(name, "--no-such-option").code for name in OURS} == dict.fromkeys(OURS, 2)


def test_options_are_not_guessed_from_their_beginning(run):
    assert {name: run(name, "--for", "json").code for name in OURS} == dict.fromkeys(OURS, 2)
