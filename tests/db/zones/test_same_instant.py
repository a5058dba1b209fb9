"""Two people write the same thing at the same instant, on two connections: one succeeds, the other is shown it."""

from __future__ import annotations

import importlib
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from common import audit
from common.actor import Actor
from common.errors import Outdated, Refused
from common.models import AuditEntry
from nodes.models import DiskCorrection
from nodes.services.modify import modify_disks
from operations.changes import make_change
from operations.models import Change, ChecklistTick
from operations.region.service import tick_checklist
from tests.factories import make_node, make_zone
from tests.fixtures.region import Region, scale_file
from zones.core.edits import file_hash
from zones.models import Plan
from zones.services.approve import approve_plan, reject_plan
from zones.services.configure import config_qingcloud
from zones.services.edit import edit_plan_file

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
ANN, BOB = Actor("ann", "admin"), Actor("bob", "api")
FILE = "settings/pek3cr01n21"
OLD, NEW = 'mgmt_network_dns_servers="172.16.80.1"', 'mgmt_network_dns_servers="172.16.80.9"'
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)
Verb = Callable[[], object]


class Person(threading.Thread):
    """A person with a connection of their own; ``refusal`` is the answer they got."""

    def __init__(self, verb: Verb, start: threading.Barrier | None = None) -> None:
        super().__init__(daemon=True)
        self.verb, self.start_with = verb, start
        self.refusal: Exception | None = None

    def run(self) -> None:
        try:
            if self.start_with:
                self.start_with.wait(30)
            self.verb()
        except Exception as error:
            self.refusal = error
        finally:
            connections.close_all()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Exception | None, Exception | None]]:
    """Let a first person come as far as the end of ``check``, then a second one as far as possible; then both on.

    Returns what each was refused with.
    """

    def play(first: Verb, second: Verb, check: str) -> tuple[Exception | None, Exception | None]:
        module, _, name = check.rpartition(".")
        there = importlib.import_module(module)
        checked, go_on = threading.Event(), threading.Event()
        real = getattr(there, name)

        def slowly(*args: Any, **named: Any) -> Any:
            answer = real(*args, **named)
            if threading.current_thread() is one:
                checked.set()
                assert go_on.wait(60)
            return answer

        monkeypatch.setattr(there, name, slowly)
        one, two = Person(first), Person(second)
        one.start()
        try:
            assert checked.wait(30), one.refusal
            two.start()
            deadline = time.monotonic() + 30
            with connection.cursor() as cursor:
                while two.is_alive() and time.monotonic() < deadline:
                    cursor.execute(WAITING)
                    if cursor.fetchone()[0]:
                        break
        finally:
            go_on.set()
        for person in (one, two):
            person.join(60)
            assert not person.is_alive()
        return one.refusal, two.refusal

    return play


@pytest.fixture
def plan(region: Region) -> Plan:
    region.nodes(21, 22)
    [done] = config_qingcloud(
        variables=[],
        settings=[scale_file({21: "hyper-repl", 22: "hyper-repl"})],
        actor=Actor("eve", "admin"),
    )
    assert done.plan is not None
    return done.plan


def verbs(plan: Plan, seen_status: str = "draft") -> tuple[Verb, Verb, str]:
    """Let Ann approve what she sees and Bob edit it, both from the same version; return the later text as well."""
    text = str(plan.files.get(path=FILE).content)
    assert OLD in text
    seen = plan.content_hash

    def approve() -> object:
        return approve_plan(plan_id=plan.plan_id, content_hash=seen, actor=ANN)

    def edit() -> object:
        return edit_plan_file(
            plan_id=plan.plan_id,
            path=FILE,
            content=text.replace(OLD, NEW),
            made_from=file_hash(text),
            actor=BOB,
            seen_status=seen_status,
        )

    return approve, edit, text


def stored(plan: Plan) -> tuple[str, str, str]:
    """Return status, decider and text."""
    found = Plan.objects.get(pk=plan.pk)
    return found.status, found.decided_by, str(found.files.get(path=FILE).content)


def done(verb: str) -> list[str]:
    return list(
        AuditEntry.objects.filter(verb=verb, subject__startswith="pek3c").values_list("actor", flat=True)
    )


def test_an_approval_comes_first(plan: Plan, at_once: Any) -> None:
    approve, edit, text = verbs(plan)
    seen = plan.content_hash
    approved, edited = at_once(approve, edit, "zones.services.approve.check_seen")
    assert approved is None and isinstance(edited, Outdated) and "ann approved it" in str(edited)
    assert stored(plan) == ("approved", "ann", text)
    assert Plan.objects.get(pk=plan.pk).content_hash == seen and "bob" not in done("edit_plan_file")


def test_an_edit_comes_first(plan: Plan, at_once: Any) -> None:
    approve, edit, text = verbs(plan)
    edited, approved = at_once(edit, approve, "zones.services.edit.check_made_from")
    assert edited is None and isinstance(approved, Outdated) and "bob changed it" in str(approved)
    assert f"+{NEW}" in approved.difference.texts[0][1]
    assert stored(plan) == ("draft", "", text.replace(OLD, NEW))
    assert "ann" not in done("approve_plan")


def test_an_edit_that_does_not_say_what_the_plan_was_voids_the_approval(plan: Plan, at_once: Any) -> None:
    approve, edit, text = verbs(plan, seen_status="")
    assert at_once(approve, edit, "zones.services.approve.check_seen") == (None, None)
    assert stored(plan)[0] == "draft" and stored(plan)[2] == text.replace(OLD, NEW)


def test_a_rejection_and_an_approval(plan: Plan, at_once: Any) -> None:
    approve, _, _ = verbs(plan)
    seen = plan.content_hash

    def reject() -> object:
        return reject_plan(plan_id=plan.plan_id, content_hash=seen, actor=BOB, seen_status="draft")

    approved, rejected = at_once(approve, reject, "zones.services.approve.check_seen")
    assert approved is None and isinstance(rejected, Outdated) and stored(plan)[:2] == ("approved", "ann")


@pytest.mark.parametrize("number", range(3))
def test_whoever_comes_first_the_other_text_is_never_approved(plan: Plan, number: int) -> None:
    approve, edit, text = verbs(plan)
    start = threading.Barrier(2)
    people = [Person(approve, start), Person(edit, start)]
    for person in people[:: -1 if number % 2 else 1]:
        person.start()
    for person in people:
        person.join(60)
        assert not person.is_alive()
    approved, edited = (person.refusal for person in people)
    if approved is None:
        assert isinstance(edited, Outdated) and stored(plan) == ("approved", "ann", text)
    else:
        assert isinstance(approved, Outdated) and edited is None
        assert stored(plan) == ("draft", "", text.replace(OLD, NEW))


@pytest.mark.parametrize("kind", [Change.Kind.HAPROXY, Change.Kind.QEMU])
def test_two_propose_a_change(at_once: Any, kind: str) -> None:
    zone = make_zone()

    def propose(actor: Actor, text: str) -> Verb:
        file = {"node_id": "", "address": "10.9.9.9", "path": "/x", "base": "a\n", "content": text}
        return lambda: make_change(zone, kind, [file], actor)

    check = "operations.changes._refuse_unseen"
    first, second = at_once(propose(ANN, "hers\n"), propose(BOB, "his\n"), check)
    assert first is None and isinstance(second, Outdated) and "ann proposed" in str(second)
    assert "+hers" in second.difference.texts[0][1]
    assert Change.objects.get().created_by == "ann"


def test_two_correct_a_disk(at_once: Any) -> None:
    node = make_node(5)

    def correct(actor: Actor, value: str) -> Verb:
        return lambda: modify_disks(addresses=[str(node.mgmt_address)], disk="sdb", actor=actor, type=value)

    check = "nodes.services.modify._refuse_unseen"
    first, second = at_once(correct(ANN, "sata"), correct(BOB, "nvme"), check)
    assert first is None and isinstance(second, Outdated) and "ann corrected type" in str(second)
    assert DiskCorrection.objects.get().value == "sata"


def test_two_tick_an_item(at_once: Any) -> None:
    make_zone("pek3a", is_global=True, deploy_mode="standard", vms={"webservice": ["10.0.0.5"]})
    make_zone("pek3b", deploy_mode="standard", vms={"proxy": ["10.0.1.1"]})

    def tick(actor: Actor) -> Verb:
        return lambda: tick_checklist(zone_id="pek3b", item="services", actor=actor, comment=actor.name)

    first, second = at_once(tick(ANN), tick(BOB), f"{audit.__name__}.record")
    assert first is None and isinstance(second, Refused) and "L03" in str(second)
    assert ChecklistTick.objects.get().comment == "ann"
