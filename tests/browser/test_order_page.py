"""An order from the choice of nodes to the check of its YAML, by mouse and by keyboard; and the editor of YAML."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

from nodes.models import NetworkInterface, Node
from tests.browser.test_every_page import OVERFLOWS, violations
from tests.factories import make_node
from tests.fixtures.region import Region, scale_file
from zones.models import OrderDraft
from zones.services.order_drafts import save_draft

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nodes(region: Region) -> list[Node]:
    """Make a VG, four hypers of two racks, a node that fits two roles, and one without disks."""
    gateway = make_node(21, ssds=0, hdd=False, hostname="pek3cr02n01", default_interface="eth9")
    NetworkInterface.objects.create(
        node=gateway, name="eth9", type="physical", address="139.198.10.21", prefix=24
    )
    hypers = [make_node(20 + n, ssds=3, hdd=False, hostname=f"pek3cr0{2 + n % 2}n0{n}") for n in (2, 3, 4, 5)]
    return [gateway, *hypers, make_node(26, ssds=1, hdd=False, hostname="pek3cr02n06")]


def open_order(page: Page, live_server: object, zone: str = "pek3c") -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{live_server}{reverse('admin:zones_zone_order')}?zone={zone}")
    expect(page.locator("#order-table tr[data-address]")).to_have_count(6)


def role_of(page: Page, name: str) -> Locator:
    return page.get_by_label(f"Role of {name}", exact=True)


def holding(part: str) -> re.Pattern[str]:
    return re.compile(re.escape(part))


def yaml(page: Page) -> Locator:
    return page.get_by_label("Content of the settings file")


def test_roles_are_proposed_and_corrected_and_the_yaml_is_checked(
    live_server: object, sign_in: SignIn, shoot: Shoot, nodes: list[Node]
) -> None:
    page = sign_in("operator")
    open_order(page, live_server)
    page.get_by_label("Choose all listed nodes").check()
    page.get_by_role("button", name="Propose roles").click()
    expect(role_of(page, "pek3cr02n01")).to_have_value("vg")
    expect(role_of(page, "pek3cr02n02")).to_have_value("hyper-repl")
    expect(role_of(page, "pek3cr02n06")).to_have_value("")
    expect(page.locator("#order-table tr[data-address='172.16.80.26'] + tr")).to_contain_text(
        "its hardware fits hyper-repl and ks → choose its role"
    )
    expect(yaml(page)).to_have_value(holding("172.16.80.21: {role: vg, sub_roles: [vgateway]}"))
    gateway = page.get_by_label("Public segments of pek3cr02n01")
    expect(gateway).to_have_attribute("aria-invalid", "true")
    shoot(page, "order-proposed")
    assert violations(page) == []
    assert page.evaluate(OVERFLOWS) == []
    gateway.fill("139.198.20.0/24|.1")
    expect(gateway).not_to_have_attribute("aria-invalid", "true")
    expect(page.locator("#order-sum")).to_contain_text("✓ No error.")
    expect(page.locator("#order-draft")).to_contain_text("saved")
    shoot(page, "order-checked")
    page.get_by_role("button", name="Use this YAML…").click()
    expect(page.get_by_text("Check passed")).to_be_visible()
    expect(yaml(page)).to_have_value(holding("139.198.20.0/24|.1"))


def test_a_role_is_given_with_the_arrow_keys_and_by_dragging_alike(
    live_server: object, sign_in: SignIn, shoot: Shoot, nodes: list[Node]
) -> None:
    page = sign_in("operator")
    open_order(page, live_server)
    page.get_by_role("button", name="Columns by role").click()
    card = page.locator("[data-card='172.16.80.22']")
    card.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    expect(page.locator("[data-lane='hyper-repl'] [data-card='172.16.80.22']")).to_be_focused()
    page.locator("[data-card='172.16.80.23']").drag_to(page.locator("[data-lane='hyper-repl']"))
    expect(page.locator("[data-lane='hyper-repl'] [data-card]")).to_have_count(2)
    expect(yaml(page)).to_have_value(holding("172.16.80.23: {role: hyper-repl, sub_roles: [hyper]}"))
    shoot(page, "order-board")
    assert violations(page) == []
    assert page.evaluate(OVERFLOWS) == []
    page.get_by_role("button", name="Table").click()
    expect(role_of(page, "pek3cr02n02")).to_have_value("hyper-repl")


def test_pasted_yaml_fills_the_table_and_findings_stand_at_their_lines(
    live_server: object, sign_in: SignIn, shoot: Shoot, nodes: list[Node]
) -> None:
    page = sign_in("operator")
    open_order(page, live_server)
    text = scale_file(
        {22: "hyper-repl", 23: "ks"}, "vpool: {172.16.80.22: {layout: raidz}}\ncolour: red\n"
    ).data.decode()
    yaml(page).fill(text)
    expect(role_of(page, "pek3cr02n02")).to_have_value("hyper-repl")
    expect(page.locator(".con-ed-gutter .con-ed-error").first).to_be_visible()
    expect(page.locator("#settings-text + *, .con-ed-list").last).to_contain_text("colour")
    shoot(page, "order-pasted")
    # What the table does not show stays in the file when the table is changed.
    role_of(page, "pek3cr03n03").select_option("hyper-repl")
    expect(yaml(page)).to_have_value(holding("172.16.80.22: {layout: raidz}"))
    page.get_by_role("button", name="Line").first.click()
    expect(yaml(page)).to_be_focused()
    yaml(page).fill("roles: {")
    expect(page.locator("#order-sum")).to_contain_text("cannot be read")
    expect(role_of(page, "pek3cr02n02")).to_be_disabled()


def test_keys_values_and_addresses_are_completed(
    live_server: object, sign_in: SignIn, shoot: Shoot, nodes: list[Node]
) -> None:
    page = sign_in("operator")
    open_order(page, live_server)
    area, offered = yaml(page), page.get_by_role("listbox", name="Completions")
    area.fill("zone_id: pek3c\n")
    area.press("Control+End")
    area.press_sequentially("ro")
    expect(offered.get_by_role("option", name="roles:")).to_be_visible()
    page.keyboard.press("Enter")
    area.press_sequentially("\n  ")
    page.keyboard.press("Control+Space")
    expect(offered.get_by_role("option")).to_have_count(6)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    area.press_sequentially("{role: ")
    page.keyboard.press("Control+Space")
    shoot(page, "order-completion")
    expect(offered.get_by_role("option", name="hyper-pair")).to_be_visible()
    page.keyboard.press("Escape")
    expect(offered).to_be_hidden()


def test_a_colleague_goes_on_with_the_draft_and_two_windows_do_not_overwrite_each_other(
    live_server: object, sign_in: SignIn, nodes: list[Node], region: Region
) -> None:
    text = scale_file({22: "hyper-repl"}).data.decode()
    save_draft(zone_id="pek3c", settings=text, variables="", version=0, actor=region.actor)
    page = sign_in("operator")
    open_order(page, live_server)
    page.get_by_role("button", name="Continue it here").click()
    expect(role_of(page, "pek3cr02n02")).to_have_value("hyper-repl")
    expect(page.locator("#order-draft")).to_contain_text("Draft 1 saved.")
    # The same person, in another window.
    OrderDraft.objects.filter(person="operator-1").update(version=2, settings=text + "# later\n")
    role_of(page, "pek3cr02n04").select_option("hyper-repl")
    page.get_by_role("button", name="Open the latest version").click()
    expect(yaml(page)).to_have_value(holding("# later"))
