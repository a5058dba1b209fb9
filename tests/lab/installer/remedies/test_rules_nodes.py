"""Remedies of the rules about file names and nodes (R15, R16, R18, R19, R21, R25) are followed as printed."""

from __future__ import annotations

import re

import pytest

from jobs.models import Job
from nodes.models import NetworkInterface, Node
from operations.models import Change
from tests.lab.installer.remedies.files import Files, collects, ends, hypers
from tests.lab.installer.remedies.stage import advised
from tests.seen import seen
from zones.models import Plan

pytestmark = pytest.mark.django_db

VG = "  172.16.80.43: {role: vg, sub_roles: [vgateway]}\n"
EIPS = "eips:\n  172.16.80.43: ['139.198.10.0/24|.1']\n"


def renamed(files: Files, remedy: str, verb: str) -> None:
    """Rename the first file as the remedy says."""
    [name] = re.findall(rf"^{verb} (\S+\.yaml)$", remedy)
    first, *others = files.texts.items()
    files.texts = {name: first[1], **dict(others)}


@pytest.mark.remedy("R15")
@pytest.mark.parametrize(
    "name", ["scale_settings.yaml", "scale-settings.pek3a.yml", "scale_settings.pek3a (1).yaml"]
)
def test_a_file_with_another_name(files: Files, name: str) -> None:
    files.texts = {name: f"zone_id: pek3a\nroles:\n{hypers(21, 22)}"}
    renamed(files, files.refused("R15"), "rename it to")
    files.passes()


@pytest.mark.remedy("R15")
def test_variables_given_as_settings(files: Files) -> None:
    files.new()
    files.command()
    [variables, settings] = [str(files.folder / name) for name in files.texts]
    refused = files.run("config_qingcloud", "-v", variables, "-s", variables)
    [name] = re.findall(r"^specify (\S+)$", files.says("R15", "is required", refused, "error"))
    assert str(files.folder / name) == settings
    files.does("config_qingcloud", "-v", variables, "-s", settings)


@pytest.mark.remedy("R15")
def test_a_name_and_a_content_of_two_zones(files: Files) -> None:
    files.example("R15")
    rename, other = files.refused("R15").split(", or ")
    assert other == "correct zone_id"
    renamed(files, rename, "rename it to")
    files.passes()
    files.scale("pek3a", hypers(23, 24))
    files.passes()


@pytest.mark.remedy("R15")
def test_a_zone_given_twice(files: Files) -> None:
    files.new()
    files.command()
    variables, settings = (str(files.folder / name) for name in files.texts)
    both = files.run("config_qingcloud", "-v", f"{variables},{variables}", "-s", settings)
    assert files.says("R15", "twice", both, "error") == "specify one variables file per zone"
    both = files.run("config_qingcloud", "-v", variables, "-s", f"{settings},{settings}")
    assert files.says("R15", "twice", both, "error") == "specify one file per zone"
    files.passes()


@pytest.mark.remedy("R16")
def test_a_node_that_was_never_added(files: Files) -> None:
    files.example("R16")
    remedy = files.refused("R16")
    files.does(*advised(remedy, "add_nodes"))
    assert "establish_ssh" in remedy
    node = Node.objects.filter(mgmt_address="172.16.80.99")
    node.update(host_key="ssh-ed25519 AAAA", host_key_fingerprint=f"SHA256:{99:040d}")
    files.does(*advised(remedy, "collect_nodes"))
    ends(Job.objects.get(action="collect_nodes"), "succeed")
    twin = Node.objects.get(mgmt_address="172.16.80.23")
    twin.disks.update(node=node.get())
    twin.interfaces.update(node=node.get())
    node.update(status="available", hostname="pek3ar01n99", mgmt_interface="bond0")
    files.passes()


@pytest.mark.remedy("R16")
@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"hostname": "under_score"}, "invalid host name"),
        ({"hostname": "proxy"}, "name of a group"),
        ({"hostname": "pek3ar01n11"}, "which 172.16.80.11 also uses"),
    ],
)
def test_a_host_name_that_cannot_be(files: Files, fields: dict[str, str], says: str) -> None:
    Node.objects.filter(mgmt_address="172.16.80.22").update(**fields)
    files.scale("pek3a", hypers(21, 22))
    [name] = re.findall(r"^set the host name, for example (\S+),", files.refused("R16", says))
    collects(files, "172.16.80.22", hostname=name)
    files.passes()


@pytest.mark.remedy("R16")
def test_a_host_name_of_another_form(files: Files) -> None:
    files.scale("pek3a", hypers(21, 22))
    assert files.warned("R16") == "rename it if possible"
    for number in (21, 22):
        collects(files, f"172.16.80.{number}", hostname=f"pek3ar02n{number}")
    files.passes(without="R16")


@pytest.mark.remedy("R16")
def test_a_node_of_another_zone(files: Files) -> None:
    files.scale("pek3a", hypers(21, 22, 13))
    assert files.refused("R16", "belongs to zone pek3d") == "remove it from this file"
    files.scale("pek3a", hypers(21, 22))
    files.passes()


@pytest.mark.remedy("R16")
@pytest.mark.parametrize("way", ["omit it", "reject plan"])
def test_a_node_in_the_plan_of_another_zone(files: Files, way: str) -> None:
    files.scale("pek3a", hypers(21, 22))
    files.passes()
    other = Plan.objects.get(status="draft")
    files.scale("pek3d", hypers(21, 22, 23))
    remedy = files.refused("R16", "carries the VBC")
    assert remedy == f"omit it, or reject plan {other.plan_id}"
    if way == "reject plan":
        files.does("reject_plan", other.plan_id, "--hash", seen(other.plan_id))
    else:
        files.scale("pek3d", hypers(23, 24))
    files.passes()


@pytest.mark.remedy("R16")
def test_a_node_whose_collection_failed(files: Files) -> None:
    Node.objects.filter(mgmt_address="172.16.80.22").update(status="collect_failed")
    files.scale("pek3a", hypers(21, 22))
    remedy = files.refused("R16", "is collect_failed")
    collects(files, "172.16.80.22")
    files.does(*advised(remedy, "get_log"))
    files.passes()


@pytest.mark.remedy("R18")
def test_a_vg_with_one_network(files: Files) -> None:
    files.example("R18")
    assert files.refused("R18") == "configure the EIP interface, then collect the node again"
    configured(139)
    collects(files, "172.16.80.43")
    # The route is still where it was: that is reported next.
    [interface] = re.findall(r"^move the default route to (\w+), then collect", files.refused("R18"))
    collects(files, "172.16.80.43", default_interface=interface, default_gateway="139.198.10.1")
    files.passes()


def configured(first: int) -> None:
    """Give an interface of the VG an address of the other side."""
    found = NetworkInterface.objects.filter(node__mgmt_address="172.16.80.43", name="eth1")
    found.update(address=f"{first}.198.10.43", prefix=24)


@pytest.mark.remedy("R18")
def test_a_vg_without_its_management_interface(files: Files) -> None:
    configured(139)
    node = Node.objects.filter(mgmt_address="172.16.80.43")
    node.update(mgmt_interface="", default_interface="eth1", default_gateway="139.198.10.1")
    NetworkInterface.objects.filter(node__in=node, name="bond0").update(address="", name="bond1")
    files.scale("pek3a", VG, EIPS)
    assert files.refused("R18") == "collect the node again"
    collects(files, "172.16.80.43", mgmt_interface="bond1")
    NetworkInterface.objects.filter(node__in=node, name="bond1").update(address="172.16.80.43")
    files.passes()


@pytest.mark.remedy("R19")
def test_interfaces_with_other_names(files: Files) -> None:
    files.example("R19")
    assert files.refused("R19") == "use the same interface names on all hypers, then collect them again"
    NetworkInterface.objects.filter(node__mgmt_address="172.16.80.52", name="ens1f0").update(name="eth1")
    collects(files, "172.16.80.52")
    files.passes()


@pytest.mark.remedy("R21")
def test_another_qemu_version(files: Files) -> None:
    files.example("R21")
    remedy = files.warned("R21")
    files.does("reject_plan", *drafted())
    files.does(*advised(remedy, "set_qemu_version"))
    change = Change.objects.get()
    assert "then its --approve and --apply" in remedy
    files.does("set_qemu_version", "-z", "pek3a", "--approve", change.change_id)
    files.does("set_qemu_version", "-z", "pek3a", "--apply", "--change", change.change_id)
    handed_out()
    files.passes(without="R21")


def drafted() -> tuple[str, ...]:
    plan = Plan.objects.get(status="draft").plan_id
    return plan, "--hash", seen(plan)


def handed_out() -> None:
    """Run the job to its end; its first act is to write the file."""
    from operations.qemu.handler import started

    job = Job.objects.get(action="set_qemu_version")
    started(job)
    ends(job, "succeed")


@pytest.mark.remedy("R21")
def test_a_new_zone_with_another_qemu_version(files: Files) -> None:
    files.new(more="qemu_version: 2.4.1.2\n")
    remedy = files.warned("R21")
    command = advised(remedy, "set_qemu_version")
    assert command[1:3] == ["-z", "pek3a"]
    files.does(*command)
    change = Change.objects.get().change_id
    files.does("set_qemu_version", "-z", "pek3a", "--approve", change)
    files.does("set_qemu_version", "-z", "pek3a", "--apply", "--change", change)
    handed_out()
    files.passes(without="R21")


@pytest.mark.remedy("R25")
def test_a_clock_that_is_wrong(files: Files) -> None:
    files.example("R25")
    [command] = re.findall(r"^set it \(([^,]*),", files.refused("R25"))
    files.does("exec_nodes", "172.16.80.53", command)
    ends(Job.objects.get(action="exec_nodes"), "succeed")
    collects(files, "172.16.80.53", clock_offset_ms=0)
    files.passes(without="R25")


@pytest.mark.remedy("R16")
def test_a_node_that_is_not_available_any_more_at_the_approval(files: Files) -> None:
    files.scale("pek3a", hypers(21, 22, 23, 24))
    files.passes()
    Node.objects.filter(mgmt_address="172.16.80.24").update(status="collect_failed")
    plan = Plan.objects.get(status="draft").plan_id
    refused = files.run("approve_plan", plan, "--hash", seen(plan))
    assert files.says("R16", "no longer available", refused, "error") == "omit it and configure again"
    files.scale("pek3a", hypers(21, 22))
    files.passes()
    plan = Plan.objects.get(status="draft").plan_id
    files.does("approve_plan", plan, "--hash", seen(plan))


@pytest.mark.remedy("R16")
def test_a_node_that_is_being_collected(files: Files) -> None:
    files.does("collect_nodes", "-i", "172.16.80.22")
    files.scale("pek3a", hypers(21, 22))
    assert files.refused("R16", "is collecting") == "wait until its collection has ended"
    ends(Job.objects.get(action="collect_nodes"), "succeed")
    Node.objects.filter(mgmt_address="172.16.80.22").update(status="available")
    files.passes()


@pytest.mark.remedy("R16")
def test_a_node_with_the_name_of_a_vm(files: Files) -> None:
    Node.objects.filter(mgmt_address="172.16.80.22").update(hostname="pek3n-proxy0")
    files.new()
    [name] = re.findall(r"^set the host name, for example (\S+),", files.refused("R16", "management VM"))
    collects(files, "172.16.80.22", hostname=name)
    files.passes()
