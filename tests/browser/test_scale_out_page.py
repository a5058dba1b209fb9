"""The page of a scale-out, from the first node to the routes, at the size of a crash cart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from common.actor import Actor
from common.messages import message
from nodes.models import Disk, Node
from nodes.states import NodeStatus
from operations.models import ScaleOut
from operations.scale_out.service import add_to_scale_out, begin_scale_out
from tests import factories
from zones.models import Plan, Zone

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("ann", "admin")
REFUSED = message("S08", "account", error="does not accept this password", user="root", public_line="ssh-x")
SIZE = {"width": 1280, "height": 800}


@pytest.fixture
def path(sign_in: SignIn) -> Page:
    page = sign_in("operator")
    page.set_viewport_size(SIZE)
    return page


def url(live_server: object, scale_out: ScaleOut) -> str:
    return f"{live_server}{reverse('admin:operations_scaleout_change', args=[scale_out.scale_out_id])}"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_it_is_begun_with_addresses_and_leads_to_ssh(live_server: object, path: Page, shoot: Shoot) -> None:
    factories.make_zone()
    path.goto(f"{live_server}{reverse('admin:operations_scaleout_begin')}?zone=pek3c")
    path.locator("[name=addresses]").fill("172.16.80.21-172.16.80.32")
    path.locator("[name=note]").fill("rack 2 has no power before 02:00")
    shoot(path, "scale-out-begin")
    path.get_by_role("button", name="Begin").click()
    expect(path.locator(".path-note")).to_contain_text("rack 2 has no power")
    expect(path.get_by_role("button", name="Establish SSH on 12 nodes")).to_be_visible()
    assert fits(path)
    shoot(path, "scale-out-ssh")
    # What is next leads to the field of the password.
    path.get_by_role("link", name="Establish SSH on 12 nodes").first.click()
    expect(path.locator("#password [name=user]")).to_be_focused()


@pytest.fixture
def halfway(transactional_db: None) -> ScaleOut:
    """Make a scale-out with two refused passwords, one changed key, and disks to look at."""
    factories.make_zone()
    scale_out = begin_scale_out(zone_id="pek3c", actor=ANN, note="ask the customer for the second password")
    nodes = [factories.make_node(number) for number in range(21, 31)]
    add_to_scale_out(
        scale_out_id=scale_out.scale_out_id,
        addresses=["172.16.80.21-172.16.80.32"],
        actor=ANN,
    )
    Node.objects.filter(mgmt_address__in=["172.16.80.31", "172.16.80.32"]).update(error=REFUSED)
    changed = message(
        "S05",
        endpoint="172.16.80.30 port 22",
        pinned="SHA256:aaaa",
        shown="SHA256:bbbb",
        address="172.16.80.30",
    )
    Node.objects.filter(pk=nodes[9].pk).update(error=changed, status=NodeStatus.COLLECT_FAILED)
    Disk.objects.filter(node=nodes[0], name="sdb").update(rotational_guess=True)
    Disk.objects.filter(node=nodes[1], name="sdc").update(dirty=True)
    return scale_out


def test_what_blocks_it_is_said_and_mended_in_place(
    live_server: object, path: Page, shoot: Shoot, halfway: ScaleOut
) -> None:
    path.goto(url(live_server, halfway))
    expect(path.get_by_role("button", name="Try another password on 2 nodes")).to_be_visible()
    expect(path.get_by_role("button", name="Trust the new key of 1 node")).to_be_visible()
    assert fits(path)
    shoot(path, "scale-out-halfway")
    path.locator("#guesses").get_by_role("button", name="SSD").click()
    expect(path.get_by_text("Disk sdb corrected.")).to_be_visible()
    expect(path).to_have_url(url(live_server, halfway))
    expect(path.locator("#guesses")).to_have_count(0)
    path.locator("#erase").get_by_role("button").click()
    expect(path.get_by_role("link", name="Back to the scale-out")).to_be_visible()
    path.get_by_role("link", name="Back to the scale-out").click()
    path.once("dialog", lambda dialog: dialog.accept())
    path.locator("#stage-ssh").get_by_role("button", name="Take 3 nodes out").click()
    expect(path.get_by_text("3 nodes taken out.")).to_be_visible()
    expect(path.locator("#stage-ssh")).not_to_have_attribute("open", "")
    expect(path.locator(".path-next").get_by_role("link", name="Configure 9 nodes")).to_be_visible()
    shoot(path, "scale-out-configure")
    path.locator(".path-next").get_by_role("link", name="Configure 9 nodes").click()
    # Only the nodes of this scale-out are proposed.
    expect(path.locator("#settings-text")).to_contain_text("172.16.80.29")
    expect(path.locator("#settings-text")).not_to_contain_text("172.16.80.30")


def test_it_refreshes_itself_and_keeps_what_is_typed(
    live_server: object, path: Page, halfway: ScaleOut
) -> None:
    path.goto(url(live_server, halfway))
    path.locator("#password [name=password]").fill("geheim")
    Node.objects.filter(mgmt_address="172.16.80.31").update(error="", host_key=factories.host_key(31))
    expect(path.locator("#again-link")).to_have_text("Live.", timeout=15_000)
    expect(path.locator("#password [name=password]")).to_have_value("geheim")
    path.locator("#password [name=password]").fill("")
    path.locator("h2").first.click()
    path.evaluate("document.activeElement.blur()")
    expect(path.get_by_role("button", name="Try another password on 1 node")).to_be_visible(timeout=15_000)


def test_the_job_and_the_routes(live_server: object, path: Page, shoot: Shoot, halfway: ScaleOut) -> None:
    nodes = list(Node.objects.filter(status=NodeStatus.AVAILABLE).order_by("pk")[:4])
    halfway.members.exclude(node__in=nodes).delete()
    Disk.objects.update(dirty=False, rotational_guess=False)
    plan = factories.make_sound_plan(Zone.objects.get(), nodes)
    path.goto(url(live_server, halfway))
    shoot(path, "scale-out-review")
    job = factories.make_job(nodes, status="running")
    Plan.objects.filter(pk=plan.pk).update(status="approved", decided_by="paul", job_id=job.job_id)
    Node.objects.filter(pk__in=[node.pk for node in nodes]).update(status=NodeStatus.SCALING)
    path.goto(url(live_server, halfway))
    expect(path.get_by_role("link", name=f"Watch job {job.job_id}").first).to_be_visible()
    shoot(path, "scale-out-running")
    path.get_by_role("link", name=f"Watch job {job.job_id}").first.click()
    path.get_by_role("link", name="Back to the scale-out").click()
    expect(path).to_have_url(url(live_server, halfway))
    type(job).objects.filter(pk=job.pk).update(status="succeeded")
    Plan.objects.filter(pk=plan.pk).update(status="applied")
    Node.objects.filter(pk__in=[node.pk for node in nodes]).update(status=NodeStatus.ACTIVE)
    path.goto(url(live_server, halfway))
    expect(path.locator("#routes-text")).to_contain_text("ip route add 10.10.50.0/24 via 172.16.80.200")
    shoot(path, "scale-out-routes")
    path.locator("#stage-routes").get_by_role("button", name="The routes are on the gateway").click()
    expect(path.locator(".path-next").get_by_role("button", name="Close this scale-out")).to_be_visible()
    shoot(path, "scale-out-done")
    path.once("dialog", lambda dialog: dialog.accept())
    path.locator(".path-next").get_by_role("button", name="Close this scale-out").click()
    expect(path.get_by_text("This scale-out is closed.")).to_be_visible()


def test_a_zone_that_joins_its_region(live_server: object, path: Page, shoot: Shoot) -> None:
    vms = {"proxy": ["10.0.0.1"], "webservice": ["10.0.0.5"], "zoocassa": ["10.0.0.7"]}
    factories.make_zone("pek3a", is_global=True, deploy_mode="standard", vms=vms)
    zone = factories.make_zone("pek3d", deploy_mode="standard", vms={"proxy": ["10.0.1.1"]})
    nodes = [factories.make_node(number) for number in (21, 22)]
    scale_out = begin_scale_out(
        zone_id="pek3d", actor=ANN, kind="zone", addresses=[str(node.mgmt_address) for node in nodes]
    )
    plan = factories.make_sound_plan(zone, nodes, kind="zone")
    Plan.objects.filter(pk=plan.pk).update(status="applied")
    Node.objects.update(status=NodeStatus.ACTIVE)
    path.goto(url(live_server, scale_out))
    expect(path.locator("#stage-region")).to_be_visible()
    expect(path.locator(".path-next").get_by_role("link", name="Preview haproxy.cfg")).to_be_visible()
    assert fits(path)
    shoot(path, "scale-out-region")


def test_a_viewer_sees_where_it_is(live_server: object, sign_in: SignIn, halfway: ScaleOut) -> None:
    page = sign_in("viewer")
    page.goto(url(live_server, halfway))
    expect(page.get_by_text("Your account may look on.")).to_be_visible()
    expect(page.locator("#again form")).to_have_count(0)
    expect(page.locator("#stage-ssh")).to_contain_text("S08")
