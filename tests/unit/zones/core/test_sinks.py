"""Rendered files as their readers read them: any value is refused, or comes out as it went in."""

from __future__ import annotations

import configparser
import io
import re
import subprocess
import tarfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given
from hypothesis import strategies as st

from common.characters import deceives
from common.errors import Refused
from operations.mirror.core import mirror_script
from operations.packages.core import Package, role_conf
from operations.scripts import arguments
from tests.support.examples import examples
from zones.core.edits import check_edit
from zones.core.rendering import render_haproxy, render_server_yaml
from zones.core.rendering.sinks import host_line, list_line, program_name, unfit_setting, yaml_text, yaml_word

WORDS = st.one_of(
    st.text(max_size=20),
    st.text(alphabet="ab1.-_ \t\n#'\":[]{}%;\\\u00a0\u3000\u2028\u202e", max_size=12),
    st.from_regex(r"[a-z][a-z0-9.-]{0,10}", fullmatch=True),
)


@examples(300)
@given(WORDS, WORDS)
@example("n1", "n2\n127.0.0.1 mirror")
@example("n1 # x", "n1")
def test_a_line_of_hosts_is_one_line_with_these_names(first: str, second: str) -> None:
    try:
        line = host_line("10.0.0.1", [first, second])
    except Refused as refusal:
        assert refusal.findings[0].code == "D18"
        return
    # hosts(5): blanks and tabs between the fields, # begins a comment.
    assert re.split(r"[ \t]+", line.partition("#")[0]) == ["10.0.0.1", first, second]
    assert line.isascii() and line.isprintable()


@pytest.mark.parametrize("address", ["", "10.0.0.1 x", "10.0.0.300", "10.0.0.1\n", "1\u00a0", "fe80::1%eth0"])
def test_a_line_of_hosts_begins_with_an_address(address: str) -> None:
    with pytest.raises(Refused, match="D18"):
        host_line(address, ["n1"])


def test_libc_reads_our_lines(tmp_path: Path) -> None:
    """Read our file with libc, as /etc/hosts in a mount namespace of its own."""
    names = ["pek3cr01n01", "a-b.c", "X9"]
    path = tmp_path / "hosts"
    path.write_text(host_line("192.0.2.7", names) + "\n" + host_line("2001:db8::7", ["six"]) + "\n")
    script = f"mount --bind {path} /etc/hosts && getent hosts 192.0.2.7 2001:db8::7"
    done = subprocess.run(["unshare", "-m", "sh", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["192.0.2.7", *names],
        ["2001:db8::7", "six"],
    ]


@examples(200)
@given(WORDS)
def test_a_node_list_has_one_name_a_line(name: str) -> None:
    try:
        line = list_line(name)
    except Refused:
        return
    assert line.splitlines() == line.split() == [name]


@examples(200)
@given(WORDS)
def test_a_mirror_list_has_two_words_a_line(name: str) -> None:
    try:
        script = mirror_script([(name, "10.0.0.1"), ("n2", "10.0.0.2")], steady_s=1)
    except Refused:
        return
    assert f"\nmirror_nodes='{name} 10.0.0.1\nn2 10.0.0.2'\n" in script


@examples(300)
@given(st.dictionaries(st.text(max_size=10), st.one_of(st.text(max_size=30), st.lists(st.text(max_size=9)))))
@example({"a": "\u202eb", "c": "\ufeff", "d": "\u2028"})
def test_yaml_reads_back_and_shows_what_it_says(values: dict[str, object]) -> None:
    try:
        text = yaml_text(values)
    except UnicodeEncodeError:
        return
    assert yaml.safe_load(text) == values
    assert not any(deceives(char) for char in text)


@examples(200)
@given(st.text(max_size=20))
def test_a_word_of_server_yaml(value: str) -> None:
    try:
        assert yaml.safe_load(yaml_word(value)) == value
    except Refused:
        assert not (value.isascii() and value.isprintable())


def test_server_yaml_refuses_a_folder_with_a_line_in_it() -> None:
    with pytest.raises(Refused, match="D18"):
        render_server_yaml({"2.4.1.2": "/usr/bin\n  evil: 1"}, "2.4.1.2")
    text = render_server_yaml({"2.4.1.2": "/usr/bin", "no": "/x"}, "no").content
    assert yaml.safe_load(text)["compute_server"]["emulator"]["default"] == "no"


@examples(200)
@given(WORDS)
def test_the_supervisor_reads_one_program(name: str) -> None:
    try:
        program_name(f"{name}_server")
    except Refused:
        with pytest.raises(Refused):
            role_conf("ks", [name], "1")
        return
    [content] = role_conf("ks", [name], "1").files.values()
    # supervisor.options.UnhosedConfigParser: no interpolation of its own, inline comments after " ;".
    parser = configparser.RawConfigParser(inline_comment_prefixes=(";", "#"), strict=True)
    parser.read_string(content)
    assert parser.sections() == [f"program:{name}_server"]
    assert parser.get(f"program:{name}_server", "command") == f"/pitrix/bin/{name}_server"


@examples(100)
@given(WORDS)
@example("1\nDepends: evil")
def test_a_package_has_the_fields_that_it_was_given(version: str) -> None:
    try:
        data = Package("p", version, {}, "d").data
    except Refused:
        return
    member = data.split(b"`\n", 2)[2]
    with tarfile.open(fileobj=io.BytesIO(member)) as archive:
        file = archive.extractfile("./control")
        assert file is not None
        lines = file.read().decode().splitlines()
    assert lines[1] == f"Version: {version}" and [line.split(": ")[0] for line in lines][-1] == "Description"
    assert len(lines) == 7


@examples(200)
@given(WORDS)
def test_haproxy_gets_names_and_addresses_only(host: str) -> None:
    try:
        text = render_haproxy([host], global_protocol="http", fusion=False)
    except ValueError:
        return
    assert text.isascii() and text.count("\n    server ") == 3 and len(host.split()) == 1


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
        max_size=8,
    )
)
def test_sh_gets_every_argument_as_it_is(values: list[str]) -> None:
    named = {f"v{index}": value for index, value in enumerate(values)}
    show = "".join(f'printf "%s\\001" "$v{index}"\n' for index in range(len(values)))
    done = subprocess.run(
        ["sh", "-s"], input=(arguments(named) + show).encode(), capture_output=True, check=True
    )
    assert done.stdout.decode().removesuffix("\1") == "\1".join(values)
    assert done.stderr == b""


@pytest.mark.parametrize(
    ("key", "value", "fits"),
    [
        ("os_name", "Ubuntu \u202e", True),
        ("mgmt_network_interface", "bond0.80", True),
        ("mgmt_network_bond_slaves", "eth0 eth1", True),
        ("mgmt_network_bond_slaves", "eth0  eth1", False),
        ("data_disks", "/dev/disk/by-id/wwn-0x5000 serial:A\\x2fB", True),
        ("data_disks", "serial:A\tB", False),
        ("os_disk", "serial:\u00a0", False),
        ("hostname", "n1\n", False),
    ],
)
def test_what_fits_into_a_settings_file(key: str, value: str, fits: bool) -> None:
    assert (unfit_setting(key, value) is None) == fits


def test_drbd_takes_less() -> None:
    assert unfit_setting("drbd_disks", "/dev/disk/by-id/wwn-0x5000", drbd=True) is None
    for value in ("/dev/disk/by-id/a{b", "/dev/x;}", '/dev/"x', "/dev/a#b", "/dev/a\\x20b"):
        assert unfit_setting("drbd_disks", value) is None and unfit_setting("drbd_disks", value, drbd=True)


HOSTS = "127.0.0.1 localhost\n10.0.0.1 n1\n"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("127.0.0.1\u00a0localhost\n", "E10", "line 1 has the no-break space U+00A0 in column 10"),
        ("\u3000# x\n10.0.0.1 n1\n", "E10", "line 1 has the full-width blank U+3000 in column 1"),
        ("10.0.0.1 n1\u200b\n", "E10", "line 1 has U+200B ZERO WIDTH SPACE in column 12"),
        ("10.0.0.1 n1\uff0cn2\n", "E10", "line 1 has the full-width comma U+FF0C in column 12"),
        ("10.0.0.1 n_1\n", "E03", "is not a host name"),
        ("10.0.0.1\n", "E03", "the host name is missing"),
        ("# installer console: end\n", "E03", "is a marker for the console's part"),
    ],
)
def test_an_edited_hosts_file(text: str, code: str, words: str) -> None:
    [item] = check_edit("hosts", text, HOSTS, zone_id="z", deploy_mode="devops")
    assert item.code == code and words in item.detail and item.line == 1 and item.remedy


def test_words_of_people_in_hosts() -> None:
    text = HOSTS + "# 机房：一，二\n10.0.0.2\tn2   n3 # “新”\n"
    assert check_edit("hosts", text, HOSTS, zone_id="z", deploy_mode="devops") == []
