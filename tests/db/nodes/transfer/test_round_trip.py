"""Export and import: nothing is lost, nothing is invented, corrections stay corrections."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.actor import Actor
from common.errors import Busy, Refused
from common.models import AuditEntry
from common.ssh.types import fingerprint
from nodes.describe import nodes_json, prefetched
from nodes.facts import DiskFacts, NicFacts
from nodes.models import Collection, Disk, DiskCorrection, Node
from nodes.save_facts import save_facts
from nodes.services.collect import collect_nodes
from nodes.services.export_nodes import export_nodes
from nodes.services.import_nodes import import_nodes
from nodes.services.modify import modify_disks
from nodes.states import NodeStatus
from tests.db.nodes.test_save_facts import FACTS, SDB, SDC
from tests.factories import host_key

pytestmark = pytest.mark.django_db

ODD = DiskFacts(
    "nvme0n1",
    "nvme",
    30_000_000_000_000,
    serial="=HYPERLINK(1)",
    wwn="eui.1",
    model="+1 'quoted', \"twice\"",
    signatures=("gpt", "ext4"),
    mountpoints=("/data, with comma",),
    dirty=True,
    suggested_status=0,
    status_reason="removable",
    removable=True,
    drive="nvme =HYPERLINK(1)",
    zoned="host-managed",
)
VLAN = NicFacts(
    "bond0.7", "02:00:00:00:00:01", "vlan", "fd00::1", 64, vlan_id=7, raw_device="bond0", link=False
)
RICH = replace(
    FACTS,
    hostname="节点-1",
    data_disks=(SDB, SDC, ODD),
    networks=(*FACTS.networks, VLAN),
    warnings=("A sentence; with, signs.", "Another."),
)


@pytest.fixture
def stored(actor: Actor) -> None:
    for number in (1, 2):
        node = Node.objects.create(mgmt_address=f"10.0.0.{number}", ssh_port=2222, ssh_user="deploy")
        save_facts(node, RICH, by="ann")
    Node.objects.create(mgmt_address="10.0.0.3")
    modify_disks(
        addresses=["10.0.0.1"], disk="sdb", actor=actor, type="ssd", status=0, reason="behind RAID, =1"
    )
    # A conflict: what was observed then is not what is observed now.
    DiskCorrection.objects.filter(field="type").update(against="sas")


def exported(kind: str) -> bytes:
    return "".join(export_nodes(nodes=prefetched(), format=kind)).encode()


def shown() -> list[dict[str, Any]]:
    """Return what describe_nodes shows, without what belongs to this console."""
    found = nodes_json(prefetched())
    for node in found:
        for key in ("node_id", "status", "host_key_fingerprint"):
            del node[key]
        for disk in [*node["data_disks"], *([node["os_disk"]] if node["os_disk"] else [])]:
            for field in disk["fields"].values():
                del field["at"], field["by"]
    return found


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_new_console_knows_all_that_the_old_one_knew(stored: None, kind: str) -> None:
    data, before = exported(kind), shown()
    Node.objects.all().delete()
    done = import_nodes(data=data, actor=Actor("bob", "api"), file=f"nodes.{kind}")
    assert [item.what for item in done] == ["new"] * 3
    assert shown() == before
    assert list(Node.objects.values_list("status", flat=True)) == ["available", "available", "new"]
    assert set(Collection.objects.values_list("source", "by")) == {("import", "bob")}
    correction = DiskCorrection.objects.get(field="type")
    assert (correction.made_by, correction.made_via, correction.conflict) == ("bob", "api", True)
    told = AuditEntry.objects.filter(verb="modify_node_attributes").order_by("-id")[0].detail
    assert told["imported"]["by"] == "ann" and told["imported"]["at"]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_the_same_again_changes_nothing(stored: None, actor: Actor, kind: str) -> None:
    before = shown()
    done = import_nodes(data=exported(kind), actor=actor)
    assert [item.changes for item in done] == [()] * 3 and shown() == before


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_was_exported_just_now_is_not_called_old(stored: None, actor: Actor, kind: str) -> None:
    Node.objects.update(collected_at=datetime(2026, 3, 1, 2, 30, 0, 413_789, tzinfo=UTC))
    preview = import_nodes(data=exported(kind), actor=actor, dry_run=True)
    assert [item.notes for item in preview] == [()] * 3


def test_the_preview_says_what_is_new_and_what_changes_and_changes_nothing(
    stored: None, actor: Actor
) -> None:
    document = json.loads(exported("json"))
    first, second, third = document["node_set"]
    first["hostname"] = "z1r09n09"
    first["data_disks"][1]["fields"] = {
        "size_bytes": {"observed": first["data_disks"][1]["size_bytes"], "override": 5}
    }
    second["mgmt_address"] = "10.0.0.9"
    first["collected_at"] = "2001-01-01T00:00:00Z"
    data, before = json.dumps(document).encode(), shown()
    preview = import_nodes(data=data, actor=actor, dry_run=True)
    assert [item.what for item in preview] == ["changed", "new", "same"]
    assert {change["what"] for change in preview[0].changes} == {
        "hostname",
        "correction of size_bytes of sdc",
    }
    assert "older than the last collection" in preview[0].notes[0]
    assert shown() == before and not AuditEntry.objects.filter(verb="import_nodes").exists()
    assert import_nodes(data=data, actor=actor) == preview
    assert Disk.objects.get(node__mgmt_address="10.0.0.1", name="sdc").effective("size_bytes") == 5
    assert third["mgmt_address"] == "10.0.0.3"


def test_what_is_written_is_what_was_shown_also_where_it_is_small(stored: None, actor: Actor) -> None:
    document = json.loads(exported("json"))
    document["node_set"] = document["node_set"][:1]
    [disk] = [item for item in document["node_set"][0]["data_disks"] if item["name"] == "sdc"]
    disk["status"] = 0
    [found] = import_nodes(data=json.dumps(document).encode(), actor=actor, dry_run=True)
    assert [change["what"] for change in found.changes] == ["disk C1"]
    assert "not usable" in found.changes[0]["after"] and "not usable" not in found.changes[0]["before"]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_a_newer_correction_made_here_stays(stored: None, actor: Actor, kind: str) -> None:
    data = exported(kind)
    corrected = DiskCorrection.objects.get(field="type")
    DiskCorrection.objects.filter(pk=corrected.pk).update(
        value="nvme", made_by="bob", made_at=corrected.made_at + timedelta(days=1)
    )
    found = import_nodes(data=data, actor=actor)[0]
    assert found.what == "same" and "bob corrected it" in " ".join(found.notes)
    corrected.refresh_from_db()
    assert corrected.value == "nvme"


def without_times(data: bytes) -> bytes:
    """Return the file as an earlier console wrote it, or as a person leaves it."""
    rows = list(csv.DictReader(io.StringIO(data.decode())))
    buffer = io.StringIO()
    names = [name for name in rows[0] if not name.endswith(("_at", "_by")) or name == "collected_at"]
    writer = csv.DictWriter(buffer, names, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def test_a_file_without_times_says_what_it_takes_the_place_of(stored: None, actor: Actor) -> None:
    data = without_times(exported("csv"))
    DiskCorrection.objects.filter(field="type").update(value="nvme", made_by="bob")
    preview = import_nodes(data=data, actor=actor, dry_run=True)[0]
    assert "type of sdb: ssd replaces nvme, the correction of bob at" in " ".join(preview.notes)
    assert "does not say when" in " ".join(preview.notes)
    assert DiskCorrection.objects.get(field="type").value == "nvme"
    assert import_nodes(data=data, actor=actor)[0] == preview


def test_a_time_that_is_none_is_refused(stored: None, actor: Actor) -> None:
    document = json.loads(exported("json"))
    document["node_set"][0]["data_disks"][0]["fields"]["type"]["at"] = "yesterday"
    with pytest.raises(Refused, match=r"fields\.type\.at: 'yesterday' is not a time"):
        import_nodes(data=json.dumps(document).encode(), actor=actor)


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_long_cells_come_back(stored: None, actor: Actor, kind: str) -> None:
    long = [f"/srv/{number:04d}/{'x' * 90}" for number in range(1500)]
    Disk.objects.filter(name="sdc").update(mountpoints=long)
    Node.objects.filter(mgmt_address="10.0.0.1").update(warnings=["sdb, " * 2000 + "are one disk."])
    data, before = exported(kind), shown()
    Node.objects.all().delete()
    import_nodes(data=data, actor=actor)
    assert shown() == before


def test_facts_of_an_import_never_touch_a_correction(stored: None, actor: Actor) -> None:
    document = json.loads(exported("json"))
    for disk in document["node_set"][0]["data_disks"]:
        disk["type"], disk["fields"] = "sas", {}
    import_nodes(data=json.dumps(document).encode(), actor=actor)
    disk = Disk.objects.get(node__mgmt_address="10.0.0.1", name="sdb")
    assert (disk.observed_type, disk.effective("type")) == ("sas", "ssd")


def test_nodes_in_service_need_force_and_keep_their_state(stored: None, actor: Actor) -> None:
    data = exported("json")
    Node.objects.filter(mgmt_address="10.0.0.1").update(status=NodeStatus.ACTIVE, hostname="another")
    with pytest.raises(Refused, match="--force"):
        import_nodes(data=data, actor=actor)
    assert import_nodes(data=data, actor=actor, dry_run=True)[0].what == "changed"
    import_nodes(data=data, actor=actor, force=True)
    node = Node.objects.get(mgmt_address="10.0.0.1")
    assert (node.status, node.hostname) == ("active", "节点-1")


def test_a_node_that_is_being_collected_is_left_alone(stored: None, actor: Actor) -> None:
    Node.objects.update(host_key=host_key(1))
    job = collect_nodes(addresses=["10.0.0.1"], actor=actor)
    with pytest.raises(Busy, match=job.job_id):
        import_nodes(data=exported("json"), actor=actor, force=True)


def test_a_list_of_addresses_is_enough(actor: Actor) -> None:
    done = import_nodes(data=b"mgmt_address,ssh_port\n10.0.0.1,2222\n\n10.0.0.2,\n", actor=actor)
    assert [item.what for item in done] == ["new", "new"]
    assert list(Node.objects.values_list("ssh_port", "status")) == [(2222, "new"), (22, "new")]
    assert not Collection.objects.exists()


def test_memory_of_an_export_does_not_depend_on_how_many_nodes(
    stored: None, django_assert_num_queries: Any
) -> None:
    pieces = export_nodes(nodes=prefetched())
    with django_assert_num_queries(6):
        next(pieces)
        next(pieces)


NUMBERLIKE = ["00012345", "12E5", "1E10", "123456789012345678", "22.10", "5e3", "0", "16.04", "S00012"]


@pytest.mark.parametrize("serial", NUMBERLIKE)
def test_a_spreadsheet_takes_no_serial_number_for_a_number(serial: str, actor: Actor) -> None:
    node = Node.objects.create(mgmt_address="10.0.0.1")
    save_facts(node, replace(FACTS, data_disks=(replace(SDB, serial=serial),)), by="ann")
    rows = list(csv.DictReader(io.StringIO(exported("csv").decode())))
    cell = next(row["serial"] for row in rows if row["record"] == "disk")
    assert cell.startswith("'") == (serial not in ("0", "16.04", "S00012"))
    assert [item.what for item in import_nodes(data=exported("csv"), actor=actor)] == ["same"]


@pytest.mark.parametrize(("separator", "before"), [(",", "\ufeff"), (";", "\ufeff"), ("\t", "")])
def test_what_excel_saves(stored: None, actor: Actor, separator: str, before: str) -> None:
    rows = csv.reader(io.StringIO(exported("csv").decode()))
    saved = io.StringIO()
    csv.writer(saved, delimiter=separator, lineterminator="\r\n").writerows(rows)
    data = (before + saved.getvalue()).encode()
    assert [item.what for item in import_nodes(data=data, actor=actor)] == ["same"] * 3


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_pinned_host_keys_go_along_and_are_never_replaced(stored: None, actor: Actor, kind: str) -> None:
    """Export pinned host keys, so that a new console needs no trust on first use, and never replace one."""
    own, other = host_key(1), host_key(2)
    Node.objects.update(host_key=own, host_key_fingerprint=fingerprint(own), host_key_pinned_by="olga")
    data = exported(kind)
    Node.objects.update(host_key=other, host_key_fingerprint=fingerprint(other))
    [kept] = [
        item for item in import_nodes(data=data, actor=actor, dry_run=True) if item.address == "10.0.0.1"
    ]
    assert any(
        f"the host key stays {fingerprint(other)} (pinned by olga), but the file has {fingerprint(own)}"
        in note
        and "--replace-host-key 10.0.0.1" in note
        for note in kept.notes
    )
    import_nodes(data=data, actor=actor)
    assert Node.objects.get(mgmt_address="10.0.0.1").host_key == other
    Node.objects.all().delete()
    [new] = [item for item in import_nodes(data=data, actor=actor) if item.address == "10.0.0.1"]
    assert {"what": "host key", "before": None, "after": fingerprint(own)} in new.changes
    node = Node.objects.get(mgmt_address="10.0.0.1")
    assert (node.host_key, node.host_key_fingerprint) == (own, fingerprint(own))
    assert node.host_key_pinned_by == "ann" and node.host_key_pinned_at is not None
    entry = AuditEntry.objects.filter(verb="pin_host_key", subject=node.node_id).get()
    assert entry.reason == "from an imported file" and entry.detail["after"] == fingerprint(own)


def test_a_column_of_host_keys_is_enough(actor: Actor) -> None:
    key = host_key(3)
    import_nodes(data=f"mgmt_address,host_key\n10.0.0.1,{key} root@node\n10.0.0.2,\n".encode(), actor=actor)
    assert dict(Node.objects.values_list("mgmt_address", "host_key")) == {"10.0.0.1": key, "10.0.0.2": ""}
    with pytest.raises(Refused, match="not a host key, or a damaged one"):
        import_nodes(data=f"mgmt_address,host_key\n10.0.0.3,{key[:-3]}\n".encode(), actor=actor)
