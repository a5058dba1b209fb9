"""Odd files that haproxy itself accepts: it accepts them with our listeners as well."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from operations.haproxy.core import merge_listeners
from tests.support.memcacheds import need
from zones.core.rendering import render_haproxy

OURS = render_haproxy(["10.0.0.1", "10.0.0.2"], global_protocol="https", fusion=False)
HEAD = "defaults\n mode tcp\n timeout connect 2s\n timeout client 9s\n timeout server 9s\n"
OTHER = "listen x\n bind :1990\n"
OLD = "listen api-front\n bind :7777\n server a 1.2.3.4:1\n"


def takes(path: Path, text: str) -> bool:
    path.write_bytes(text.encode())
    argv = [need("haproxy", "haproxy"), "-c", "-q", "-f", str(path)]
    return subprocess.run(argv, capture_output=True, timeout=30).returncode == 0


@pytest.mark.parametrize(
    "text",
    [
        "# kept in C:\\\n" + OLD + OTHER,
        OLD + "# kept in C:\\\n" + OTHER,
        "userlist u\n user a insecure-password \\#\\\n" + OLD + OTHER,
        OLD.replace("listen", '"listen"') + OTHER,
        OLD.replace("api-front", "'api'-front") + OTHER,
        OLD.replace("\n", "\r\n") + OTHER,
        "\x0b\f" + OLD.replace("listen ", "listen\t \f") + OTHER,
        'listen d\n bind :1 name "a # b" # \'c\n' + OLD + OTHER,
        ".if defined(X)\n" + OTHER + ".endif\n" + OLD,
        "# é\rlisten api-front\n" + OTHER,
        "# \u2028listen api-front\n" + OTHER,
    ],
)
def test_it_takes_the_merged_file(tmp_path: Path, text: str) -> None:
    assert takes(tmp_path / "before.cfg", HEAD + text), "else the case shows nothing"
    merged = merge_listeners(HEAD + text, OURS)
    assert takes(tmp_path / "after.cfg", merged) and "1.2.3.4" not in merged
    assert OTHER in merged and merge_listeners(merged, OURS) == merged
