"""Numbers, sizes and characters from untrusted sources."""

from __future__ import annotations

import pytest

from nodes.parsers import ip_json, lsblk_json, lsblk_pairs
from nodes.parsers.errors import ParseError, printable
from nodes.parsers.lineage import disk_of_partition
from nodes.parsers.text import MAX_SIZE_BYTES, clean, count, device_name, size_bytes, unescape, whole_number


@pytest.mark.parametrize(("text", "value"), [("0", 0), (" 42\n", 42), (str(MAX_SIZE_BYTES), MAX_SIZE_BYTES)])
def test_whole_numbers(text, value):
    assert whole_number(text) == value


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", "1e3", "²", "٣", "0x10", "9" * 5000, str(MAX_SIZE_BYTES + 1), "1_000"]
)
def test_what_is_no_whole_number(text):
    assert whole_number(text) is None


def test_counts_fit_an_integer_column():
    assert count("2147483647") == 2147483647
    assert count("4294967295") is None


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("480103981056", 480103981056),
        ("9.1T", 10005555812761),
        ("1024M", 2**30),
        ("953.9G", 1024242325913),
        ("0B", 0),
        ("1,5K", 1536),
    ],
)
def test_sizes(text, size):
    assert size_bytes("lsblk", text) == size


@pytest.mark.parametrize("text", ["", "big", "-1", "1Z", "99999999T", "1.T"])
def test_what_is_no_size(text):
    with pytest.raises(ParseError):
        size_bytes("lsblk", text)


def test_escapes_are_bytes_of_utf8():
    assert unescape(r"my\x20disk \xe4\xb8\xad \x00\x1b[31m") == "my disk 中 [31m"
    assert unescape(r"\x") == r"\x"


def test_terminal_commands_do_not_get_through_json():
    (disk,) = lsblk_json.parse(
        r'{"blockdevices":[{"name":"sda","type":"disk","size":1,"model":"\u001b[2Jbad\ud800\u0000"}]}'
    )
    assert disk.model == "[2Jbad"
    (link,) = ip_json.parse(r'[{"ifname":"e\u001bth0"}]')
    assert link.name == "eth0"


def test_old_json_escapes():
    (disk,) = lsblk_json.parse(
        '{"blockdevices":[{"name":"sda","type":"disk","size":"1","mountpoint":"/a\\x20b"}]}'
    )
    assert disk.mountpoints == ("/a b",)


def test_pair_keys_before_and_after_2_37():
    old = lsblk_pairs.parse('NAME="sda" TYPE="disk" SIZE="1" LOG-SEC="4096" MAJ:MIN="8:0"')
    new = lsblk_pairs.parse('NAME="sda" TYPE="disk" SIZE="1" LOG_SEC="4096" MAJ_MIN="8:0"')
    assert old == new


@pytest.mark.parametrize(
    ("name", "disk"),
    [
        ("sda1", "sda"),
        ("sdaa12", "sdaa"),
        ("nvme0n1p4", "nvme0n1"),
        ("mmcblk0p1", "mmcblk0"),
        ("md1p1", "md1"),
        ("sda", ""),
    ],
)
def test_disks_of_partitions(name, disk):
    assert disk_of_partition(name) == disk


@pytest.mark.parametrize(
    ("path", "name"),
    [("/dev/sda", "sda"), ("/dev/mapper/vg-root", "vg-root"), ("cciss!c0d0", "cciss/c0d0"), (" sda ", "sda")],
)
def test_device_names(path, name):
    assert device_name(path) == name


def test_excerpts_are_short_and_on_one_line():
    shown = printable("a\n\tb\x1b[0m" + "x" * 5000)
    assert shown.startswith("a b [0mx")
    assert len(shown) == 160


def test_clean_keeps_newlines_and_tabs():
    assert clean("a\tb\nc\x00\x85\u2028\x7f\r") == "a\tb\nc"
