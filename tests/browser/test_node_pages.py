"""Verbs on hardware in a browser: correct many disks, erase after a preview, files in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from common.actor import Actor
from jobs.models import Job
from nodes.models import Collection, Disk, DiskCorrection, Node
from nodes.save_facts import pack
from nodes.services.modify import modify_disks
from nodes.services.reparse import reparse_nodes
from tests import factories
from tests.support.streams import lsblk, stream

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
COUNT = 5
LIST = reverse("admin:nodes_node_changelist")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def nodes(transactional_db: None) -> list[Node]:
    made = [factories.make_node(number, ssds=3) for number in range(1, COUNT + 1)]
    Disk.objects.filter(name="sdb").update(dirty=True, signatures=["gpt", "ext4"])
    return made


@pytest.fixture
def at(live_server: object, sign_in: SignIn, nodes: list[Node]) -> Callable[[str], Page]:
    """Open pages in an operator's browser."""
    page = sign_in("operator")

    def opened(path: str) -> Page:
        page.goto(f"{live_server}{path}")
        return page

    return opened


def run_on_all(page: Page, action: str) -> None:
    page.locator("#action-toggle").check()
    page.get_by_label("Select action to run").select_option(label=action)
    page.get_by_role("button", name="Run").click()


def both(page: Page, shoot: Shoot, name: str) -> None:
    """Take one picture in dark and one in light: the theme follows the system only when a page is loaded."""
    for scheme in ("dark", "light"):
        page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark")
        shoot(page, f"{name}-{scheme}")


def test_one_correction_on_many_nodes(at: Callable[[str], Page], shoot: Shoot) -> None:
    page = at(LIST)
    run_on_all(page, "Correct a disk…")
    expect(page.get_by_text(f"On {COUNT} nodes:")).to_be_visible()
    page.locator("input[name=disk]").fill("sdb")
    page.locator("select[name=type]").select_option("sata")
    page.locator("input[name=reason]").fill("SATA behind a cache")
    both(page, shoot, "nodes-correct")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_role("button", name="Correct", exact=True)).to_be_visible()
    both(page, shoot, "nodes-correct-preview")
    page.get_by_role("button", name="Correct", exact=True).click()
    expect(page.get_by_text(f"Disk sdb corrected on {COUNT} nodes")).to_be_visible()
    assert set(DiskCorrection.objects.values_list("value", "reason")) == {("sata", "SATA behind a cache")}
    expect(page.locator("td .con-pill", has_text="corrected")).to_have_count(COUNT)
    both(page, shoot, "nodes-corrected")


def test_disks_are_erased_after_a_preview(at: Callable[[str], Page], shoot: Shoot) -> None:
    Disk.objects.filter(node__mgmt_address="172.16.80.2", name="sdc").update(mountpoints=["/data"])
    page = at(LIST)
    run_on_all(page, "Erase data disks…")
    page.get_by_label("sdb", exact=True).check()
    page.get_by_label("sdc", exact=True).check()
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.get_by_text("is in use: mounted on /data")).to_be_visible()
    expect(page.get_by_label("sdc", exact=True)).to_be_checked()
    both(page, shoot, "erase-choose")
    page.get_by_label("172.16.80.2", exact=True).uncheck()
    page.get_by_role("button", name="Preview", exact=True).click()
    disks = 2 * (COUNT - 1)
    expect(page.get_by_text(f"Quick erase: {disks} disks, {COUNT - 1} nodes")).to_be_visible()
    both(page, shoot, "erase-preview")
    page.get_by_role("button", name="Change the selection").click()
    expect(page.get_by_label("sdc", exact=True)).to_be_checked()
    page.get_by_role("button", name="Preview", exact=True).click()
    page.get_by_label("To confirm, type the number of disks").fill("7")
    page.get_by_role("button", name=f"Erase {disks} disks").click()
    expect(page.get_by_text("Nothing was erased. To confirm")).to_be_visible()
    assert not Job.objects.exists()
    page.get_by_label("To confirm, type the number of disks").fill(str(disks))
    page.get_by_role("button", name=f"Erase {disks} disks").click()
    expect(page.locator("tr[data-node]")).to_have_count(COUNT - 1)
    assert Job.objects.get().action == "erase_data_disks"
    page.go_back()
    page.reload()
    expect(page.get_by_text("each preview erases once")).to_be_visible()
    both(page, shoot, "erase-used")


def choose(page: Page, document: object) -> None:
    """Put the document into the form as a file, and look at its preview."""
    data = json.dumps(document).encode()
    page.locator("input[type=file]").set_input_files(
        {"name": "nodes.json", "mimeType": "application/json", "buffer": data}
    )
    page.get_by_role("button", name="Preview", exact=True).click()


def test_a_file_is_exported_changed_previewed_and_imported(at: Callable[[str], Page], shoot: Shoot) -> None:
    page = at(f"{LIST}?q=pek3cr01n0")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="JSON", exact=True).click()
    document = json.loads(Path(waiting.value.path()).read_text())
    assert document["total_count"] == COUNT
    first, second, third = document["node_set"][:3]
    first["hostname"] = "pek3cr09n09"
    first["data_disks"][0]["size_bytes"] = 1_600_000_000_000
    second["mgmt_address"] = "172.16.80.99"
    third["memory_bytes"] = -1
    page.get_by_role("link", name="Import…").click()
    shoot(page, "import")
    choose(page, document)
    expect(page.get_by_text("node_set[2].memory_bytes")).to_be_visible()
    both(page, shoot, "import-refused")
    third["memory_bytes"] = 512 * 2**30
    choose(page, document)
    expect(page.get_by_text("pek3cr09n09")).to_be_visible()
    both(page, shoot, "import-preview")
    assert not Node.objects.filter(hostname="pek3cr09n09").exists()
    page.get_by_role("button", name="Import", exact=True).click()
    expect(page.get_by_text("nodes.json imported: 1 new, 1 changed, 3 unchanged")).to_be_visible()
    assert Node.objects.get(mgmt_address="172.16.80.1").hostname == "pek3cr09n09"
    assert Node.objects.count() == COUNT + 1


def test_the_page_of_a_node_shows_where_each_value_comes_from(
    at: Callable[[str], Page], shoot: Shoot, nodes: list[Node]
) -> None:
    node = nodes[0]
    sdb = '{"name":"sdb","kname":"sdb","type":"disk","size":3200631791616,"rota":true,"tran":"sata","serial":"B1"}'
    Collection.objects.create(node=node, by="olga", raw=pack(stream(lsblk_json=lsblk(sdb))))
    modify_disks(
        addresses=[str(node.mgmt_address)],
        disk="sdc",
        actor=Actor("olga", "admin", "10.1.2.3"),
        type="sata",
        size_bytes=1_600_000_000_000,
        reason="SATA behind a cache",
    )
    Disk.objects.filter(node=node, name="sdc").update(observed_type="nvme")
    page = at(reverse("admin:nodes_node_change", args=[node.node_id]))
    both(page, shoot, "node-provenance")
    reparse_nodes(addresses=[str(node.mgmt_address)], actor=Actor("olga", "command"))
    page.reload()
    expect(page.get_by_text("The correction applies again when the disk is back")).to_be_visible()
    page.get_by_text("kernel", exact=True).scroll_into_view_if_needed()
    expect(page.get_by_text("via admin from 10.1.2.3")).to_be_visible()
    both(page, shoot, "node-read-again")


def test_a_viewer_has_files_and_no_verb(
    live_server: object, sign_in: SignIn, shoot: Shoot, nodes: list[Node]
) -> None:
    page = sign_in("viewer")
    page.goto(f"{live_server}{LIST}")
    actions = page.get_by_label("Select action to run").locator("option:not([value=''])")
    expect(actions).to_have_text(["Export as JSON", "Export as CSV"])
    expect(page.get_by_role("link", name="Import…")).to_have_count(0)
    shoot(page, "nodes-viewer")
