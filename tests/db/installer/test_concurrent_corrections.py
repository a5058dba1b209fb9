"""Two people correct the same field of a disk: the second one is shown the first correction, on every face."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rest_framework.test import APIClient

from common.actor import Actor
from installer.cli.shell_user import shell_actor
from nodes.models import DiskCorrection, Node
from nodes.services.modify import modify_disks
from tests.factories import make_node

pytestmark = pytest.mark.django_db
BOB = Actor("bob", "api")
URL = "/api/v1/disks/modify/"


class Terminal(io.StringIO):
    """A person who types this when asked."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def node() -> Node:
    return make_node(5)


def by_bob(node: Node, **change: Any) -> None:
    modify_disks(addresses=[str(node.mgmt_address)], disk="sdb", actor=BOB, **change)


def words(node: Node, *more: str) -> tuple[str, ...]:
    return ("modify_node_attributes", "-i", str(node.mgmt_address), "-d", "sdb", *more)


def stored() -> list[dict[str, Any]]:
    return list(DiskCorrection.objects.order_by("pk").values())


@pytest.mark.remedy("P79")
@pytest.mark.parametrize("change", [("-t", "sata"), ("--clear", "type"), ("-s", "0", "--clear", "type")])
def test_the_command_shows_what_would_give_way_and_does_nothing(
    node: Node, run: Any, change: tuple[str, ...]
) -> None:
    by_bob(node, type="ssd", reason="label says so")
    before = stored()
    refused = run(*words(node, *change))
    assert refused.code == 3 and "P79" in refused.err and refused.out == ""
    assert "bob corrected type of sdb" in refused.err and "label says so" in refused.err
    assert stored() == before
    # The refusal says what to give, and that names exactly what was shown.
    given = refused.err.split("--seen-at ")[1].split()[0]
    by_bob(node, type="nvme", reason="looked inside")
    again = run(*words(node, *change, "--seen-at", given))
    assert again.code == 3 and "to nvme" in again.err and "looked inside" in again.err
    given = again.err.split("--seen-at ")[1].split()[0]
    done = run(*words(node, *change, "--seen-at", given))
    assert done.code == 0 and "replaces another correction" in done.err
    assert not DiskCorrection.objects.filter(made_by="bob").exists()


def test_at_a_terminal_one_is_asked(node: Node, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    by_bob(node, type="ssd")
    monkeypatch.setattr("sys.stdin", Terminal("y\n"))
    refused = run(*words(node, "-t", "sata"))
    assert refused.code == 2 and "C10" in refused.err and "bob corrected type" in refused.err
    assert DiskCorrection.objects.get().value == "ssd"
    monkeypatch.setattr("sys.stdin", Terminal("sdb\n"))
    assert run(*words(node, "-t", "sata")).code == 0
    assert DiskCorrection.objects.get().value == "sata"


def test_what_is_said_while_one_is_asked_is_kept(
    node: Node, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_bob(node, type="ssd")

    class Slow(Terminal):
        def readline(self, size: int | None = -1, /) -> str:
            by_bob(node, type="nvme")
            return "sdb\n"

    monkeypatch.setattr("sys.stdin", Slow())
    refused = run(*words(node, "-t", "sata"))
    assert refused.code == 3 and "to nvme" in refused.err
    assert DiskCorrection.objects.get().value == "nvme"


def test_ones_own_word_and_the_same_word_and_other_fields_go_freely(node: Node, run: Any) -> None:
    for value in ("sata", "ssd", "sata"):
        assert run(*words(node, "-t", value)).code == 0
    by_bob(node, size_bytes=4 * 10**12)
    assert run(*words(node, "-t", "ssd")).code == 0
    assert run(*words(node, "-S", "4000")).code == 0, "both say the same"
    assert run(*words(node, "--clear", "type", "size")).code == 0
    assert run(*words(node, "-t", "sata")).code == 0, "who takes back their own word overrules nobody"


def test_a_correction_that_somebody_cleared_meanwhile_is_noticed(
    node: Node, run: Any, operator: APIClient
) -> None:
    assert run(*words(node, "-t", "ssd")).code == 0
    seen_at = DiskCorrection.objects.get().made_at.isoformat()
    modify_disks(
        addresses=[str(node.mgmt_address)], disk="sdb", actor=BOB, clear=["type"], reason="it is SATA",
        seen_at=DiskCorrection.objects.get().made_at,
    )  # fmt: skip
    for more in ((), ("--seen-at", seen_at)):
        refused = run(*words(node, "-t", "ssd", *more))
        assert refused.code == 3 and "bob cleared type of sdb" in refused.err and "it is SATA" in refused.err
        assert f"{shell_actor().name} had corrected to ssd" in refused.err
    assert not DiskCorrection.objects.exists()
    body = {"addresses": [str(node.mgmt_address)], "disk": "sdb", "type": "nvme"}
    for known in ({}, {"seen_at": seen_at}):
        answer = operator.post(URL, {**body, **known}, format="json")
        assert answer.status_code == 409 and "bob cleared type" in answer.json()["difference"]["changes"][0]
    assert run(*words(node, "-s", "0")).code == 0, "nothing was said of the other field"
    given = refused.err.split("--seen-at ")[1].split()[0]
    assert run(*words(node, "-t", "ssd", "--seen-at", given)).code == 0


def test_who_takes_back_their_own_word_is_only_news_to_who_saw_it(node: Node, run: Any) -> None:
    by_bob(node, type="ssd")
    seen_at = DiskCorrection.objects.get().made_at.isoformat()
    by_bob(node, clear=["type"], reason="wrong disk")
    told = run(*words(node, "-t", "nvme", "--seen-at", seen_at))
    assert told.code == 3 and "wrong disk" in told.err
    assert run(*words(node, "-t", "nvme")).code == 0


def test_rest_without_a_moment_shows_it(node: Node, operator: APIClient) -> None:
    by_bob(node, type="ssd", reason="label says so")
    before = stored()
    body = {"addresses": [str(node.mgmt_address)], "disk": "sdb", "type": "sata"}
    answer = operator.post(URL, body, format="json")
    assert answer.status_code == 409 and answer.json()["findings"][0]["code"] == "P79"
    assert "label says so" in answer.json()["difference"]["changes"][0] and stored() == before
    assert operator.post(URL, {**body, "dry_run": True}, format="json").status_code == 200
    assert stored() == before
    seen_at = DiskCorrection.objects.get().made_at.isoformat()
    assert operator.post(URL, {**body, "seen_at": seen_at}, format="json").status_code == 200
    assert DiskCorrection.objects.get().value == "sata"


@pytest.mark.parametrize("odd", ["", "now", "2026-13-45", "2026-01-31T03:12:00", "9" * 500])
def test_a_moment_that_is_none(node: Node, run: Any, odd: str) -> None:
    refused = run(*words(node, "-t", "ssd", "--seen-at", odd))
    assert refused.code == 2 and "is not a time" in refused.err
    assert not DiskCorrection.objects.exists()
