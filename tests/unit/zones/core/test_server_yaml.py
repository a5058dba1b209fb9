"""Only the emulators change in server.yaml."""

from __future__ import annotations

import pytest
import yaml

from zones.core.server_yaml import edit_emulators, read_emulators

TWO = {"2.4.1.2": "/usr/bin", "2.11.1.1": "/opt/qemu-2.11.1.1/usr/bin"}
HELD = """\
# by hand
common:
    log: info   # quiet

compute_server:
    # how many at once
    workers: 4
    emulator:
        # the old one
        2.4.1.2:
            bin: '/usr/bin'   # the system's
        # never the newest
        default: '2.4.1.2'    # for now
    # behind it
    timeout: 30

other: [1, 2]
"""


def test_the_rest_stays() -> None:
    edited = edit_emulators(HELD, TWO, "2.11.1.1")
    kept = HELD.splitlines()
    added = [line for line in edited.splitlines() if line not in kept]
    assert added == [
        "        2.11.1.1:",
        "            bin: '/opt/qemu-2.11.1.1/usr/bin'",
        "        default: '2.11.1.1'    # for now",
    ]
    assert [line for line in edited.splitlines() if line in kept] == [
        line for line in kept if "default:" not in line
    ]
    values = yaml.safe_load(edited)
    assert values["compute_server"]["workers"] == 4 and values["compute_server"]["timeout"] == 30
    assert values["compute_server"]["emulator"] == {
        "2.4.1.2": {"bin": "/usr/bin"},
        "2.11.1.1": {"bin": "/opt/qemu-2.11.1.1/usr/bin"},
        "default": "2.11.1.1",
    }
    assert edit_emulators(edited, TWO, "2.11.1.1") == edited


def test_a_version_goes_with_its_comments_and_a_folder_changes_in_its_line() -> None:
    edited = edit_emulators(HELD, {"2.11.1.1": "/opt/new"}, "2.11.1.1")
    assert "the old one" not in edited and "# never the newest" in edited
    moved = edit_emulators(HELD, {"2.4.1.2": "/opt/old"}, "2.4.1.2")
    assert moved == HELD.replace("'/usr/bin'", "'/opt/old'")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ({}, "")),
        ("compute_server:\n  emulator:\n    6.10: {bin: /x}\n    default: 6.10\n", ({"6.10": "/x"}, "6.10")),
        (HELD, ({"2.4.1.2": "/usr/bin"}, "2.4.1.2")),
    ],
)
def test_what_a_file_lists(text: str, found: object) -> None:
    assert read_emulators(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "a: [",
        "- a",
        "word",
        "compute_server: [1]",
        "compute_server:\n  emulator: {2.4: 1}\n",
        pytest.param("[" * 500, id="deep"),
    ],
)
def test_a_file_that_lists_nothing_sensible(text: str) -> None:
    with pytest.raises(ValueError, match=r"server.yaml"):
        read_emulators(text)


@pytest.mark.parametrize("text", ["", "a: 1", "compute_server:\n  workers: 4\n", "compute_server:\n"])
def test_files_without_emulators(text: str) -> None:
    edited = edit_emulators(text, TWO, "2.4.1.2")
    assert yaml.safe_load(edited)["compute_server"]["emulator"]["default"] == "2.4.1.2"
    assert edit_emulators(edited, TWO, "2.4.1.2") == edited


@pytest.mark.parametrize(
    ("emulators", "default", "text"),
    [
        ({"x": "/usr/bin"}, "x", ""),
        ({"2.4.1.2": "usr/bin"}, "2.4.1.2", ""),
        ({"2.4.1.2": "/usr/../bin"}, "2.4.1.2", ""),
        (TWO, "3.0", ""),
        (TWO, "2.4.1.2", "compute_server: {workers: 4}\n"),
        (TWO, "2.4.1.2", "compute_server:\n\tworkers: 4\n"),
        (TWO, "2.4.1.2", 'compute_server:\n  "emulator":\n    2.4.1.2: {bin: /x}\n'),
        (TWO, "2.4.1.2", "compute_server:\n  emulator:\n    2.4.1.2: {bin: /x}\n"),
        (TWO, "2.4.1.2", "a: [\n"),
    ],
)
def test_what_is_refused(emulators: dict[str, str], default: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        edit_emulators(text, emulators, default)


BLOCK = """\
# a
compute_server: # b
  # c
  emulator: # d
    # e
    2.4.1.2: # f
      # g
      bin: /usr/bin  # h
      # i
    # j
    default: 2.4.1.2 # k
    # l
  # m
  other: 1 # n
# o
"""


def test_comments_everywhere_stay_where_they_belong() -> None:
    edited = edit_emulators(BLOCK, TWO, "2.11.1.1")
    new = "      # i\n    2.11.1.1:\n      bin: '/opt/qemu-2.11.1.1/usr/bin'\n    # j\n    default: '2.11.1.1' # k\n"
    assert edited == BLOCK.replace("      # i\n    # j\n    default: 2.4.1.2 # k\n", new)


def test_line_ends_stay() -> None:
    windows = BLOCK.replace("\n", "\r\n")
    assert edit_emulators(windows, TWO, "2.11.1.1") == edit_emulators(BLOCK, TWO, "2.11.1.1").replace(
        "\n", "\r\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        BLOCK,
        BLOCK.replace("\n", "\r\n"),
        BLOCK.rstrip("\n"),
        BLOCK.replace("/usr/bin  #", "/usr/bin   #").replace("2.4.1.2 # k", "2.4.1.2   "),
        "compute_server:\n  emulator:\n    default: 2.4.1.2\n    2.4.1.2:\n      bin: /usr/bin\n",
    ],
)
def test_what_says_the_same_already_is_not_touched(text: str) -> None:
    assert edit_emulators(text, *read_emulators(text)) == text


@pytest.mark.parametrize("behind", ["", " {2.4.1.2: {bin: /usr/bin}, default: 2.4.1.2}"])
def test_the_comment_behind_a_block_on_one_line_stays(behind: str) -> None:
    text = f"compute_server:\n  emulator:{behind} # why\n  a: 1\n"
    assert "\n  emulator: # why\n" in edit_emulators(text, TWO, "2.4.1.2")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (BLOCK + BLOCK, 17),
        (BLOCK.replace("    # j\n", "    2.4.1.2:\n      bin: /opt/x\n"), 10),
        (BLOCK.replace("    # l\n", "    default: 9.9\n"), 12),
        (BLOCK.replace("      # g\n", "      bin: /opt/x\n"), 8),
    ],
)
def test_a_key_that_stands_twice(text: str, line: int) -> None:
    for attempt in (lambda: read_emulators(text), lambda: edit_emulators(text, TWO, "2.4.1.2")):
        with pytest.raises(ValueError, match=rf"a key twice \(line {line}\): remove one of them"):
            attempt()


@pytest.mark.parametrize(
    "text",
    [
        BLOCK.replace("compute_server:", "'compute_server':"),
        BLOCK.replace("compute_server:", "compute_server :"),
        "\ufeff" + BLOCK.removeprefix("# a\n"),
        BLOCK.replace("default: 2.4.1.2 # k", "default:\n      2.4.1.2"),
        BLOCK.replace("emulator: # d", "emulator: &all # d") + "elsewhere: *all\n",
        BLOCK.replace("2.4.1.2: # f", "2.4.1.2: &one # f") + "elsewhere: *one\n",
    ],
)
def test_what_only_a_person_can_edit(text: str) -> None:
    assert read_emulators(text)[0] == {"2.4.1.2": "/usr/bin"}
    moved = {"2.4.1.2": "/opt/x", "2.11.1.1": "/opt/y"}
    with pytest.raises(ValueError, match="a form that cannot be edited automatically: edit it by hand"):
        edit_emulators(text, moved, "2.11.1.1")


def test_the_line_that_is_told_is_one_of_the_file() -> None:
    with pytest.raises(ValueError, match=r"not YAML \(line 2\)"):
        edit_emulators("a: 1\nb: {x]\nc: 1\n", TWO, "2.4.1.2")
