"""A wrong clock: measured over the round trip, shown, warned of, and exported with its time."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.actor import Actor
from nodes import clock
from nodes.collection import Heard, assemble, build_command, frames, read
from nodes.collection.frames import Section
from nodes.describe import nodes_json, prefetched
from nodes.facts import ClockFacts
from nodes.models import Collection, Node
from nodes.parsers import clock as parsers
from nodes.parsers.errors import ParseError
from nodes.save_facts import save_facts
from nodes.services.export_nodes import export_nodes
from nodes.services.import_nodes import import_nodes
from nodes.services.reparse import reparse_nodes
from tests.db.nodes.test_save_facts import FACTS
from tests.support.sections import sections
from tests.support.streams import NONCE, stream

NOW = 1_796_000_000.0
DAY_S = 86_400
SEEN = datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC)
CHRONY = "Reference ID    : C0A80001 (192.168.0.1)\nStratum         : 3\nLeap status     : {}\n"
NTPQ = (
    "     remote           refid      st t when poll reach   delay   offset  jitter\n"
    "==============================================================================\n"
    "{}10.0.0.1        .GPS.            1 u   33   64  377    0.100   -0.020   0.004\n"
)
TIMEDATECTL = "      Local time: Mon 2026-11-30 01:02:03 UTC\n       Time zone: Etc/UTC (UTC, +0000)\n"


@pytest.mark.parametrize(
    ("text", "at_ms", "resolution_ms"),
    [
        ("1796000000.123456789\n", 1_796_000_000_123, 1),
        ("1796000000.5", 1_796_000_000_500, 1),
        ("1796000000.%N", 1_796_000_000_500, 1000),  # busybox
        ("1796000000.N", 1_796_000_000_500, 1000),
        ("1796000000.", 1_796_000_000_500, 1000),
        ("1796000000", 1_796_000_000_500, 1000),
        ("0.000000001", 0, 1),
        ("-86400.250000000", -86_399_750, 1),  # before 1970 the fraction still counts forwards
        ("4102444800.0", 4_102_444_800_000, 1),
        ("253402300800.0", 253_402_300_800_000, 1),
    ],
)
def test_dates_that_date_prints(text: str, at_ms: int, resolution_ms: int) -> None:
    assert parsers.parse_date(text) == parsers.Moment(at_ms, resolution_ms)


@pytest.mark.parametrize(
    "text", ["", "Mon Nov 30", "+%s.%N", "12.34.56", "١٧٩٦", "9" * 40, "date: bad -s", "1e9", "1\n2"]
)
def test_what_is_no_number_of_seconds_is_none(text: str) -> None:
    with pytest.raises(ParseError):
        parsers.parse_date(text)


@given(st.text(max_size=400))
def test_any_text_is_understood_or_refused(text: str) -> None:
    for parse in (parsers.parse_date, parsers.parse_timedatectl, parsers.parse_chronyc, parsers.parse_ntpq):
        try:
            parse(text)
        except ParseError:
            continue


def measured(
    first: str, last: str | None, *, sent: float = NOW, received: float = NOW + 4, **tools: str
) -> ClockFacts | None:
    named: dict[str, str | Section | None] = dict(tools.items())
    return assemble(
        sections({"clock": first, "clock-end": last, **named}), "172.16.80.11", Heard(sent, received)
    ).clock


def date_text(at_s: float) -> str:
    """Write a time as date(1) does, before 1970 too: the whole second below, and the nanoseconds above it."""
    second = math.floor(at_s)
    return f"{second}.{min(int((at_s - second) * 1e9), 999_999_999):09d}"


@given(
    offset_s=st.floats(-3e9, 3e9),
    there_s=st.floats(0, 5),
    ran_s=st.floats(0, 80),
    back_s=st.floats(0, 5),
)
def test_the_true_offset_lies_within_the_uncertainty(
    offset_s: float, there_s: float, ran_s: float, back_s: float
) -> None:
    """Keep the true offset within the uncertainty, whatever times the way there, the script and the way back take."""
    begin, end = NOW + there_s, NOW + there_s + ran_s
    texts = (date_text(begin + offset_s), date_text(end + offset_s))
    found = measured(*texts, received=end + back_s)
    assert found is not None
    assert abs(found.offset_ms - offset_s * 1000) <= found.uncertainty_ms + 2
    assert found.uncertainty_ms <= (there_s + back_s) * 500 + 3


def test_how_long_the_script_ran_is_no_uncertainty() -> None:
    found = measured(f"{NOW + 0.010:.3f}", f"{NOW + 60.010:.3f}", received=NOW + 60.020)
    assert found is not None and abs(found.offset_ms) <= 1 and found.uncertainty_ms <= 12


@pytest.mark.parametrize("last", [None, f"{NOW - 3600:.0f}", f"{NOW + 3600:.0f}", "rubbish"])
def test_a_clock_that_is_set_meanwhile_or_breaks_off_is_measured_by_its_beginning(last: str | None) -> None:
    found = measured(f"{NOW + 1:.3f}", last)
    assert found is not None and abs(found.offset_ms) <= found.uncertainty_ms and found.uncertainty_ms <= 2001


def test_a_date_that_is_no_number_is_said_and_stops_nothing() -> None:
    given_sections = sections({"clock": "Mon Nov 30 01:02:03 UTC 2026"})
    facts = assemble(given_sections, "172.16.80.11", Heard(NOW, NOW + 1))
    assert facts.clock is None and any(
        "the offset of its clock is unknown" in warning for warning in facts.warnings
    )
    # Re-read output has no times of ours: nothing new.
    again = assemble(given_sections, "172.16.80.11")
    assert again.clock is None and not any("clock" in warning for warning in again.warnings)


@pytest.mark.parametrize(
    ("tools", "kept"),
    [
        ({}, (None, "")),
        ({"chronyc": CHRONY.format("Normal")}, (True, "chrony")),
        ({"chronyc": CHRONY.format("Not synchronised")}, (False, "chrony")),
        ({"ntpq": NTPQ.format("*")}, (True, "ntpd")),
        ({"ntpq": NTPQ.format(" ")}, (False, "ntpd")),
        (
            {"timedatectl": f"{TIMEDATECTL}System clock synchronized: yes\n     NTP service: active\n"},
            (True, "systemd-timesyncd"),
        ),
        (
            {"timedatectl": f"{TIMEDATECTL}System clock synchronized: no\n     NTP service: inactive\n"},
            (False, ""),
        ),
        # systemd 229 of Ubuntu 16.04
        (
            {"timedatectl": f"{TIMEDATECTL} Network time on: yes\nNTP synchronized: no\n"},
            (False, "systemd-timesyncd"),
        ),
        ({"timedatectl": f"{TIMEDATECTL} NTP service: n/a\n"}, (None, "")),
        (
            {
                "chronyc": CHRONY.format("Normal"),
                "timedatectl": f"{TIMEDATECTL}System clock synchronized: no\n",
            },
            (True, "chrony"),
        ),
        ({"chronyc": "506 Cannot talk to daemon\n", "ntpq": "rubbish"}, (None, "")),
    ],
)
def test_what_keeps_the_clock(tools: dict[str, str], kept: tuple[bool | None, str]) -> None:
    found = measured(str(NOW), str(NOW + 4), **tools)
    assert found is not None and (found.synchronised, found.source) == kept


@pytest.mark.parametrize(
    ("offset_ms", "uncertainty_ms", "level", "words"),
    [
        (20, 10, "", "differs by 0.02 s (± 0.01 s)"),
        (5_000, 0, "", "differs by 5 s"),
        (6_000, 2_000, "", "differs by 6 s (± 2 s)"),
        (5_001, 0, "warning", "is 5.001 seconds ahead of"),
        (-192_000, 50, "warning", "is 3 minutes behind"),
        (86_400_000, 0, "warning", "is 1 day ahead of"),
        (86_400_001, 0, "error", "is 1 day ahead of"),
        (-90_061_000, 0, "error", "is 1 day 1 hour behind"),
        (-56 * 365 * 86_400_000, 0, "error", "is 56.0 years behind"),
        (10**15, 0, "error", "is 31688.1 years ahead of"),
    ],
)
def test_from_when_on_it_matters_and_how_it_is_said(
    offset_ms: int, uncertainty_ms: int, level: str, words: str
) -> None:
    assert clock.level(offset_ms, uncertainty_ms) == level
    assert clock.describe(offset_ms, uncertainty_ms).startswith(words)
    said = clock.sentence(ClockFacts(offset_ms, uncertainty_ms, SEEN))
    assert bool(said) == bool(level) and (not said or "date -u -s" in said)


@pytest.mark.parametrize("shell", [["dash"], ["bash"], ["busybox", "sh"]], ids=" ".join)
def test_the_script_tells_the_time_at_its_beginning_and_at_its_end(shell: list[str]) -> None:
    if shutil.which(shell[0]) is None:
        pytest.skip(f"{shell[0]} is not installed here (apt-get install {shell[0]})")
    argv, script = build_command(NONCE)
    before = datetime.now(UTC).timestamp()
    done = subprocess.run([*shell, *argv[1:]], input=script, capture_output=True, timeout=60, check=True)
    heard = Heard(before, datetime.now(UTC).timestamp())
    names = list(frames.parse(done.stdout, NONCE))
    assert names[0] == "clock" and names[-1] == "clock-end"
    facts = read(done.stdout, NONCE, "127.0.0.1", heard)
    assert facts.clock is not None and abs(facts.clock.offset_ms) <= facts.clock.uncertainty_ms + 2
    assert clock.sentence(facts.clock) == ""


@pytest.fixture
def node(db: None) -> Node:
    return Node.objects.create(mgmt_address="10.0.0.1")


def shown() -> dict[str, Any]:
    return nodes_json(prefetched())[0]


OFF = ClockFacts(-3 * DAY_S * 1000, 40, SEEN, False, "chrony")


def test_a_wrong_clock_is_stored_shown_and_warned_of_until_it_is_right(node: Node) -> None:
    save_facts(node, replace(FACTS, clock=OFF), by="ann")
    assert shown()["clock"] == {
        "offset_ms": -259_200_000,
        "uncertainty_ms": 40,
        "measured_at": "2026-11-30T01:02:03.000Z",
        "synchronised": False,
        "source": "chrony",
    }
    (warning,) = shown()["warnings"]
    assert "3 days behind" in warning and "chrony has not set it" in warning
    right = replace(OFF, offset_ms=3, synchronised=True, measured_at=SEEN + timedelta(hours=1))
    assert save_facts(Node.objects.get(), replace(FACTS, clock=right), by="ann") == []
    assert shown()["clock"]["offset_ms"] == 3 and shown()["warnings"] == []
    # A machine that was asked and reported no time: the known offset is old.
    save_facts(Node.objects.get(), FACTS, by="ann")
    assert shown()["clock"] is None


def test_reading_again_what_was_said_keeps_what_was_measured_then(node: Node, actor: Actor) -> None:
    facts = read(stream(), NONCE, "10.0.0.1")
    save_facts(node, replace(facts, clock=OFF), by="ann", raw=stream())
    reparse_nodes(addresses=["10.0.0.1"], actor=actor)
    assert shown()["clock"]["offset_ms"] == OFF.offset_ms
    assert sum(warning.startswith(clock.CLOCK) for warning in shown()["warnings"]) == 1
    assert Collection.objects.count() == 2


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_measurement_is_exported_with_its_time_and_an_older_one_replaces_none(
    node: Node, actor: Actor, kind: str
) -> None:
    save_facts(node, replace(FACTS, clock=OFF), by="ann")
    before = shown()["clock"]
    data = "".join(export_nodes(nodes=prefetched(), format=kind)).encode()
    Node.objects.all().delete()
    import_nodes(data=data, actor=actor, file=f"nodes.{kind}")
    assert shown()["clock"] == before and len(shown()["warnings"]) == 1
    newer = replace(OFF, offset_ms=1, measured_at=SEEN + timedelta(days=1))
    save_facts(Node.objects.get(), replace(FACTS, clock=newer), by="ann")
    import_nodes(data=data, actor=actor, file=f"nodes.{kind}")
    assert shown()["clock"]["offset_ms"] == 1 and shown()["warnings"] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"offset_ms": "soon"},
        {"offset_ms": 10**17},
        {"uncertainty_ms": -1},
        {"measured_at": "yesterday"},
        {"source": 5},
    ],
)
def test_a_file_with_an_impossible_measurement_is_refused(
    node: Node, actor: Actor, changed: dict[str, Any]
) -> None:
    save_facts(node, replace(FACTS, clock=OFF), by="ann")
    document = json.loads("".join(export_nodes(nodes=prefetched())))
    document["node_set"][0]["clock"].update(changed)
    with pytest.raises(Exception, match="clock"):
        import_nodes(data=json.dumps(document).encode(), actor=actor)
    assert shown()["clock"]["offset_ms"] == OFF.offset_ms
