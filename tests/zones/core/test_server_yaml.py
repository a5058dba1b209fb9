"""Only the emulators change in server.yaml."""

from __future__ import annotations

import pytest
import yaml

from zones.core.server_yaml import edit_emulators

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
            bin: '/usr/bin'
        default: '2.4.1.2'
    # behind it
    timeout: 30

other: [1, 2]
"""


def test_the_rest_stays() -> None:
    edited = edit_emulators(HELD, TWO, "2.11.1.1")
    before, after = HELD.index("    emulator:"), HELD.index("    # behind it")
    assert edited.startswith(HELD[:before]) and edited.endswith(HELD[after:])
    values = yaml.safe_load(edited)
    assert values["compute_server"]["workers"] == 4 and values["compute_server"]["timeout"] == 30
    assert values["compute_server"]["emulator"] == {
        "2.4.1.2": {"bin": "/usr/bin"},
        "2.11.1.1": {"bin": "/opt/qemu-2.11.1.1/usr/bin"},
        "default": "2.11.1.1",
    }
    assert edit_emulators(edited, TWO, "2.11.1.1") == edited


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
    ],
)
def test_what_is_refused(emulators: dict[str, str], default: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        edit_emulators(text, emulators, default)
