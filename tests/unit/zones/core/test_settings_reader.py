"""The reader of settings files in Python: what it refuses, and in which words."""

from __future__ import annotations

import subprocess
import unicodedata
from pathlib import Path

import pytest

from common.characters import SHOWN
from operations.scripts import arguments, component_script
from zones.core.rendering.node_settings import SETTINGS_KEYS
from zones.core.rendering.settings_reader import read_settings

CANARY = "touch pwned"


@pytest.mark.parametrize(
    "blank", ["\u00a0", "\u3000", "\u2000", "\u1680", "\u2028", "\x1f", "\x85", "\ufeff", "\u202e", "\x0b"]
)
def test_what_looks_like_a_comment_is_refused(blank: str, tmp_path: Path) -> None:
    text = f'hostname="n1"\n{blank}# checked $({CANARY} 2>&1) || :\n'
    try:
        script = component_script("network", text)
    except ValueError as error:
        assert str(error).startswith("line 2 has U+")
        return
    subprocess.run(["sh", "-c", script], cwd=tmp_path, capture_output=True)
    assert not (tmp_path / "pwned").exists()
    pytest.fail("it was sent to the node")


@pytest.mark.parametrize("value", ["devops1ar02n0\\2", "a\\n", "\\", 'a"b', "$x", "`x`", "a\tb", "\\é"])
def test_one_quoting_only(value: str) -> None:
    with pytest.raises(ValueError, match="line 1 "):
        read_settings(f'hostname="{value}"\n')


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("hostname=\u201cn1\u201d", 'line 1 has the curly quote U+201C: write "'),
        ('hostname\uff1d"n1"', "line 1 has the full-width sign U+FF1D: write ="),
        ("\uff03 \u8bf4\u660e\uff0c", "line 1 has the full-width sign U+FF03: write #"),
        ('a="\uff0c" b="1"', "line 1 is not key="),
        ('a="b\\n"', 'a \\ is allowed only before " \\ $ and `'),
    ],
)
def test_what_was_meant_is_said(line: str, words: str) -> None:
    with pytest.raises(ValueError, match="line 1 ") as caught:
        read_settings(f"{line}\n")
    assert words in str(caught.value)


def test_no_character_that_is_allowed_is_unseen() -> None:
    for low, high in SHOWN:
        found = {unicodedata.category(chr(point)) for point in range(low, high + 1)}
        assert not found & {"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"}, (hex(low), found)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('ifs="x"\n', "line 1 contains the key ifs, which no component uses"),
        ('role="ks"\n\nld_preload="/x"\n', "line 3 contains the key ld_preload"),
        ('eip_network_x="1"\n', "eip_network_x"),
    ],
)
def test_a_key_that_is_not_declared_goes_to_no_node(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        component_script("network", text)


@pytest.mark.parametrize(
    ("name", "value"), [("PATH", "x"), ("a b", "x"), ("", "x"), ("role", "x"), ("x", "a\0b")]
)
def test_what_cannot_be_an_argument(name: str, value: str) -> None:
    with pytest.raises(ValueError, match="argument"):
        arguments({name: value})


def test_what_is_declared_is_a_name() -> None:
    assert all(key.isidentifier() and key.islower() for key in SETTINGS_KEYS)
