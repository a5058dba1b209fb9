"""The reader of settings files in Python, and the one in sh on the node: both refuse a text, or both read the same."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from common.characters import SHOWN, shown
from operations.scripts import arguments, component_script, settings_reader, settings_script
from zones.core.rendering.settings_reader import quoted, read_settings

# Debian's own two are always there; busybox (apt-get install busybox) where it was installed.
SHELLS = [
    shell
    for shell in (["dash"], ["busybox", "sh"], ["bash"], ["bash", "--posix"])
    if shell[0] != "busybox" or shutil.which("busybox")
]
Read = dict[str, str] | None
# Each file on its own, and how it ended; a value of the grammar holds none of these marks.
BATCH = """
setting() { printf '\\002%s\\003%s' "$1" "$2"; }
while read -r size file; do
    printf '\\001'
    (read_settings "$size" <"$file") 2>/dev/null || printf '\\004%s' "$?"
done
"""
KEYS = ["hostname", "role", "data_disks", "vpool_reason", "a", "path", "ifs", "x9_", "Role", "9a", "", "é"]
SEEN = [chr(point) for bounds in SHOWN for point in bounds]
CANARY = "touch pwned"
# The property Quotation_Mark of Unicode (PropList.txt); some of them are brackets or punctuation by category.
QUOTATION_MARKS = (
    "\"'\u00ab\u00bb\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2039\u203a\u2e42\u300c\u300d\u300e\u300f"
    "\u301d\u301e\u301f\ufe41\ufe42\ufe43\ufe44\uff02\uff07\uff62\uff63"
)


def in_shell(shell: list[str], folder: Path, files: Sequence[bytes]) -> list[Read]:
    """Return what the reader on the node makes of each file, None where it refuses. One process reads all of them."""
    rows = []
    for number, data in enumerate(files):
        (folder / str(number)).write_bytes(data)
        rows.append(f"{len(data)} {number}\n")
    script = "set -eu\nLC_ALL=C\nexport LC_ALL\n" + settings_reader() + BATCH
    done = subprocess.run(
        [*shell, "-c", script], input="".join(rows).encode(), capture_output=True, cwd=folder, timeout=300
    )
    assert done.returncode == 0, done.stderr[-500:]
    answers = done.stdout.split(b"\1")[1:]
    assert len(answers) == len(files)
    return [_read(answer) for answer in answers]


def _read(answer: bytes) -> Read:
    values, refused, code = answer.partition(b"\4")
    assert not refused or code == b"2", code
    pairs = [item.partition(b"\3") for item in values.split(b"\2")[1:]]
    return None if refused else {key.decode(): value.decode() for key, _, value in pairs}


def in_python(data: bytes) -> Read:
    try:
        return read_settings(data.decode())
    except ValueError:
        return None


def odd_characters() -> list[str]:
    """Return blank, quote, control, format and dash characters of Unicode, and marks that are letters by category."""
    wanted = ("Zs", "Zl", "Zp", "Cc", "Cf", "Pi", "Pf", "Pd", "Pc")
    found = [chr(point) for point in range(sys.maxunicode + 1) if unicodedata.category(chr(point)) in wanted]
    return [
        *found,
        *"\u115f\u1160\u2800\u3164\uffa0\u034f\ufe0f\U000e0101\ufffe",
        *(mark for mark in QUOTATION_MARKS if mark not in found),
        *"`$\\#=;&|()<>!*?[]{}~%\n",
    ]


def generated(count: int) -> list[str]:
    """Write settings files of a hostile editor or a careless paste; most lines are correct."""
    dice = random.Random(13)  # the same files each time
    odd = odd_characters()
    files = []
    for number in range(count):
        char = odd[number % len(odd)]
        other = dice.choice([*odd, *SEEN])
        lines = [
            '## Role\nrole="vg"',
            f'hostname="pek3r01n{number:02}"',
            f"{char}# checked $({CANARY}) || :",
            f'{char}vpool_reason="a{other}b"',
            f'role{char}="vg"',
            f'data_disks="{char}$({CANARY})"',
            f'os_name="\\{char}"',
            f'os_name="{char}{other}"',
            f"# {char}{other} 注释：好，的",
            f'os_version="1"{char}{CANARY}',
            f'os_version="1"{char}# $({CANARY})',
            f'cpu_arch="x"{char}',
            f"{char}",
            f"`{CANARY}`{char}",
            f'zone_id="a\\"{char}\\$({CANARY})\\`\\\\"',
            '  region_id="pek3"\t ',
            f"@end of settings\n{CANARY}",
            f"@end of settings{char}",
        ]
        chosen = dice.sample(lines, dice.choice([1, 1, 2, 3]))
        end = "" if dice.random() < 0.02 else "\n"
        files.append("\n".join(chosen) + end)
    return files


@pytest.mark.parametrize("shell", SHELLS, ids="-".join)
def test_a_thousand_files_of_odd_characters(shell: list[str], tmp_path: Path) -> None:
    texts = generated(1200)
    files = [text.encode("utf-8", "surrogatepass") for text in texts]
    expected = [in_python(data) for data in files]
    assert in_shell(shell, tmp_path, files) == expected
    assert not (tmp_path / "pwned").exists()
    assert sum(item is not None for item in expected) > 100, "many of them are right ones"


@pytest.mark.parametrize("shell", SHELLS, ids="-".join)
def test_nothing_of_a_settings_file_runs_on_a_node(shell: list[str], tmp_path: Path) -> None:
    """Run whole components, as they are sent; the tools they call answer as the test sets."""
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin" / "ip"
    tool.write_text("#!/bin/sh\nexit 0\n")
    tool.chmod(0o755)
    sent = 0
    for text in generated(150):
        try:
            script = component_script("network", text)
        except ValueError:
            continue
        sent += 1
        subprocess.run(
            [*shell, "-c", script],
            cwd=tmp_path,
            env={"PATH": f"{tmp_path}/bin:/usr/bin:/bin"},
            capture_output=True,
        )
        assert not (tmp_path / "pwned").exists(), text
    assert sent > 5


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.one_of(
            st.text(max_size=40),
            st.text(alphabet='ab_="\\$`# \t\n', max_size=30),
            st.lists(
                st.tuples(st.sampled_from(KEYS), st.text(max_size=12)).map(
                    lambda pair: f"{pair[0]}={quoted(pair[1])}"
                ),
                max_size=4,
            ).map(lambda lines: "".join(f"{line}\n" for line in lines)),
        ).map(lambda text: text.encode("utf-8", "replace")),
        min_size=20,
        max_size=60,
    )
)
def test_any_text_is_refused_by_both_or_read_alike(
    tmp_path_factory: pytest.TempPathFactory, files: list[bytes]
) -> None:
    expected = [in_python(data) for data in files]
    for shell in SHELLS[:-1]:
        assert in_shell(shell, tmp_path_factory.mktemp("files"), files) == expected


@pytest.mark.parametrize("shell", SHELLS, ids="-".join)
def test_bytes_that_are_no_text(shell: list[str], tmp_path: Path) -> None:
    bad = [
        b'a="\xff"\n',
        b'a="\xc3"\n',
        b'a="\xe4\xb8"\n',
        b'a="\xc0\xaf"\n',
        b'a="\xed\xa0\x80"\n',
        b'a="1\0"\n',
    ]
    bad += [
        b'a="1"',
        b'a="1"\r\n',
        b'\xef\xbb\xbfa="1"\n',
        b"\0",
        b'a="1"\n\0',
        b'a="' + b"x" * 32_765 + b'"\n',
    ]
    good = [b"", b"\n", b'a=""\n', b'a="' + b"x" * 32_764 + b'"\n', 'a="\u4e2d"\n'.encode()]
    assert in_shell(shell, tmp_path, bad) == [None] * len(bad)
    assert [in_python(data) for data in bad] == [None] * len(bad)
    assert in_shell(shell, tmp_path, good) == [in_python(data) for data in good] != [None] * len(good)


# bash --posix compares characters as bash does; it reads the thousand files, which have the odd ones of them.
@pytest.mark.parametrize("shell", SHELLS[:-1], ids="-".join)
def test_every_character_is_judged_alike(shell: list[str]) -> None:
    points = [point for point in range(0x20, 0x30000) if not 0xD800 <= point <= 0xDFFF]
    script = settings_reader() + 'while IFS= read -r char; do all_shown "$char" && echo y || echo n; done'
    done = subprocess.run(
        [*shell, "-c", f"LC_ALL=C\nexport LC_ALL\n{script}"],
        input="".join(f"{chr(point)}\n" for point in points).encode(),
        capture_output=True,
        timeout=300,
        check=True,
    )
    answers = done.stdout.split()
    assert len(answers) == len(points)
    wrong = [
        point for point, answer in zip(points, answers, strict=True) if shown(chr(point)) != (answer == b"y")
    ]
    assert wrong == []


@pytest.mark.parametrize("shell", SHELLS, ids="-".join)
def test_a_shell_that_takes_it_for_its_own_reads_the_same(shell: list[str], tmp_path: Path) -> None:
    """Read the same in a shell that sources the file, as programs of the platform on the node may."""
    texts = [text for text in generated(1200) if in_python(text.encode("utf-8", "surrogatepass"))]
    for number, text in enumerate(texts):
        (tmp_path / f"{number}").write_text(text)
    names = "hostname role data_disks vpool_reason os_name os_version cpu_arch zone_id region_id"
    show = " ".join(f"${{{name}-}}" for name in names.split())
    script = (
        f'i=0; while [ $i -lt {len(texts)} ]; do (. "./$i"; printf "%s|\\001" "{show}"); i=$((i+1)); done'
    )
    done = subprocess.run([*shell, "-c", script], cwd=tmp_path, capture_output=True, timeout=300)
    expected = []
    for text in texts:
        values = read_settings(text)
        expected.append(" ".join(values.get(name, "") for name in names.split()) + "|")
    assert done.stdout.decode().split("\1")[:-1] == expected
    assert done.stderr == b""
    assert not (tmp_path / "pwned").exists()


@pytest.mark.parametrize("shell", SHELLS, ids="-".join)
def test_a_component_has_these_variables_and_no_others(shell: list[str]) -> None:
    text = 'role="ks"\nhostname="中 \\$(id)"\neip_network_12="1.2.3.0/24"\n'
    script = "set -eu\nLC_ALL=C\n" + settings_script(text) + arguments({"other": "it's\n$(id)\u00a0"})
    script += '\nprintf "%s/%s/%s/%s" "$role" "$hostname" "$other" "${pair_hostname-none}"'
    done = subprocess.run(
        [*shell, "-c", script],
        env={"PATH": "/usr/bin:/bin", "pair_hostname": "from outside"},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == ("ks/中 $(id)/it's\n$(id)\u00a0/none", "")


@pytest.mark.parametrize("shell", SHELLS, ids="-".join)
def test_the_reader_on_the_node_knows_the_same_keys(shell: list[str]) -> None:
    """Refuse unknown keys on the node, also where the file did not come from the console."""
    for text in ('ifs="x"\n', 'path="x"\n', 'eip_network_1x="1"\n', 'eip_network_="1"\n'):
        script = (
            settings_script('role="ks"\n').replace('role="ks"\n', text).replace(" 10 <<", f" {len(text)} <<")
        )
        done = subprocess.run([*shell, "-c", script], capture_output=True, text=True)
        assert (
            done.returncode == 2
            and "contains the key" in done.stderr
            and "which no component uses" in done.stderr
        ), (text, done.stderr)
