"""Text made safe for the log."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.secrets import Secret, seal, unseal
from common.text import MAX_LINE_CHARS, fold, plain, redact


def test_escapes_and_control_characters_go() -> None:
    assert plain("\x1b[31mred\x1b[0m\tand\x00") == "red\tand\N{REPLACEMENT CHARACTER}"
    assert plain("title\x1b]0;evil\x07!") == "title!"


def test_a_long_line_is_folded_and_nothing_is_lost() -> None:
    parts = list(fold("x" * 20000))
    assert all(len(part) <= MAX_LINE_CHARS for part in parts)
    assert "".join(part.rstrip("…") for part in parts) == "x" * 20000
    assert all(part.endswith("…") for part in parts[:-1])


@given(st.text())
def test_any_text_becomes_storable_lines(text: str) -> None:
    for part in fold(text):
        part.encode("utf-8")
        assert "\x00" not in part and "\n" not in part and len(part) <= MAX_LINE_CHARS


def test_secrets_are_masked_everywhere() -> None:
    secret = Secret("hunter22")
    assert str(secret) == repr(secret) == f"{secret}" == "***"
    assert redact("login hunter22 ok", [secret]) == "login *** ok"
    with pytest.raises(TypeError):
        pickle.dumps(secret)


def test_sealing_needs_the_same_key(settings: object) -> None:
    sealed = seal({"password": Secret("pw-1234")})
    assert "pw-1234" not in sealed
    assert unseal(sealed)["password"].reveal() == "pw-1234"
    settings.SECRET_KEY = "another key that is long enough"  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="SECRET_KEY has changed"):
        unseal(sealed)
