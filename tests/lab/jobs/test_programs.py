"""How a program is sent and its answer found: by the real shells, and for every way in which bytes may be cut."""

from __future__ import annotations

import os
import random
import shutil
import subprocess

import pytest

from common.ssh.programs import AS_LOGIN, MAX_NOISE_BYTES, Marked, first_line

NONCE = "0123456789abcdef"
SHELLS = ["dash", "bash", "bash --posix", "busybox sh", "tcsh", "rbash", "fish", "zsh", "mksh"]
WORDS = [
    "plain",
    "",
    "a b",
    "it's",
    '"quoted"',
    "$HOME `id` $(id)",
    "!history",
    "back\\slash \\n \\0101 \\c",
    "%s%d%%",
    "-n",
    "two\nlines\n",
    "中文 \u202e",
    "*?[x]{a,b}~",
    "\t tab",
    "#;&|<>()^",
]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_takes_the_command_line_and_hands_over_every_word(shell: str) -> None:
    program, *options = shell.split()
    if not shutil.which(program):
        why = f"{program} is not installed: scripts/test-packages.sh"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    script = 'for word in "$@"; do printf "%s\\0" "$word"; done; cat; printf "no end"; echo bad >&2; exit 7'
    stdin = first_line(["sh", "-c", script, "sh", *WORDS], NONCE) + b"its own\ninput\0\xff"
    done = subprocess.run(
        [program, *options, "-c", AS_LOGIN], input=stdin, capture_output=True, timeout=60, check=False
    )
    out, err = Marked(NONCE), Marked(NONCE)
    expected = b"".join(word.encode() + b"\0" for word in WORDS) + b"its own\ninput\0\xffno end"
    assert out.feed(done.stdout) + out.rest() == expected
    assert err.feed(done.stderr) + err.rest() == b"bad\n"
    assert (out.code, err.code, done.returncode) == (7, 7, 7)
    assert out.noise == err.noise == b""


@pytest.mark.parametrize("ends", [True, False])
def test_an_answer_is_found_however_it_is_cut(ends: bool) -> None:
    chance = random.Random(13)
    mark = f"@@{NONCE}"
    noises = [
        b"",
        b"hello\n",
        b"\x1b]0;me@node\x07",
        b"@@",
        mark[:-1].encode(),
        mark.encode() + b" ",
        b"\0\xff" * 50,
    ]
    answers = [
        b"",
        b"\n",
        b"x",
        b"@@\n",
        f"\n{mark}".encode(),
        f"\n{mark} 1234\n".encode(),
        f"\n{mark} x\n".encode() * 3,
    ]
    for noise in noises:
        for answer in answers:
            for behind in [b"", b"bye\n", f"\n{mark} 9\n".encode()] if ends else [b""]:
                last = f"\n{mark} 12\n".encode() if ends else b""
                stream = noise + f"{mark}\n".encode() + answer + last + behind
                marked, found = Marked(NONCE, ends=ends), b""
                while stream:
                    size = chance.choice([1, 2, 3, 7, 20, 1000])
                    found += marked.feed(stream[:size])
                    stream = stream[size:]
                found += marked.rest()
                assert found == answer, (noise, answer, behind)
                assert marked.begun and marked.noise == noise[:400] and marked.noise_bytes == len(noise)
                assert marked.code == (12 if ends else None)


def test_what_comes_live_is_not_held_back() -> None:
    marked = Marked(NONCE, ends=False)
    assert marked.feed(f"noise@@{NONCE}\nline\n".encode()) == b"line\n"
    assert marked.feed(b"@tick\n") == b"@tick\n"


def test_an_answer_that_breaks_off_has_no_code() -> None:
    marked = Marked(NONCE)
    assert marked.feed(f"@@{NONCE}\nhalf\n@@{NONCE} 1".encode()) == b"half"
    assert marked.rest() == f"\n@@{NONCE} 1".encode() and marked.code is None


def test_endless_noise_costs_no_memory_and_little_time() -> None:
    marked = Marked(NONCE)
    piece = (b"@@" + NONCE[:-1].encode()) * 4000
    for _ in range(200):
        assert marked.feed(piece) == b""
    assert marked.noise_bytes > MAX_NOISE_BYTES and len(marked.noise) <= 400
    assert len(marked._held) < 32
