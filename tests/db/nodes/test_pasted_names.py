"""Pasted names, files and commands: the character is named, wherever the word is given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common.actor import Actor
from common.errors import Refused
from jobs.lookups import find_job
from nodes.describe import select
from nodes.known_hosts import read_known_hosts
from nodes.services.add import check_login
from nodes.services.erase import preview_erase
from nodes.services.modify import modify_disks
from nodes.transfer.read_file import read_document
from operations.cache.service import wanted
from operations.commands.core import out_of_place_in
from operations.commands.service import exec_nodes
from operations.packages.service import update_nodes
from operations.qemu.service import set_qemu_version
from operations.supervisor.service import restart_services
from tests.factories import make_node, make_zone
from zones.services.groups import read_group
from zones.services.lookups import find_plan, find_zone
from zones.services.templates import archive_texts

pytestmark = pytest.mark.django_db
EVE = Actor("eve", "admin")


@pytest.mark.parametrize(
    ("ask", "field", "words"),
    [
        (lambda: find_zone("pek3ｃ"), "zone_id", "'pek3ｃ' has the full-width letter U+FF43 in column 5"),
        (lambda: select(zone_id="pek3\uff43"), "zone_id", "has the full-width letter U+FF43 in column 5"),
        (lambda: find_zone("p\u0435k3c"), "zone_id", "has U+0435 CYRILLIC SMALL LETTER IE in column 2"),
        (lambda: find_plan(plan_id="pek3c－2"), "plan_id", "has the full-width hyphen U+FF0D in column 6"),
        (lambda: find_job("j-abc\u200b"), "job_id", "has the zero-width space U+200B in column 6"),
        (lambda: read_group("hyper，vg"), "group", "has the full-width comma U+FF0C in column 6"),
        (lambda: read_group("pek3cr01n01\u00a0"), "group", "has the no-break space U+00A0 in column 12"),
        (
            lambda: preview_erase(addresses=["172.16.80.1"], disks=["sdb\u00a0", "sdｃ"], actor=EVE),
            "disks",
            "has the no-break space U+00A0 in column 4",
        ),
        (
            lambda: modify_disks(
                addresses=["172.16.80.1"], disk="sdｂ", actor=EVE, type="ssd", reason="坏盘：已换，好"
            ),
            "disk",
            "has the full-width letter U+FF42 in column 3",
        ),
    ],
)
def test_the_character_is_named(ask: Callable[[], object], field: str, words: str) -> None:
    make_node(1)
    with pytest.raises(Refused) as caught:
        ask()
    first = caught.value.findings[0]
    assert (first.code, first.field) == ("D16", field) and words in first.detail and first.remedy


@pytest.mark.parametrize(
    ("ask", "field", "words"),
    [
        (lambda: check_login(22, "ｒoot"), "user", "has the full-width letter U+FF52 in column 1"),
        (
            lambda: archive_texts("standard／devops1a"),
            "archive",
            "has the full-width sign U+FF0F in column 9",
        ),
        (
            lambda: update_nodes(group="hyper", packages=["pitrix-a\u00a0"], actor=EVE),
            "packages",
            "has the no-break space U+00A0 in column 9",
        ),
        (
            lambda: restart_services(zone_id="pek3c", names=["ws_server\u200b"], actor=EVE),
            "services",
            "has the zero-width space U+200B in column 10",
        ),
        (
            lambda: set_qemu_version(zone_id="pek3c", versions=[("2。4", "")], default="2。4", actor=EVE),
            "versions",
            "has the full-width full stop U+3002 in column 2",
        ),
        (
            lambda: wanted(find_zone("pek3c"), "10.0.0.1：11211；10.0.0.2：11211"),
            "servers",
            "has the full-width colon U+FF1A in columns 9, 24",
        ),
        (
            lambda: exec_nodes(group="hyper", command="ls –l “/tmp”", actor=EVE, anything=True),
            "command",
            "has the long dash U+2013 in column 4",
        ),
        (
            lambda: exec_nodes(group="hyper", command="true\nsupervisorctl\u00a0status", actor=EVE),
            "command",
            "line 2 has the no-break space U+00A0 in column 14",
        ),
        (
            lambda: exec_nodes(group="hyper", command='echo "safe\u202e"', actor=EVE, anything=True),
            "command",
            "has U+202E RIGHT-TO-LEFT OVERRIDE in column 11",
        ),
    ],
)
def test_it_is_named_in_words_of_verbs(ask: Callable[[], object], field: str, words: str) -> None:
    make_zone("pek3c")
    with pytest.raises(Refused) as caught:
        ask()
    first = caught.value.findings[0]
    assert (first.code, first.field) == ("D16", field) and words in first.detail and first.remedy


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (
            lambda: read_known_hosts(b"# mine\n10.0.0.1 ssh-ed25519\xc2\xa0 AAAA\n", "f"),
            "f:2: line 2 has the no-break space U+00A0 in column 21",
        ),
        (
            lambda: read_document("mgmt_address，hostname\n10.0.0.9,a\n".encode(), "f"),
            "f:1: line 1 has the full-width comma U+FF0C in column 13",
        ),
        (
            lambda: read_document('[\n{"mgmt_address"： "10.0.0.9"}]'.encode(), "f"),
            "f:2: line 2 has the full-width colon U+FF1A in column 16",
        ),
    ],
)
def test_it_is_named_at_its_line_of_a_file(read: Callable[[], object], words: str) -> None:
    with pytest.raises(Refused) as caught:
        read()
    assert f"D16 error {words} -> write " in str(caught.value)


@pytest.mark.parametrize(
    "command",
    [
        "echo '好，的 “x”'",
        'logger "磁盘：已换"',
        "grep 错误 /var/log/syslog",
        'echo "a\\"，" \'it\'"，"',
        "printf '%s\\n' \"$x\"",
    ],
)
def test_text_within_quotes_of_a_command_stays(command: str) -> None:
    assert list(out_of_place_in(command)) == []


def test_names_that_are_not_there_are_still_not_found() -> None:
    for ask in (lambda: find_zone("北京"), lambda: read_group("n9")):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.findings[0].code != "D16"
