"""Drives and zones on all three faces: what fails together, and what cannot be written, is shown before planning."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from installer.console.zones.configure_page import _suggestion
from nodes.models import Disk, Node
from tests.factories import make_disk, make_node

pytestmark = pytest.mark.django_db
REASON = "host-managed zones (SMR, ZNS): ZFS, ext4 and DRBD cannot write there"


@pytest.fixture
def node() -> Node:
    made = make_node(21, mgmt_address="172.16.80.21", hostname="pek3cr02n02", ssds=0)
    made.disks.filter(is_os=False).delete()
    for number in (1, 2):
        make_disk(made, f"nvme0n{number}", type="nvme", order=number, drive="nvme S5EMNE0R600001")
    smr: dict[str, Any] = {"zoned": "host-managed", "observed_status": 0, "status_reason": REASON}
    make_disk(made, "sdb", type="sata", order=3, size_bytes=14 * 10**12, **smr)
    make_disk(made, "sdc", type="sata", order=4, size_bytes=8 * 10**12, zoned="host-aware")
    return made


def test_programs_read_the_drive_and_the_zones(operator, run, node):
    for answer in (
        run("describe_nodes", "-i", "172.16.80.21", "--format", "json").json["node_set"][0],
        operator.get(f"/api/v1/nodes/{node.node_id}/").json(),
    ):
        found = {disk["name"]: (disk["drive"], disk["zoned"]) for disk in answer["data_disks"]}
        assert found == {
            "nvme0n1": ("nvme S5EMNE0R600001", ""),
            "nvme0n2": ("nvme S5EMNE0R600001", ""),
            "sdb": ("", "host-managed"),
            "sdc": ("", "host-aware"),
        }
    listed = operator.get("/api/v1/disks/?search=nvme0n1").json()["results"]
    assert [disk["drive"] for disk in listed if disk["name"] == "nvme0n1"] == ["nvme S5EMNE0R600001"]


def test_the_shell_says_what_is_lost_together(run, node, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    text = " ".join(run("describe_nodes", "-i", "172.16.80.21", tty=True).out.split())
    assert "same drive as" in text and "host-managed" in text and "host-aware" in text
    assert "on 1 drive" not in text
    row = run("describe_nodes", "-s", "available", tty=True).out
    assert "2×nvme 3.2 TB" in " ".join(row.split())


def test_lists_count_drives(run, node, admin_client):
    Disk.objects.filter(node=node).exclude(name__startswith="nvme").delete()
    row = " ".join(run("describe_nodes", "--format", "table").out.split())
    assert "on 1 drive" in row
    assert "2×NVME 3.2 TB on 1 drive" in admin_client.get("/admin/nodes/node/").content.decode()
    assert "2×NVME 3.2 TB on 1 drive" in _suggestion("pek3c", None)


def test_the_page_of_a_node_warns(admin_client: Client, node):
    page = admin_client.get(f"/admin/nodes/node/{node.node_id}/change/", follow=True).content.decode()
    assert "! same drive as nvme0n2" in page and "! same drive as nvme0n1" in page
    assert "! host-managed zones" in page and "! host-aware zones" in page
    assert f"not proposed: {REASON}" in page
