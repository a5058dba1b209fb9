"""Answering addresses are never allocated: real connections on loopback, and their effect on a plan."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from common.errors import Refused
from tests.fixtures.region import Region, scale_file
from tests.support.newzone import HYPERS, drafted_zone, settings_file, variables_file
from zones.models import VbcAssignment
from zones.services import address_probe as asking
from zones.services import configure
from zones.services.address_probe import answering
from zones.services.configure import config_qingcloud

NEIGHBOURS = """\
IP address       HW type     Flags       HW address            Mask     Device
10.0.0.7         0x1         0x2         52:54:00:00:00:07     *        bond0
10.0.0.8         0x1         0x0         00:00:00:00:00:00     *        bond0
10.0.0.9         0x1         0x2         52:54:00:00:00:fe     *        bond0
10.0.0.10        0x1         0x2         52:54:00:00:00:fe     *        bond0
"""


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return an address whose port accepts no more connections: the kernel drops what is sent there."""
    monkeypatch.setattr(asking, "WAIT_S", 0.3)
    with ExitStack() as opened:
        server = opened.enter_context(socket.socket())
        server.bind(("127.9.9.1", 0))
        server.listen(0)
        monkeypatch.setattr(asking, "PORT", server.getsockname()[1])
        for _ in range(4):
            peer = opened.enter_context(socket.socket())
            peer.setblocking(False)
            peer.connect_ex(server.getsockname())
        yield "127.9.9.1"


def test_who_accepts_or_refuses_is_there_and_who_is_silent_is_not(silent: str) -> None:
    with socket.socket() as server:
        server.bind(("127.9.9.2", asking.PORT))
        server.listen()
        assert asking._connected([silent, "127.9.9.2", "127.9.9.3"]) == {"127.9.9.2", "127.9.9.3"}


def test_loopback_is_not_asked() -> None:
    assert answering(["127.9.9.3", "::1"]) == frozenset()


def test_neighbours_that_answered_arp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = tmp_path / "arp"
    monkeypatch.setattr(asking, "_NEIGHBOURS", table)
    monkeypatch.setattr(asking, "_connected", lambda addresses: set())
    asked = [f"10.0.0.{number}" for number in range(7, 12)]
    assert answering(asked) == frozenset()
    table.write_text(NEIGHBOURS)
    # One machine that answers for several addresses is a router between.
    assert answering(asked) == {"10.0.0.7"}


def answers(monkeypatch: pytest.MonkeyPatch, *there: str) -> list[frozenset[str]]:
    """Place machines at these addresses; return what was asked."""
    asked: list[frozenset[str]] = []

    def look(addresses: frozenset[str]) -> frozenset[str]:
        asked.append(addresses)
        return frozenset(addresses & set(there))

    monkeypatch.setattr(configure, "answering", look)
    return asked


def test_a_vip_that_answers_is_left_out_and_told(region: Region, monkeypatch: Any) -> None:
    region.nodes(21, 22)
    there = ["172.16.80.200", "172.16.80.201", "172.16.80.202"]
    asked = answers(monkeypatch, *there)
    taken = set(VbcAssignment.objects.values_list("ipv4_vip", flat=True))
    roles = {21: "hyper-repl", 22: "hyper-repl"}
    [done] = config_qingcloud(variables=[], settings=[scale_file(roles)], actor=region.actor)
    assert done.plan is not None
    given = set(done.plan.vbcs.values_list("ipv4_vip", flat=True)) - taken
    assert given and not given & {*there, *taken}
    told = [item for item in done.findings if item.code == "A05"]
    assert (
        len(told) == 1
        and told[0].level == "warning"
        and "answer but belong to no registered node" in told[0].detail
    )
    assert all(not batch & taken for batch in asked), "what the zone has is its own"
    assert len(frozenset().union(*asked)) == sum(map(len, asked)), "nobody is asked twice"


def test_a_management_address_that_answers(region: Region, monkeypatch: Any) -> None:
    [proxy, *_] = drafted_zone(region).vms["proxy"]
    answers(monkeypatch, proxy)
    [done] = config_qingcloud(variables=[variables_file()], settings=[settings_file()], actor=region.actor)
    assert done.plan is not None
    assert proxy not in {address for found in done.plan.vms.values() for address in found}


def test_a_vip_that_a_person_chose_and_that_answers_is_refused(region: Region, monkeypatch: Any) -> None:
    drafted_zone(region)
    first, second = (f"172.16.80.{number}" for number in HYPERS)
    vip = "172.16.80.239"
    vbc = {"mgmt_ips": [first, second], "ipv4_vbc": "10.20.77.0/24", "ipv4_vip": f"{vip}|{first}"}
    files = {
        "variables": [variables_file(installer_allocate_vbc=0)],
        "settings": [settings_file(vbc=[vbc])],
        "actor": region.actor,
    }
    answers(monkeypatch, vip)
    with pytest.raises(Refused) as refusal:
        config_qingcloud(**files)
    assert f"the VIP {vip} is in use by a machine that answers" in str(refusal.value)
    answers(monkeypatch)
    [done] = config_qingcloud(**files)
    assert done.plan is not None


def test_where_everything_answers_nothing_is_told_by_it(region: Region, monkeypatch: Any) -> None:
    region.nodes(21, 22)
    monkeypatch.setattr(configure, "MAX_ANSWERED", 3)
    monkeypatch.setattr(configure, "answering", frozenset)
    roles = {21: "hyper-repl", 22: "hyper-repl"}
    [done] = config_qingcloud(variables=[], settings=[scale_file(roles)], actor=region.actor)
    assert done.plan is not None and [item for item in done.findings if item.code == "A05"]
