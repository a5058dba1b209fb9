"""Our listeners in foreign files: only they change."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.haproxy.core import merge_listeners, read_listeners
from zones.core.rendering import render_haproxy

OURS = render_haproxy(["10.0.0.1", "10.0.0.2"], global_protocol="https", fusion=False)
HEAD = "# by hand, \tlook here\nglobal\n\tdaemon\n\ndefaults\n    timeout connect 5s\n"
STATS = "\n# people look at this\nlisten stats\n    bind :1936\n    mode http\n"
OLD = "listen api-front\n    bind 0.0.0.0:7777\n    # an old note\n    server a 1.2.3.4:1 check\n"


def test_what_is_missing_is_appended() -> None:
    assert merge_listeners(HEAD + STATS, OURS) == HEAD + STATS + "\n" + OURS
    assert merge_listeners("", OURS) == OURS
    assert merge_listeners(HEAD.rstrip("\n"), OURS) == HEAD + "\n" + OURS


def test_a_listener_is_replaced_where_it_stands() -> None:
    merged = merge_listeners(HEAD + OLD + STATS, OURS)
    ours = OURS.split("\n\n")
    assert merged == HEAD + ours[0] + "\n" + STATS + "\n" + "\n\n".join(ours[1:])
    assert merge_listeners(merged, OURS) == merged


def test_twice_the_same_name_becomes_one() -> None:
    merged = merge_listeners(OLD + STATS + OLD, OURS)
    assert merged.count("listen api-front") == 1 and STATS in merged


@pytest.mark.parametrize("kind", ["frontend", "backend"])
def test_a_name_that_somebody_else_uses(kind: str) -> None:
    with pytest.raises(ValueError, match=f"a {kind} named api-front"):
        merge_listeners(f"{kind} api-front\n    mode tcp\n", OURS)


def test_windows_line_ends_stay() -> None:
    merged = merge_listeners((HEAD + OLD + STATS).replace("\n", "\r\n"), OURS)
    assert merged.replace("\r\n", "\n") == merge_listeners(HEAD + OLD + STATS, OURS)
    assert merged.count("\n") == merged.count("\r\n")


def test_a_file_that_ends_in_half_a_line_end() -> None:
    merged = merge_listeners(HEAD.rstrip("\n") + "\r", OURS)
    assert merged == HEAD.rstrip("\n") + "\r\n\r\n" + OURS.replace("\n", "\r\n")
    assert merge_listeners(merged, OURS) == merged


@pytest.mark.parametrize("line", ["    # kept in C:\\\n", "    description a \\\n"])
def test_a_backslash_at_the_end_continues_no_line(line: str) -> None:
    merged = merge_listeners(HEAD + OLD + line + STATS, OURS)
    assert STATS in merged and line in merged if "#" in line else STATS in merged
    assert merge_listeners(merged, OURS) == merged


@pytest.mark.parametrize(
    "section",
    [
        "listen old\n    bind 0.0.0.0:7777\n",
        "listen old 10.0.0.9:7777\n    mode tcp\n",
        "frontend old # ours\n\tbind *:80,:7777 name x # a word\n",
        "frontend old\n    bind :7000-8000\n",
        "frontend old\n    bind ipv4@:7777\n",
        "frontend old\n    bind [::]:7777 v4v6\n",
        "frontend old\n    bind tcp@*:7777\n",
        "frontend old\n    bind tcp4@10.0.0.9:7777\n",
        "frontend old\n    bind ':7777'\n",
        'frontend old\n    "bind" ":"7777\n',
        'frontend old\n    bind "${ADDRESS-10.0.0.9}:7777"\n',
        "frontend old\n    bind :7777 name 'a # b'\n",
        "log-forward old\n    bind :7777\n",
    ],
)
def test_a_port_that_somebody_else_listens_on(section: str) -> None:
    with pytest.raises(
        ValueError, match=r"old in the file listens on port (7777|8000), which .*-front needs"
    ):
        merge_listeners(HEAD + section + STATS, OURS)


@pytest.mark.parametrize(
    "section",
    [
        "frontend old\n    # bind :7777\n    bind :17777\n",
        "frontend old\n    bind /run/7777.sock\n    bind abns@x:7777\n",
        "backend old\n    server a 1.2.3.4:7777\n",
    ],
)
def test_ports_that_are_free(section: str) -> None:
    assert section in merge_listeners(HEAD + section, OURS)


def test_the_same_port_on_another_address() -> None:
    ours = render_haproxy(["10.0.0.1"], global_protocol="https", fusion=False, bind="10.0.0.5")
    other = "frontend old\n    bind 10.0.0.6:7777\n"
    assert other in merge_listeners(other, ours)
    with pytest.raises(ValueError, match="port 7777"):
        merge_listeners(other.replace("10.0.0.6", "10.0.0.5"), ours)


def test_a_listener_within_a_condition() -> None:
    text = f".if defined(X)\n{OLD}.endif\n{STATS}"
    with pytest.raises(ValueError, match=r"api-front in the file contains \.endif"):
        merge_listeners(text, OURS)


def test_a_listener_in_one_branch_of_a_condition() -> None:
    text = f".if defined(X)\n{STATS}{OLD}{STATS}.endif\n"
    with pytest.raises(ValueError, match="api-front in the file is inside a condition"):
        merge_listeners(text, OURS)
    assert merge_listeners(f".if defined(X)\n{STATS}.endif\n", OURS).startswith(".if")


def test_a_condition_without_an_end() -> None:
    with pytest.raises(ValueError, match=r"an \.if without a matching \.endif"):
        merge_listeners(f"{HEAD}.if defined(X)\n{STATS}", OURS)


def test_a_port_that_only_the_node_knows() -> None:
    with pytest.raises(ValueError, match=r"frontend old in the file takes its port from a variable"):
        merge_listeners(HEAD + 'frontend old\n    bind "*:${PORT}"\n', OURS)


@pytest.mark.parametrize("quote", ["'", '"'])
def test_a_name_in_quotes_is_the_same_name(quote: str) -> None:
    text = OLD.replace("api-front", f"{quote}api-front{quote}")
    assert merge_listeners(text, OURS) == merge_listeners(OLD, OURS)


def test_an_indented_section_and_one_with_its_address_behind_its_name() -> None:
    text = HEAD + "  listen api-front 0.0.0.0:7777\n      server a 1.2.3.4:1\n" + STATS
    merged = merge_listeners(text, OURS)
    assert merged == merge_listeners(HEAD + OLD + STATS, OURS) and "1.2.3.4" not in merged


WEB = "frontend web\n  bind :80\n  default_backend b\n"
BACKEND = "backend b\n  server x 1.1.1.1:1\n"
FOREIGN = st.lists(st.sampled_from([HEAD, STATS, WEB, "# only a comment\n", "\n\n", BACKEND]), max_size=5)


@given(before=FOREIGN, middle=FOREIGN, present=st.booleans(), ended=st.booleans())
def test_the_rest_is_kept_byte_for_byte(
    before: list[str], middle: list[str], present: bool, ended: bool
) -> None:
    foreign = "".join(before), "".join(middle)
    text = foreign[0] + (OLD if present else "") + foreign[1]
    text = text if ended else text.rstrip("\n")
    merged = merge_listeners(text, OURS)
    assert merge_listeners(merged, OURS) == merged
    assert [item.name for item in sorted(read_listeners(merged), key=lambda item: item.name)] == [
        "api-front",
        "io-front",
        "ws-front",
    ]
    for part in foreign:
        assert part.strip("\n") in merged
    if not present:
        assert merged.startswith(text)


LINE = st.text(alphabet="ab #'\"\\$:/.-\t\r\u00a0\u2028é7", max_size=12).map(lambda text: f"  x {text}\n")
HEADER = st.sampled_from(
    [
        "frontend web\n",
        "backend b # c\n",
        '"listen" x\n',
        "\tlisten\ty\r\n",
        "defaults d from e\n",
        "peers p\n",
    ]
)
BLOCK = st.tuples(HEADER, st.lists(LINE, max_size=4)).map(lambda parts: parts[0] + "".join(parts[1]))
OLDER = st.sampled_from(
    [OLD, 'listen "api-front"\n  bind :1\n', " listen\tws-front from d # é\n\tserver a 1.1.1.1:1\n"]
)


@given(parts=st.lists(st.tuples(st.booleans(), BLOCK, OLDER), max_size=6))
def test_whatever_others_wrote_is_kept(parts: list[tuple[bool, str, str]]) -> None:
    text = "".join(older if ours else block for ours, block, older in parts)
    merged = merge_listeners(text, OURS)
    assert merge_listeners(merged, OURS) == merged
    left = merged.replace("\r\n", "\n")
    for section in OURS.split("\n\n"):
        assert left.count(section.strip("\n")) == 1
        left = left.replace(section.strip("\n") + "\n", "")
    kept = "".join(block for ours, block, _ in parts if not ours).replace("\r\n", "\n")
    assert left.rstrip("\n") == kept.rstrip("\n")


def test_what_the_listeners_lead_to() -> None:
    api, ws, _ = read_listeners(HEAD + OURS)
    assert (api.name, api.address, api.port) == ("api-front", "0.0.0.0", 7777)
    assert api.servers == (("apiserver_0", "10.0.0.1", 443), ("apiserver_1", "10.0.0.2", 443))
    assert ws.port == 8565
