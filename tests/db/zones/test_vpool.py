"""A layout that was chosen for a pool stays chosen, whatever happens to the plan and the zone."""

from __future__ import annotations

import pytest

from nodes.models import Disk, Node
from tests.db.zones.test_leave_out import A21, A22, installed
from tests.db.zones.test_reconfigure import configure, nodes_of_new_zone
from tests.factories import make_disk
from tests.fixtures.region import RUNNING, VARIABLES, Region, scale_file, settings_text
from tests.seen import approve_plan, edit_plan_file, leave_out_nodes
from zones.core.rendering.settings_reader import read_settings
from zones.models import Plan, ZoneFile
from zones.services.apply import apply_plan
from zones.services.config_files import ConfigFile
from zones.services.configure import config_qingcloud
from zones.services.node_lists import gen_node_list
from zones.services.rerender import rendered_now, settings_in_service

pytestmark = pytest.mark.django_db(transaction=True)
STRIPE = {"layout": "stripe", "reason": "scratch space only"}
A32 = "172.16.80.32"
FILE = "settings/pek3dr01n32"


def section(*addresses: str) -> str:
    """Return the section vpool that makes these nodes stripes."""
    rows = "".join(f"  {address}: {{layout: stripe, reason: {STRIPE['reason']}}}\n" for address in addresses)
    return f"vpool:\n{rows}"


def pool(text: str) -> dict[str, str]:
    values = read_settings(text)
    return {key: values[f"vpool_{key}"] for key in ("layout", "reason")}


def of(plan: Plan, address: str) -> dict[str, str]:
    return pool(plan.files.get(address=address, path__startswith="settings/").content)


def drafted(region: Region, extra: str) -> Plan:
    [done] = config_qingcloud(
        variables=[],
        settings=[scale_file({21: "hyper-repl", 22: "hyper-repl"}, extra)],
        actor=region.actor,
    )
    assert done.plan is not None
    return done.plan


def in_service(region: Region, vpool: dict[str, dict[str, str]], by_hand: bool = False) -> Plan:
    """Make zone pek3d, all of it installed; ``by_hand``: .32 became a stripe in the review."""
    nodes_of_new_zone(region)
    plan = configure(region.actor, more={"vpool": vpool})
    if by_hand:
        text = plan.files.get(path=FILE).content
        values = read_settings(text)
        for old, new in (
            ('layout="mirror"', 'layout="stripe"'),
            (values["vpool_vdevs"], values["data_disks"]),
            (values["vpool_reason"], "by hand"),
        ):
            text = text.replace(old, new)
        plan = edit_plan_file(plan_id=plan.plan_id, path=FILE, content=text, actor=region.actor)
    approve_plan(plan_id=plan.plan_id, actor=region.actor)
    Node.objects.filter(role__plan=plan).update(status="active")
    plan.refresh_from_db()
    assert apply_plan(plan, "apply")
    return plan


def test_the_plan_keeps_the_choice_and_renders_it_again(region: Region) -> None:
    region.nodes(21, 22)
    plan = drafted(region, section(A21))
    assert of(plan, A21) == STRIPE and of(plan, A22)["layout"] == "mirror"
    assert {address: given.get("vpool") for address, given in plan.roles.items()} == {A21: STRIPE, A22: None}
    path = plan.files.get(address=A21, path__startswith="settings/").path
    assert rendered_now(plan)[path] == plan.files.get(path=path).content


def test_disks_that_no_longer_allow_it_are_rendered_as_advised(region: Region) -> None:
    """Render the file that is compared with the plan for any disks: P31 reports that they have changed."""
    region.nodes(21, 22)
    for name in ("sdd", "sde"):
        make_disk(Node.objects.get(mgmt_address=A21), name, order=4)
    plan = drafted(region, f"vpool:\n  {A21}: {{layout: raidz}}\n")
    assert of(plan, A21)["layout"] == "raidz"
    Disk.objects.filter(node__mgmt_address=A21, name__in=["sdd", "sde"]).delete()
    path = plan.files.get(address=A21, path__startswith="settings/").path
    assert pool(rendered_now(plan)[path])["layout"] == "mirror"


def test_a_node_that_is_left_out_changes_nothing_of_the_pools(region: Region) -> None:
    plan = installed(region, extra=section(A21, A22))
    assert of(plan, A22) == STRIPE
    left = leave_out_nodes(plan_id=plan.plan_id, addresses=[A21], actor=region.actor).plan
    assert of(left, A22) == STRIPE and left.roles[A22]["vpool"] == STRIPE
    # .22 took the VIP over, so that its file did change.
    assert "hyper_vip_address" in left.files.get(address=A22, path__startswith="settings/").content


def test_a_zone_in_service_keeps_the_layout_of_its_pools(region: Region) -> None:
    first = in_service(region, {A32: STRIPE})
    before = ZoneFile.objects.get(zone=first.zone, path=FILE).content
    again = configure(region.actor, force=True)
    assert again.files.get(path=FILE).content == before and of(again, A32) == STRIPE
    approve_plan(plan_id=again.plan_id, actor=region.actor)
    assert ZoneFile.objects.get(zone=first.zone, path=FILE).content == before
    assert pool(settings_in_service(first.zone)[FILE]) == STRIPE
    # And once more, from a plan that did not name it.
    assert of(configure(region.actor, force=True), A32) == STRIPE


def test_a_layout_written_by_hand_is_in_service_too(region: Region) -> None:
    first = in_service(region, {}, by_hand=True)
    assert of(first, A32) == {"layout": "stripe", "reason": "by hand"}
    again = configure(region.actor, force=True)
    assert of(again, A32) == {"layout": "stripe", "reason": "by hand"}
    assert not [item for item in again.findings if item["code"] == "P51"]


def test_what_was_said_of_a_running_zone_can_be_corrected(region: Region) -> None:
    """Let a file correct the pools of .11 and .12, made before the zone was known here."""
    variables = ConfigFile("variables.pek3c.yaml", VARIABLES.replace(b"MODE", b"devops"))
    text = settings_text({11: "hyper-repl", 12: "hyper-repl"}, RUNNING + section("172.16.80.11"))
    [done] = config_qingcloud(
        variables=[variables],
        settings=[ConfigFile("settings.pek3c.yaml", text)],
        actor=region.actor,
        force=True,
    )
    assert done.plan is not None and of(done.plan, "172.16.80.11") == STRIPE


def test_before_it_is_in_service_the_file_decides(region: Region) -> None:
    region.nodes(21, 22)
    drafted(region, section(A21))
    assert of(drafted(region, ""), A21)["layout"] == "mirror"


def test_an_edit_takes_the_place_of_the_choice(region: Region) -> None:
    region.nodes(21, 22)
    plan = drafted(region, section(A21))
    file = plan.files.get(address=A21, path__startswith="settings/")
    disks = read_settings(file.content)["data_disks"]
    text = file.content.replace('layout="stripe"', 'layout="mirror"')
    text = text.replace(f'vdevs="{disks}"', f'vdevs="mirror {disks}"').replace(STRIPE["reason"], "by hand")
    plan = edit_plan_file(plan_id=plan.plan_id, path=file.path, content=text, actor=region.actor)
    assert of(plan, A21) == {"layout": "mirror", "reason": "by hand"}
    approve_plan(plan_id=plan.plan_id, actor=region.actor)


def test_node_lists_follow_beside_a_chosen_layout(region: Region) -> None:
    """Allow a stripe over three namespaces beside one of another drive, where no layout is advised."""
    region.nodes(21, 22)
    node = Node.objects.get(mgmt_address=A21)
    for name in ("sdd", "sde"):
        make_disk(node, name, order=4)
    node.disks.filter(name__in=["sdb", "sdc", "sdd"]).update(drive="nvme S0")
    plan = drafted(region, section(A21))
    file = plan.files.get(address=A21, path__startswith="settings/")
    text = file.content.replace('sub_roles="hyper"', 'sub_roles=""')
    plan = edit_plan_file(plan_id=plan.plan_id, path=file.path, content=text, actor=region.actor)
    listed = gen_node_list(zone_id="pek3c", actor=region.actor)
    assert [item["address"] for item in listed.roles] == [A21]
