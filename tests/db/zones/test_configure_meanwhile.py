"""A plan is computed before allocations are locked: whatever changes meanwhile, the plan is the one that is right then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from common.actor import Actor
from common.errors import Outdated, Refused
from common.models import AuditEntry
from jobs.models import Job
from nodes.models import Disk, NetworkInterface, Node
from nodes.services.modify import modify_disks
from tests.factories import make_node, make_plan, make_role, make_vbc, make_zone
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan, reject_plan
from zones.models import Plan, VbcAssignment, Zone, ZoneFile
from zones.services import configure
from zones.services.config_files import ConfigFile
from zones.services.configure import config_qingcloud

pytestmark = pytest.mark.django_db(transaction=True)
BOB = Actor("bob", "api")
FILE = [scale_file({21: "hyper-repl", 22: "hyper-repl"})]
Change = Callable[[Region], object]


@pytest.fixture
def region(region: Region) -> Region:
    region.nodes(21, 22, 23, 24)
    return region


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[int]]:
    """Let something happen each of the first ``times`` that a plan was computed; return a list that counts these."""

    def arrange(change: Callable[[], object], times: int = 1) -> list[int]:
        computed: list[int] = []
        real = configure._compute

        def then_changed(*args: Any) -> Any:
            found = real(*args)
            computed.append(len(computed))
            if len(computed) <= times:
                change()
            return found

        monkeypatch.setattr(configure, "_compute", then_changed)
        return computed

    return arrange


def config(region: Region, actor: Actor | None = None, **more: Any) -> Plan:
    [done] = config_qingcloud(variables=[], settings=FILE, actor=actor or region.actor, **more)
    assert done.plan is not None
    return done.plan


def vips(plan: Plan) -> set[str]:
    return set(plan.vbcs.values_list("ipv4_vip", flat=True))


def of_node(number: int) -> Any:
    return Disk.objects.filter(node__mgmt_address=f"172.16.80.{number}")


def vip_is_given(region: Region) -> None:
    NetworkInterface.objects.filter(node__mgmt_address="172.16.80.24", name="eth1").update(
        address="172.16.80.201"
    )


def edit_pool(region: Region) -> None:
    zone = Zone.objects.get(zone_id="pek3c")
    zone.variables["advance"]["vip_pools"] = ["172.16.80.210/24-172.16.80.230/24"]
    zone.save()


def other_zone_reserves(region: Region) -> None:
    zone = make_zone("pek3d")
    node = Node.objects.get(mgmt_address="172.16.80.24")
    VbcAssignment.objects.create(
        zone=zone, master=node, ipv4_network="10.10.51.0/24", ipv4_vip="172.16.80.201"
    )


def maintain_zone(region: Region) -> None:
    text = "compute_server:\n  emulator:\n    7.2:\n      bin: '/usr/bin'\n    default: '7.2'\n"
    ZoneFile.objects.create(zone=region.plan.zone, path="server/server.yaml", content=text)


CHANGES: dict[str, Change] = {
    "a node was collected: another disk": lambda region: (
        of_node(21).filter(name="sdc").update(serial="S-new")
    ),
    "a disk was corrected": lambda region: modify_disks(
        addresses=["172.16.80.21"], disk="sdc", actor=BOB, size_bytes=960 * 10**9
    ),
    "an interface was renamed": lambda region: NetworkInterface.objects.filter(
        node__mgmt_address="172.16.80.21", name="bond0"
    ).update(bond_mode="active-backup"),
    "a node was named anew": lambda region: Node.objects.filter(mgmt_address="172.16.80.11").update(
        hostname="pek3cr09n09"
    ),
    "an address was given": vip_is_given,
    "a machine was added": lambda region: make_node(99, mgmt_address="172.16.80.201"),
    "a pool was edited": edit_pool,
    "another zone reserved it": other_zone_reserves,
    "the zone was maintained": maintain_zone,
    "a host key was replaced": lambda region: Node.objects.filter(mgmt_address="172.16.80.22").update(
        host_key_fingerprint="SHA256:other"
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_what_changed_meanwhile_counts(region: Region, meanwhile: Any, name: str) -> None:
    before = config(region)
    was = before.content_hash
    reject_plan(plan_id=before.plan_id, actor=region.actor)
    computed = meanwhile(lambda: CHANGES[name](region))
    plan = config(region)
    assert len(computed) == 2, "computed anew"
    seen, given = plan.content_hash, vips(plan)
    assert seen != was or given != vips(before), "the change makes another plan"
    reject_plan(plan_id=plan.plan_id, actor=region.actor)
    again = config(region)
    assert (again.content_hash, vips(again)) == (seen, given), "as if it had been there from the beginning"
    assert len(computed) == 3


def test_what_does_not_concern_the_plan_changes_nothing(region: Region, meanwhile: Any) -> None:
    def elsewhere() -> None:
        of_node(24).filter(name="sdc").update(serial="S-new")
        Node.objects.filter(mgmt_address="172.16.80.24").update(memory_bytes=1, error="")
        Job.objects.create(action="collect_nodes", created_by="olga")

    computed = meanwhile(elsewhere)
    config(region)
    assert len(computed) == 1


def test_a_node_that_another_plan_took_is_refused(region: Region, meanwhile: Any) -> None:
    def taken() -> None:
        node = Node.objects.get(mgmt_address="172.16.80.22")
        make_role(node, make_zone("pek3d"))
        Node.objects.filter(pk=node.pk).update(status="configured")

    meanwhile(taken)
    with pytest.raises(Refused) as caught:
        config(region)
    assert [item.code for item in caught.value.findings if item.level == "error"] == ["R16"]
    assert "pek3d" in str(caught.value) and not Plan.objects.filter(status="draft").exists()


def test_a_node_that_was_free_again_is_not_refused(region: Region, meanwhile: Any) -> None:
    """Refuse only what is wrong still: what speaks against a plan is read again, too."""
    Node.objects.filter(mgmt_address="172.16.80.22").update(status="collecting")
    nodes = Node.objects.filter(mgmt_address="172.16.80.22")
    computed = meanwhile(lambda: nodes.update(status="available"))
    assert config(region).roles.keys() == {"172.16.80.21", "172.16.80.22"} and len(computed) == 2


@pytest.mark.parametrize("approved", [False, True])
def test_an_open_plan_gives_way_only_once_the_new_one_is_stored(
    region: Region, meanwhile: Any, approved: bool
) -> None:
    first = config(region)
    held = vips(first)
    if approved:
        approve_plan(plan_id=first.plan_id, actor=region.actor)
    seen: list[tuple[str, set[str]]] = []

    def look() -> None:
        seen.append((Plan.objects.get(pk=first.pk).status, vips(first)))

    computed = meanwhile(look)
    second = config(region, force=approved)
    assert seen == [("approved" if approved else "draft", held)] and len(computed) == 1
    first.refresh_from_db()
    assert first.status == "superseded" and vips(second) == held and not vips(first)
    assert AuditEntry.objects.filter(verb="config_qingcloud", subject=second.plan_id).count() == 1


def test_a_plan_that_somebody_made_meanwhile_is_replaced_and_shown(region: Region, meanwhile: Any) -> None:
    node = Node.objects.get(mgmt_address="172.16.80.23")
    computed = meanwhile(lambda: make_plan(region.plan.zone, [node]))
    plan = config(region)
    assert [item.status for item in region.plan.zone.plans.order_by("revision")][-2:] == [
        "superseded",
        "draft",
    ]
    assert any(item.code == "P54" for item in plan.findings)
    # Its reservations are free once it gave way: nothing that was read is different.
    assert len(computed) == 1


def test_what_never_stands_still_is_planned_under_the_lock(
    region: Region, meanwhile: Any, monkeypatch: Any
) -> None:
    probed: list[frozenset[str]] = []
    monkeypatch.setattr(configure, "answering", lambda given: probed.append(given) or frozenset())
    node = Node.objects.filter(mgmt_address="172.16.80.21")
    names = iter(range(99))
    computed = meanwhile(lambda: node.update(os_version=str(next(names))), times=99)
    assert config(region).status == "draft"
    assert len(computed) == configure.ATTEMPTS + 1
    assert len(probed) == 1, "no address is probed twice"


def test_a_check_computes_anew_as_well(region: Region, meanwhile: Any) -> None:
    computed = meanwhile(lambda: vip_is_given(region))
    [done] = config_qingcloud(variables=[], settings=FILE, actor=region.actor, check=True)
    assert done.plan is None and len(computed) == 2 and not Plan.objects.filter(status="draft").exists()


def test_a_disk_is_erased_with_what_is_on_it_when_it_is_stored(region: Region, meanwhile: Any) -> None:
    disk = of_node(21).filter(name="sdb")
    disk.update(signatures=["ext4"])
    files = [scale_file({21: "hyper-repl", 22: "hyper-repl"}, "erase:\n  172.16.80.21: [sdb]\n")]
    computed = meanwhile(lambda: disk.update(signatures=["ext4", "xfs"]))
    [done] = config_qingcloud(variables=[], settings=files, actor=region.actor)
    assert done.plan is not None and len(computed) == 2
    [erased] = done.plan.roles["172.16.80.21"]["erase"]
    assert erased["signatures"] == ["ext4", "xfs"]


class Engineer(threading.Thread):
    """A person with a connection of their own."""

    def __init__(self, verb: Callable[[], Any]) -> None:
        super().__init__(daemon=True)
        self.verb = verb
        self.answer: Any = None
        self.refusal: Exception | None = None

    def run(self) -> None:
        try:
            self.answer = self.verb()
        except Exception as error:
            self.refusal = error
        finally:
            connections.close_all()


@pytest.mark.postgresql
def test_two_configure_at_once_and_get_different_addresses(region: Region, monkeypatch: Any) -> None:
    """Let both compute from the same world before either stores its plan."""
    make_zone_like(region)
    both, real = threading.Barrier(2), configure._compute
    seen: dict[threading.Thread, int] = {}

    def together(*args: Any) -> Any:
        found = real(*args)
        me = threading.current_thread()
        seen[me] = seen.get(me, 0) + 1
        if seen[me] == 1:
            both.wait(60)
        return found

    monkeypatch.setattr(configure, "_compute", together)
    ann = Engineer(lambda: config(region))
    bob = Engineer(lambda: config_qingcloud(variables=[], settings=[file_of_other()], actor=BOB)[0].plan)
    for person in (ann, bob):
        person.start()
    for person in (ann, bob):
        person.join(120)
        assert not person.is_alive() and person.refusal is None, person.refusal
    assert sorted(seen.values()) == [1, 2], "the second one saw the first one's plan"
    one, two = ann.answer, bob.answer
    assert vips(one) and vips(two) and not vips(one) & vips(two)
    networks = [set(plan.vbcs.values_list("ipv4_network", flat=True)) for plan in (one, two)]
    assert not networks[0] & networks[1]


@pytest.mark.postgresql
def test_nothing_is_locked_while_addresses_are_probed(region: Region, monkeypatch: Any) -> None:
    make_zone_like(region)
    other: list[Engineer] = []

    def slowly(given: frozenset[str]) -> frozenset[str]:
        if not other:
            other.append(
                Engineer(lambda: config_qingcloud(variables=[], settings=[file_of_other()], actor=BOB))
            )
            other[0].start()
            other[0].join(60)
            assert not other[0].is_alive() and other[0].refusal is None, other[0].refusal
        return frozenset()

    monkeypatch.setattr(configure, "answering", slowly)
    plan = config(region)
    [theirs] = other[0].answer
    assert vips(plan) and vips(theirs.plan) and not vips(plan) & vips(theirs.plan)


@pytest.mark.postgresql
@pytest.mark.parametrize("times", [1, 2])
def test_a_connection_that_the_server_ends(region: Region, monkeypatch: Any, times: int) -> None:
    """Follow what happens to a transaction that idles for too long: the server ends the session."""
    real, ended = configure.lock_allocations, []

    def and_lose_it() -> None:
        real()
        if len(ended) < times:
            ended.append(None)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = '1ms'")
            pid = connection.connection.info.backend_pid
            gone = Engineer(lambda: until_gone(pid))
            gone.start()
            gone.join(60)
            assert gone.refusal is None

    monkeypatch.setattr(configure, "lock_allocations", and_lose_it)
    if times == 1:
        assert config(region).status == "draft"
        return
    with pytest.raises(Outdated) as caught:
        config(region)
    assert caught.value.message.code == "P23" and "closed the connection 2 times" in str(caught.value.message)
    assert not Plan.objects.filter(status="draft").exists()


def until_gone(pid: int) -> None:
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE pid = %s", [pid])
            if not cursor.fetchone()[0]:
                return


def make_zone_like(region: Region) -> None:
    """Make a second zone with a pool of its own that is the same, and a hyper in service."""
    first = Zone.objects.get(zone_id="pek3c")
    variables = {**first.variables, "base": {**first.variables["base"], "zone_id": "pek3d"}}
    zone = make_zone("pek3d", deploy_mode=first.deploy_mode, variables=variables)
    member = make_node(31, status="active", hdd=False, hostname="pek3dr01n31")
    make_role(member, zone)
    make_vbc(zone, [member], number=70)


def file_of_other() -> ConfigFile:
    lines = [f"  172.16.80.{number}: {{role: hyper-repl, sub_roles: []}}" for number in (23, 24)]
    return ConfigFile(
        "scale_settings.pek3d.yaml", "\n".join(["zone_id: pek3d", "roles:", *lines, ""]).encode()
    )
