"""The page of a plan, from reading to deciding; and pictures of the other pages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from common.actor import Actor
from nodes.models import Disk, Node
from tests import factories
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan, edit_plan_file
from zones.models import Plan
from zones.services.configure import config_qingcloud

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]


def open_plan(page: Page, live_server: object, plan: Plan) -> None:
    page.goto(f"{live_server}{reverse('admin:zones_plan_change', args=[plan.plan_id])}")


@pytest.fixture
def plan(transactional_db: None) -> Plan:
    zone = factories.make_zone()
    nodes = [factories.make_node(number, ssds=4) for number in (7, 8)]
    findings = [
        {
            "code": "R21",
            "level": "warning",
            "field": "",
            "file": "scale_settings.pek3c.yaml",
            "line": 9,
            "detail": "QEMU 2.12.0 differs from the zone's 2.11.1.1",
            "remedy": "set both versions before scaling",
        },
    ]
    return factories.make_sound_plan(zone, nodes, findings=findings)


@pytest.mark.django_db(transaction=True)
def test_an_approver_reads_the_differences_and_approves(
    live_server: object, sign_in: SignIn, shoot: Shoot, plan: Plan
) -> None:
    page = sign_in("approver")
    open_plan(page, live_server, plan)
    changed = page.locator("details.con-file", has_text="hosts").first
    expect(changed.locator(".con-add")).to_have_count(1)
    shoot(page, "plan-draft")
    page.get_by_placeholder("path or host name").fill("r01n08")
    expect(page.locator("#files-shown")).to_have_text("1")
    page.get_by_placeholder("path or host name").fill("")
    page.get_by_role("button", name="Approve…").click()
    page.get_by_placeholder("optional: what you reviewed").fill("disks looked at")
    shoot(page, "plan-approve")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text(f"Plan {plan.plan_id} approved")).to_be_visible()
    plan.refresh_from_db()
    assert (plan.status, plan.decided_by, plan.comment) == ("approved", "approver-1", "disks looked at")
    assert set(Node.objects.values_list("status", flat=True)) == {"configured"}
    expect(page.get_by_role("link", name="Scale…")).to_be_visible()
    shoot(page, "plan-approved")


@pytest.mark.django_db(transaction=True)
def test_what_will_be_destroyed_comes_first_and_an_approval_names_what_was_seen(
    live_server: object, sign_in: SignIn, shoot: Shoot, region: Region
) -> None:
    region.nodes(21, 22, 23)
    region.nodes(24, ssds=3)
    Disk.objects.filter(node__mgmt_address="172.16.80.22", name="sdc").update(signatures=["LVM2_member"])
    roles = dict.fromkeys((21, 22, 23, 24), "hyper-repl")
    [done] = config_qingcloud(
        variables=[], settings=[scale_file(roles, "erase:\n  172.16.80.22: [sdc]\n")], actor=region.actor
    )
    assert done.plan is not None
    page = sign_in("approver")
    open_plan(page, live_server, done.plan)
    cards = page.locator("#content .con-card")
    expect(cards.first).to_contain_text("Will be destroyed")
    expect(cards.first).to_contain_text("9 disks of 4 nodes; 1 of them holds data that is lost")
    expect(page.locator("#destroys tbody tr").nth(1)).to_contain_text("LVM2_member")
    expect(page.locator("#odd")).to_contain_text("vpool_layout: 3x mirror, 1x raidz (pek3cr01n24)")
    shoot(page, "plan-destroys")
    page.locator("details[data-fold]").first.evaluate("fold => fold.open = true")
    page.locator("#odd").scroll_into_view_if_needed()
    shoot(page, "plan-odd")
    page.get_by_role("button", name="Approve…").click()
    expect(page.locator("#approve-dialog")).to_contain_text("LVM2_member")
    shoot(page, "plan-destroys-approve")
    path = "settings/pek3cr01n21"
    text = done.plan.files.get(path=path).content.replace('os_version="20.04"', 'os_version="20.04.6"')
    edit_plan_file(plan_id=done.plan.plan_id, path=path, content=text, actor=Actor("otto", "admin"))
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.locator("#difference")).to_contain_text(f"otto edited a file ({path})")
    expect(page.locator("#difference .con-add")).to_contain_text('+os_version="20.04.6"')
    shoot(page, "plan-outdated")
    assert Plan.objects.get(pk=done.plan.pk).status == "draft"
    page.get_by_role("button", name="Approve…").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text(f"Plan {done.plan.plan_id} approved")).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_an_operator_reads_but_has_no_button_to_decide(
    live_server: object, sign_in: SignIn, plan: Plan
) -> None:
    page = sign_in("operator")
    open_plan(page, live_server, plan)
    expect(page.get_by_text("Only members of the group approver can approve or reject.")).to_be_visible()
    expect(page.get_by_role("button", name="Approve…")).to_have_count(0)


@pytest.mark.django_db(transaction=True)
def test_pictures_of_the_other_pages(live_server: object, sign_in: SignIn, shoot: Shoot, plan: Plan) -> None:
    nodes = list(Node.objects.all())
    factories.correct(
        nodes[0].disks.get(name="sdb"), "type", "sata", against="nvme", reason="cache behind RAID"
    )
    factories.make_node(9, status="collect_failed", error="172.16.80.9: connection refused on port 22")
    vg = factories.make_node(5, status="active")
    factories.make_role(vg, plan.zone, "vg")
    factories.make_eip(plan.zone, vg)
    factories.make_job(nodes, status="failed", error="1 of 2 nodes failed")
    page = sign_in("operator")
    pages = {
        "dashboard": reverse("admin:index"),
        "nodes": reverse("admin:nodes_node_changelist"),
        "nodes-add": reverse("admin:nodes_node_add"),
        "node": reverse("admin:nodes_node_change", args=[nodes[0].node_id]),
        "zones": reverse("admin:zones_zone_changelist"),
        "zone": reverse("admin:zones_zone_change", args=["pek3c"]),
        "configure": reverse("admin:zones_zone_configure") + "?zone=pek3c",
        "jobs": reverse("admin:jobs_job_changelist"),
        "audit": reverse("admin:common_auditentry_changelist"),
    }
    for name, url in pages.items():
        answer = page.goto(f"{live_server}{url}")
        assert answer is not None
        assert answer.ok
        page.wait_for_load_state("networkidle")
        shoot(page, name)


@pytest.mark.django_db(transaction=True)
def test_findings_are_shown_beside_the_lines(
    live_server: object, sign_in: SignIn, shoot: Shoot, plan: Plan
) -> None:
    page = sign_in("operator")
    page.emulate_media(color_scheme="dark")
    page.goto(f"{live_server}{reverse('admin:zones_zone_configure')}?zone=pek3c")
    text = page.locator("#settings-text")
    text.fill(
        "zone_id: pek3c\nroles:\n  172.16.80.99: {role: hyper-repl, sub_roles: [hyper]}\n  172.16.80.7: {role: nonsense}\n"
    )
    page.get_by_role("button", name="Check only").click()
    expect(page.locator(".con-hit").first).to_be_visible()
    expect(text).to_have_value(re.compile("nonsense"))
    shoot(page, "configure-findings-dark")
    page.goto(f"{live_server}{reverse('admin:zones_plan_change', args=[plan.plan_id])}")
    shoot(page, "plan-dark")
    page.goto(f"{live_server}{reverse('admin:nodes_node_changelist')}")
    shoot(page, "nodes-dark")


@pytest.mark.django_db(transaction=True)
def test_from_chosen_nodes_to_the_form_of_a_verb(
    live_server: object, sign_in: SignIn, shoot: Shoot, plan: Plan
) -> None:
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:nodes_node_changelist')}")
    page.locator("#action-toggle").check()
    page.get_by_label("Select action to run").select_option(label="Establish SSH…")
    shoot(page, "nodes-chosen")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("On 2 nodes:")).to_be_visible()
    shoot(page, "ssh-form")
    page.get_by_label("Password").fill("only-for-tests")
    page.get_by_role("button", name="Establish SSH").click()
    expect(page.get_by_text("establish_ssh started on 2 nodes")).to_be_visible()
    page.get_by_role("link", name="Open job").click()
    expect(page.locator("tr[data-node]")).to_have_count(2)


@pytest.mark.django_db(transaction=True)
def test_a_disk_is_corrected_on_the_page_of_its_node(
    live_server: object, sign_in: SignIn, shoot: Shoot, plan: Plan
) -> None:
    node = Node.objects.first()
    assert node is not None
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:nodes_node_change', args=[node.node_id])}")
    page.get_by_role("button", name="Correct…").first.click()
    page.locator("dialog[open] select[name=type]").select_option("sata")
    page.locator("dialog[open] input[name=reason]").fill("SATA behind a cache")
    shoot(page, "node-correct")
    page.get_by_role("button", name="Correct", exact=True).click()
    expect(page.locator(".con-own")).to_have_text("→ sata")
    expect(page.get_by_text("olga").or_(page.get_by_text("operator-1: SATA behind a cache"))).to_be_visible()


@pytest.mark.django_db(transaction=True)
def test_the_form_to_scale(live_server: object, sign_in: SignIn, shoot: Shoot, plan: Plan) -> None:
    approve_plan(plan_id=plan.plan_id, actor=Actor("ann", "command"))
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:zones_zone_scale', args=['pek3c'])}")
    expect(page.get_by_role("checkbox")).to_have_count(2)
    page.get_by_role("button", name="Show all commands").click()
    expect(page.get_by_text("nothing has been changed")).to_be_visible()
    shoot(page, "scale")
