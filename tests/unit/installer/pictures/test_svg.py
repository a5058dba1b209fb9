"""Pictures are well-formed, and nothing from outside becomes markup in them."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer.console.pictures.svg import element, labels, number, patterns, share, text_px
from tests.support.examples import examples

HOSTILE = "</title><script>alert(1)</script>\"' onload=x &\x00\x1b[31m\u202e"


def test_text_and_attributes_are_escaped() -> None:
    drawn = element("svg", element("title", HOSTILE), HOSTILE, aria_label=HOSTILE)
    root = ElementTree.fromstring(drawn)
    assert [child.tag for child in root] == ["title"]
    assert set(root.attrib) == {"aria-label"}
    assert "<U+202E>" in root.attrib["aria-label"] and "\x00" not in drawn and "\x1b" not in drawn


@given(st.text())
@examples(50)
def test_any_text_stays_text(value: str) -> None:
    drawn = element("text", value, aria_label=value)
    assert drawn.count("<") == 2 or not value
    assert "<script" not in drawn


@pytest.mark.parametrize("tag", ["script", "style", "foreignObject", "image", "use", "iframe"])
def test_only_shapes_and_words_are_elements(tag: str) -> None:
    with pytest.raises(ValueError):
        element(tag)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("style", "fill:red"),
        ("onload", "alert(1)"),
        ("href", "javascript:alert(1)"),
        ("fill", "url(http://example.com/x)"),
        ("class_", 'a" onload="x'),
    ],
)
def test_only_harmless_attributes_are_written(name: str, value: str) -> None:
    with pytest.raises(ValueError):
        element("rect", **{name: value})


def test_numbers_are_short_and_the_same_in_each_language() -> None:
    assert (number(1.0), number(1 / 3), number(0.0001), share(0.125)) == ("1", "0.333", "0", "12.5%")


def test_a_full_width_character_takes_the_room_of_two() -> None:
    assert text_px("管理") == text_px("abcd")


def test_a_label_is_drawn_only_where_it_fits_and_a_longer_one_takes_its_place() -> None:
    drawn = [str(label) for label in labels(("a long label of a wide box", "short"), 0.5, x=1, y=2)]
    assert len(drawn) == 2
    assert 'class="pic-w420"' in drawn[0] and "pic-u420" in drawn[1]
    assert list(labels(("a label in a box that is far too narrow",), 0.01)) == []


def test_patterns_are_not_read_out() -> None:
    assert ElementTree.fromstring(patterns()).attrib["aria-hidden"] == "true"
