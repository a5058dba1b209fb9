"""Configuration files pasted from a chat or an editor: every character is named with its place."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from common.characters import LOOK_ALIKES, deceives, invisible, odd_blank, out_of_place
from common.errors import Finding
from tests.support.examples import examples
from zones.core.documents import load_settings, load_variables
from zones.core.documents.pasted import no_free_text, put_right

SETTINGS = """\
zone_id: pek3c
# 上海机房：两台，“新”
roles:
  172.16.80.7: {role: hyper-repl, sub_roles: [hyper]}
  172.16.80.8: {role: hyper-repl, sub_roles: [hyper]}  # 说明　完
  '172.16.80.5': {role: vg, sub_roles: [vgateway]}
eips:
  172.16.80.5:
  - '139.198.10.0/24|.1|HA0'
vbc:
  - mgmt_ips: [172.16.80.7, 172.16.80.8]
    ipv4_vbc: 10.10.50.0/24
    ipv4_vip: 172.16.80.200|172.16.80.8
"""
VARIABLES = """\
common: {region_id: pek3, console_id: 青云（北京）：“一”，二, domain: example.com}
base:
  zone_id: pek3c
  deploy_mode: standard
  network_mode: sdn
  installer_allocate_vbc: 1
  vm_base_network: 10.10.0.0/16
  mgmt_network_gateway: 172.16.80.1
boss:
  deploy_boss: 0
  boss_title: '青云　控制台；“一号”，开头'
  boss_note: |
    第一行：好，
    　第二行 ＃ 三
cronus: {deploy_cronus: 0, title: 一，二：三}
"""
BLANKS = [chr(point) for point in range(0x80, 0x3001) if unicodedata.category(chr(point)) == "Zs"]
UNSEEN = "\u200b\u2060\ufeff\u202e\u2066\u2028\u00ad\u200e"
FOR = {
    sign: [char for char, meant in LOOK_ALIKES.items() if meant == sign] for sign in set(LOOK_ALIKES.values())
}
FOR[" "] = BLANKS


def of_settings(text: str) -> list[Finding]:
    return load_settings("scale_settings.pek3c.yaml", text.encode(), "scale")[1]


def of_variables(text: str) -> list[Finding]:
    return load_variables("variables.pek3c.yaml", text.encode())[1]


def said(findings: list[Finding]) -> list[tuple[int | None, str]]:
    assert {item.code for item in findings} <= {"D16"}, findings
    return [(item.line, f"{item.detail}: {item.remedy}") for item in findings]


def test_words_of_people_pass() -> None:
    assert of_settings(SETTINGS) == []
    assert of_variables(VARIABLES) == []
    assert (
        of_settings(f"{SETTINGS}vpool:\n  172.16.80.7:\n    layout: stripe\n    reason: 测试，可以：丢失\n")
        == []
    )
    document, _ = load_variables("variables.pek3c.yaml", VARIABLES.encode())
    assert document is not None
    assert document.text("common", "console_id") == "青云（北京）：“一”，二"
    assert document.values["boss"]["boss_title"] == "青云　控制台；“一号”，开头"
    assert document.values["cronus"]["title"] == "一，二：三"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        (
            "zone_id: pek3c",
            "zone_id：pek3c",
            1,
            "line 1 has the full-width colon U+FF1A in column 8: write : followed by a space",
        ),
        ("roles:", "roles：", 3, "line 3 has the full-width colon U+FF1A in column 6: write :"),
        ("repl, sub", "repl，sub", 4, "line 4 has the full-width comma U+FF0C in column 33: write ,"),
        (
            "  172.16.80.7",
            "\u3000 172.16.80.7",
            4,
            "line 4 is indented with the full-width blank U+3000 in column 1",
        ),
        (
            "  172.16.80.8",
            "\u00a0\u00a0172.16.80.8",
            5,
            "is indented with the no-break space U+00A0 in columns 1, 2",
        ),
        (
            "  172.16.80.8",
            " \u2003172.16.80.8",
            5,
            "indented with U+2003 EM SPACE in column 2: write an ordinary space",
        ),
        ("[vgateway]", "【vgateway】", 6, "line 6 has the full-width bracket U+3010 in column 40: write ["),
        ("{role: vg", "｛role: vg", 6, "write {"),
        ("'139.198", "‘139.198", 9, "line 9 has the curly quote U+2018 in column 5: write '"),
        ("  - '139", "  — '139", 9, "line 9 has the long dash U+2014 in column 3: write -"),
        ("10.0/24|", "10.0/24｜", 9, "line 9 has the full-width sign U+FF5C in column 21: write |"),
        ("10.50.0/24", "10.50.０/24", 12, "line 12 has the full-width digit U+FF10 in column 24: write 0"),
        (
            "10.10.50.0",
            "10。10.50.0",
            12,
            "line 12 has the full-width full stop U+3002 in column 17: write .",
        ),
        ("vbc:\n", "vbc:\u200b\n", 10, "line 10 has the zero-width space U+200B in column 5: remove it"),
        ("\nroles", "\n\ufeffroles", 3, "line 3 has the byte order mark U+FEFF in column 1"),
        ("pek3c\n", "pek3c\u2028\n", 1, "line 1 has the line separator U+2028 in column 15"),
        ("# 上海", "# \u202e上海", 2, "line 2 has U+202E RIGHT-TO-LEFT OVERRIDE in column 3: remove it"),
        ("hyper]}  # 说", "hyper]}  ＃ 说", 5, "line 5 has the full-width sign U+FF03 in column 56: write #"),
        ("hyper]}  # 说", "hyper]}\u00a0# 说", 5, "line 5 has the no-break space U+00A0 in column 54"),
        ("# 上海", "\u00a0# 上海", 2, "line 2 is indented with the no-break space U+00A0 in column 1"),
    ],
)
def test_named_at_its_line_and_nothing_else(old: str, new: str, line: int, words: str) -> None:
    assert old in SETTINGS
    found = said(of_settings(SETTINGS.replace(old, new, 1)))
    assert found[0][0] == line and words in found[0][1], found
    assert {number for number, _ in found} == {line}


@pytest.mark.parametrize(
    ("char", "words"),
    [
        ("\u0430", "U+0430 CYRILLIC SMALL LETTER A in column 11: write a"),
        ("\u03bf", "U+03BF GREEK SMALL LETTER OMICRON in column 11: write o"),
        ("\u0661", "U+0661 ARABIC-INDIC DIGIT ONE in column 11: write 1"),
        ("\U0001d7cf", "U+1D7CF MATHEMATICAL BOLD DIGIT ONE in column 11: write 1"),
        ("\u00b9", "U+00B9 SUPERSCRIPT ONE in column 11: write 1"),
        ("\u2460", "U+2460 CIRCLED DIGIT ONE in column 11: write 1"),
    ],
)
def test_letters_and_digits_that_look_like_ours_are_named(char: str, words: str) -> None:
    """Name the look-alike: a zone with it is not found, and the message looks right on every screen."""
    findings = of_settings(f"zone_id: z{char}\nroles: {{172.16.80.7: {{role: ks}}}}\n")
    [found] = [item for item in findings if item.code == "D16"]
    assert (found.line, f"{found.detail}: {found.remedy}") == (1, f"line 1 has {words}")
    keyed = f"boss: {{b{char}ss_title: Пекин, deploy_boss: 0}}\n"
    assert any(item.code == "D16" and item.line == 1 for item in of_variables(keyed))


def test_each_of_them_is_named_at_once_with_what_is_wrong_besides() -> None:
    text = (
        SETTINGS.replace(": pek3c", "： pek3c")
        .replace("172.16.80.7:", "172.16.80.7：")
        .replace("role: vg", "role: vgg")
    )
    found = of_settings(text)
    assert [(item.code, item.line) for item in found] == [("D16", 1), ("D16", 4), ("D15", 6)]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("console_id: ", "console_id： ", 1),
        ("common: {", "common： {", 1),
        ("domain: example", "domain: example．", 1),
        ("boss_title: '", "boss_title： '", 11),
        ("boss_title: ", "boss_title:\u3000", 11),
        ("  deploy_boss", "\u3000\u3000deploy_boss", 10),
        ("cronus: {", "cronus: ｛", 15),
        ("title: 一", "title： 一", 15),
        ("三}", "三\u200b}", 15),
        ("三}", "三\u3000}", 15),
    ],
)
def test_syntax_around_words_of_people(old: str, new: str, line: int) -> None:
    assert old in VARIABLES
    assert {number for number, _ in said(of_variables(VARIABLES.replace(old, new, 1)))} == {line}


def _ascii_places(text: str) -> list[tuple[int, int, int]]:
    """Return index, line and column of each character with look-alikes, outside of comments and free text."""
    places = []
    line, column, comment = 1, 0, False
    for index, char in enumerate(text):
        if char == "\n":
            line, column, comment = line + 1, 0, False
            continue
        column += 1
        comment = comment or char == "#"
        if not comment and char in FOR and char != "#":
            places.append((index, line, column))
    return places


@examples(300)
@given(st.data())
def test_any_character_pasted_over_any_sign(data: st.DataObject) -> None:
    places = data.draw(
        st.lists(st.sampled_from(_ascii_places(SETTINGS)), min_size=1, max_size=6, unique=True)
    )
    text = list(SETTINGS)
    for index, _, _ in places:
        text[index] = data.draw(st.sampled_from(FOR[SETTINGS[index]]))
    meant, findings = put_right("f", "".join(text), no_free_text)
    assert {item.code for item in findings} == {"D16"}
    expected = {(line, column) for _, line, column in places}
    assert _columns(findings) == expected
    assert meant.replace(" ", "") == SETTINGS.replace(" ", "")
    assert {item.code for item in of_settings("".join(text))} == {"D16"}


def _columns(findings: list[Finding]) -> set[tuple[int, int]]:
    found = set()
    for item in findings:
        words = item.detail.rpartition(" in column")[2].removeprefix("s").split(",")
        found |= {(item.line or 0, int(word)) for word in words}
    return found


@examples(200)
@given(st.integers(0, len(SETTINGS) - 1), st.sampled_from(UNSEEN))
def test_what_nobody_sees_is_named_wherever_it_stands(index: int, char: str) -> None:
    text = SETTINGS[:index] + char + SETTINGS[index:]
    line = SETTINGS.count("\n", 0, index) + 1
    if index == 0 and char == "\ufeff":
        assert of_settings(text) == [], "at the beginning of a file it is how some editors save UTF-8"
        return
    [item] = of_settings(text)
    column = index - SETTINGS.rfind("\n", 0, index)
    assert (item.code, item.line) == ("D16", line) and f"U+{ord(char):04X}" in item.detail
    assert item.detail.endswith(f"in column {column}")


@examples(200)
@given(st.text(max_size=60))
def test_any_comment_passes_that_does_not_deceive(text: str) -> None:
    words = "".join(
        char for char in text if not deceives(char) and char not in "\n\r\t\ufffe\uffff" and ord(char) >= 32
    )
    assert of_settings(SETTINGS.replace("# 上海", f"# {words} 上海")) == []


@examples(300)
@given(st.text(max_size=200))
@example("#\x7f\x80")
def test_any_text_has_findings_of_places_that_are_there(text: str) -> None:
    text = "".join(char for char in text if char >= " " or char == "\n")
    _, findings = put_right("f", text, no_free_text)
    lines = text.split("\n")
    for line, column in _columns(findings):
        char = lines[line - 1][column - 1]
        assert out_of_place(char) or deceives(char)


def test_every_blank_and_every_mark_is_known() -> None:
    for point in (*range(0x80, 0xD800), *range(0xE000, 0x30000), *range(0xE0000, 0xE0200)):
        char = chr(point)
        category = unicodedata.category(char)
        assert (category == "Zs") <= odd_blank(char), hex(point)
        assert (category in ("Cf", "Cc", "Zl", "Zp")) <= invisible(char), hex(point)
