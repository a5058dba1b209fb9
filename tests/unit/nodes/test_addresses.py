"""IP_LIST files as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Refused
from nodes.addresses import read_addresses, read_ip_list


def test_comments_blank_lines_crlf_bom_and_duplicates() -> None:
    data = b"\xef\xbb\xbf# rack 1\r\n10.0.0.1\r\n\r\n  10.0.0.2  # second\r\n10.0.0.1\r\n"
    assert read_ip_list(data, "ip_list") == ["10.0.0.1", "10.0.0.2"]


def test_ranges_and_networks() -> None:
    assert read_ip_list(b"10.0.0.1-10.0.0.3\n10.0.1.0/30\n", "f") == [
        "10.0.0.1",
        "10.0.0.2",
        "10.0.0.3",
        "10.0.1.1",
        "10.0.1.2",
    ]
    assert read_addresses(["2001:DB8::1"]) == ["2001:db8::1"]
    assert read_addresses(["10.0.0.11-13"]) == ["10.0.0.11", "10.0.0.12", "10.0.0.13"]
    with pytest.raises(Refused, match="too many"):
        read_addresses(["10.0-255.0-255.1"])


def test_one_machine_in_two_spellings_is_one_machine() -> None:
    data = b"2001:DB8::1\n2001:db8:0:0::1\n::ffff:10.0.0.1\n10.0.0.1\n10.0.0.1/32\n10.0.0.1-1\n"
    assert read_ip_list(data, "f") == ["2001:db8::1", "10.0.0.1"]


@pytest.mark.parametrize(
    ("word", "words"),
    [
        ("10.0.0.5-", "only one end"),
        ("-10.0.0.5", "only one end"),
        ("10.0.0.-", "only one end"),
        ("10.-.-.1", "is not an address"),
        ("10.0.0.3-1", "is not an address"),
        ("224.0.0.1-3", "not the address of a machine"),
        ("255.255.255.254-255", "not the address of a machine"),
        ("239.255.255.255-240.0.0.1", "not the address of a machine"),
    ],
)
def test_a_range_has_two_ends_and_machines_between_them(word: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        read_addresses([word])


def test_each_bad_line_is_told_with_its_number() -> None:
    with pytest.raises(Refused) as caught:
        read_ip_list(b"10.0.0.1\nten.0.0.2\n10.0.0.300\n10.0.0.9-10.0.0.2\n010.0.0.1\n", "ip_list")
    findings = caught.value.findings
    assert [(item.file, item.line) for item in findings] == [("ip_list", number) for number in (2, 3, 4, 5)]
    assert "is a range whose end is before its start" in findings[2].detail
    assert "leading zero" in findings[3].detail


@pytest.mark.parametrize(
    "data",
    [b"", b"# nothing\n", b"\xff\xfe1", b"10.0.0.0/8\n", b"0.0.0.0\n", b"224.0.0.1\n", b"10.0.0.1/24\n"],
)
def test_refused_whole(data: bytes) -> None:
    with pytest.raises(Refused):
        read_ip_list(data, "f")


def test_a_huge_file_is_refused() -> None:
    with pytest.raises(Refused, match="larger than 1 MiB"):
        read_ip_list(b"10.0.0.1\n" * 200_000, "f")


@given(st.binary(max_size=300))
def test_any_bytes_give_addresses_or_findings(data: bytes) -> None:
    try:
        assert read_ip_list(data, "f")
    except Refused as refusal:
        assert refusal.findings


def test_commas_and_blanks_separate() -> None:
    wanted = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5"]
    assert read_ip_list(b"10.0.0.1, 10.0.0.2,10.0.0.3\t10.0.0.4 ,\n10.0.0.5", "f") == wanted
    assert read_addresses(["10.0.0.1 10.0.0.2", "10.0.0.3 - 10.0.0.5"]) == wanted
    assert read_addresses(["10.0.0.1,3-5", "10.0.0.9"]) == ["10.0.0.1", *wanted[2:], "10.0.0.9"]


def test_a_number_that_is_too_large_is_named() -> None:
    with pytest.raises(Refused) as caught:
        read_ip_list(b"10.0.0.1\n127.186.0.300\n10.0.0.9/24\nten\n", "f")
    assert [item.detail for item in caught.value.findings] == [
        "'127.186.0.300' is not an address: 300 is above 255",
        "'10.0.0.9/24' is an address inside the network 10.0.0.0/24: write the network, or the address without its mask",
        "'ten' is not an address",
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("10.0.0.1\uff0c10.0.0.2", "line 2 has the full-width comma U+FF0C in column 9: write ,"),
        ("10.0.0.1\u3001 10.0.0.2", "line 2 has the enumeration comma U+3001 in column 9: write ,"),
        ("\u300010.0.0.1", "line 2 has the full-width blank U+3000 in column 1: write an ordinary space"),
        ("10.0.0.1\u00a0", "line 2 has the no-break space U+00A0 in column 9: write an ordinary space"),
        ("10.0.0.1\u201310.0.0.5", "line 2 has the long dash U+2013 in column 9: write -"),
        ("10.0.0.\uff11", "line 2 has the full-width digit U+FF11 in column 8: write 1"),
        ("10\u30020.0.1", "line 2 has the full-width full stop U+3002 in column 3: write ."),
        ("10.0.0.1\u200b", "line 2 has the zero-width space U+200B in column 9: remove it"),
        ("10.0.0.0\uff0f30", "line 2 has the full-width sign U+FF0F in column 9: write /"),
        ("\u201c10.0.0.1\u201d", "line 2 has the curly quote U+201C in column 1: remove it"),
        ("10.0.0.1\uff1b10.0.0.2", "line 2 has the full-width sign U+FF1B in column 9: write ,"),
        ("10.0.0.1\uff5e10.0.0.5", "line 2 has the full-width sign U+FF5E in column 9: write -"),
        ("\u301010.0.0.1", "line 2 has the full-width bracket U+3010 in column 1: remove it"),
        ("10.0.0.1 \uff03 \u673a\u623f", "line 2 has the full-width sign U+FF03 in column 10: write #"),
        ("10.0.0.1\u2028", "line 2 has the line separator U+2028 in column 9: start a new line in its place"),
        ("\ufeff10.0.0.1", "line 2 has the byte order mark U+FEFF in column 1: remove it"),
    ],
)
def test_what_was_pasted_is_named_at_its_line(line: str, words: str) -> None:
    with pytest.raises(Refused) as caught:
        read_ip_list(f"10.0.0.9 # \u673a\u623f\uff0c\u4e00\n{line}\n10.0.0.300\n".encode(), "f")
    first, *_, last = caught.value.findings
    assert (first.code, first.line, f"{first.detail}: {first.remedy}") == ("D16", 2, words)
    assert (last.code, last.line) == ("N02", 3)


def test_words_of_a_form_are_named_likewise() -> None:
    with pytest.raises(Refused) as caught:
        read_addresses(["10.0.0.1", "10.0.0.2\uff0c10.0.0.3\u00a0"])
    assert [(item.code, item.field, item.detail) for item in caught.value.findings] == [
        ("D16", "addresses", "'10.0.0.2\uff0c10.0.0.3' has the full-width comma U+FF0C in column 9"),
        ("D16", "addresses", "'10.0.0.2\uff0c10.0.0.3' has the no-break space U+00A0 in column 18"),
    ]
