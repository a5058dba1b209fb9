"""From collected or imported disks to the plan: pieces of one drive never pass as drives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from common.errors import Refused
from common.readings import Readings
from nodes.describe import nodes_json, prefetched
from nodes.models import Disk, Node
from nodes.save_facts import save_facts
from nodes.services.import_nodes import import_nodes
from nodes.services.modify import modify_disks
from tests.fixtures.region import Region, scale_file
from tests.support.machines import links_of, machine, namespace
from zones.core.edits import file_hash
from zones.core.world import whole
from zones.load import load_world, planned_nodes
from zones.models import Plan
from zones.services.configure import config_qingcloud
from zones.services.edit import edit_plan_file

pytestmark = pytest.mark.django_db(transaction=True)
FILE = "settings/pek3cr01n21"


def configure(region: Region) -> Plan:
    [done] = config_qingcloud(
        variables=[], settings=[scale_file({21: "hyper-repl", 22: "hyper-repl"})], actor=region.actor
    )
    assert done.plan is not None
    return done.plan


def said(plan: Plan) -> list[tuple[str, str]]:
    return [(item.level, item.detail) for item in plan.findings if item.code == "R17"]


def values(plan: Plan) -> str:
    return str(plan.files.get(path=FILE).content)


def document(region: Region, disks: list[dict[str, Any]]) -> bytes:
    """Return an import of node 21 with these data disks, as describe_nodes writes it."""
    region.nodes(21, 22)
    [node] = nodes_json(prefetched().filter(mgmt_address="172.16.80.21"))
    node["data_disks"] = disks
    return json.dumps({"node_set": [node], "total_count": 1}).encode()


def imported_disk(number: int, **more: Any) -> dict[str, Any]:
    """Return a namespace as in a file of an older console: its drive is missing."""
    return {
        "name": f"nvme0n{number}",
        "type": "nvme",
        "transport": "nvme",
        "size_bytes": 3_840_000_000_000,
        "model": "SAMSUNG MZWLJ3T8HBLS-00007",
        "serial": "S5EMNE0R600001",
        "wwn": f"eui.00253845a000000{number}",
        "by_id": f"/dev/disk/by-id/nvme-eui.00253845a000000{number}",
        "rotational": False,
        "status": 1,
        **more,
    }


def test_namespaces_of_an_import_are_known_by_their_serial_number(region: Region) -> None:
    data = document(region, [imported_disk(1), imported_disk(2)])
    import_nodes(data=data, actor=region.actor)
    [node] = nodes_json(prefetched().filter(mgmt_address="172.16.80.21"))
    assert {disk["drive"] for disk in node["data_disks"]} == {"nvme S5EMNE0R600001"}
    plan = configure(region)
    assert said(plan) == [
        (
            "warning",
            "172.16.80.21 (pek3cr01n21): nvme0n1 and nvme0n2 are namespaces of one drive (serial S5EMNE0R600001): both "
            "fail together; the pool does not survive a drive failure",
        )
    ]
    assert 'vpool_layout="stripe"' in values(plan) and "mirror" not in values(plan)


def test_a_link_of_an_import_that_names_the_drive_is_refused(region: Region) -> None:
    bare = "/dev/disk/by-id/nvme-SAMSUNG_MZWLJ3T8HBLS-00007_S5EMNE0R600001"
    import_nodes(data=document(region, [imported_disk(1, by_id=bare), imported_disk(2)]), actor=region.actor)
    with pytest.raises(Refused) as caught:
        configure(region)
    assert any("it names the drive, not the namespace" in item.detail for item in caught.value.findings)


def test_a_filler_of_an_import_names_no_disk(region: Region) -> None:
    bare = {"by_id": "", "wwn": "", "serial": "0123456789ABCDEF"}
    import_nodes(data=document(region, [imported_disk(1, **bare)]), actor=region.actor)
    with pytest.raises(Refused) as caught:
        configure(region)
    assert [item.code for item in caught.value.findings] == ["R17"]
    assert "the serial number is a placeholder" in caught.value.findings[0].detail


def test_a_host_managed_drive_is_refused_although_a_person_wants_it(region: Region) -> None:
    smr = imported_disk(2, zoned="host-managed", serial="S2", status=0, status_reason="host-managed zones")
    import_nodes(data=document(region, [imported_disk(1), smr]), actor=region.actor)
    assert said(configure(region)) == []
    modify_disks(addresses=["172.16.80.21"], disk="nvme0n2", actor=region.actor, status=1)
    with pytest.raises(Refused) as caught:
        configure(region)
    assert [item.code for item in caught.value.findings] == ["R17"]
    assert "nvme0n2 has host-managed zones" in caught.value.findings[0].detail


def test_what_an_older_console_stored_is_judged_the_same(region: Region) -> None:
    """Judge rows from before drives were collected the same, over both ways in which disks are loaded."""
    import_nodes(data=document(region, [imported_disk(1), imported_disk(2)]), actor=region.actor)
    Disk.objects.update(drive="")
    roles = {"172.16.80.21": {"role": "hyper-repl", "sub_roles": []}}
    [planned] = planned_nodes(roles)
    node = whole(load_world(roles, Readings()).node_by_address["172.16.80.21"])
    for view in (planned, node):
        assert {disk.drive for disk in view.data_disks} == {"nvme S5EMNE0R600001"}
        assert [disk.doubt for disk in view.data_disks] == ["", ""]


def collected(node: Node, count: int) -> None:
    rows = [namespace(0, number + 1, "S5EMNE0R600001") for number in range(count)]
    facts = machine(rows, links=links_of(rows))
    save_facts(node, facts, by="ann")
    Node.objects.filter(pk=node.pk).update(hostname="pek3cr01n21", mgmt_interface="bond0")


def test_a_layout_written_by_hand_over_one_drive_is_refused(region: Region) -> None:
    node, _ = region.nodes(21, 22)
    interfaces = list(node.interfaces.values())
    collected(node, 2)
    node.interfaces.all().delete()
    for interface in interfaces:
        node.interfaces.create(**{key: value for key, value in interface.items() if key != "id"})
    plan = configure(region)
    text = values(plan)
    name = "/dev/disk/by-id/nvme-SAMSUNG_MZWLJ3T8HBLS-00007_S5EMNE0R600001"
    assert f'vpool_vdevs="{name}_1 {name}_2"' in text
    changed = text.replace('vpool_layout="stripe"', 'vpool_layout="mirror"')
    changed = changed.replace('vpool_vdevs="', 'vpool_vdevs="mirror ')
    with pytest.raises(Refused) as caught:
        edit_plan_file(
            plan_id=plan.plan_id,
            path=FILE,
            content=changed,
            made_from=file_hash(text),
            actor=region.actor,
        )
    [finding] = caught.value.findings
    assert finding.code == "E07" and "disks on the same drive fail together" in finding.detail
    assert values(plan) == text
