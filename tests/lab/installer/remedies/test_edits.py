"""Remedies about edits of a rendered file are followed as printed."""

from __future__ import annotations

import re

import pytest

from nodes.models import Disk, Node
from tests.fixtures.region import settings_text
from tests.lab.installer.remedies.stage import A21, A22, Stage
from tests.lab.installer.remedies.test_texts import edit, node_file
from tests.support import newzone
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db(transaction=True)


def with_value(text: str, key: str, value: str) -> str:
    """Return the text with another value for this key."""
    changed, count = re.subn(rf'^{key}=".*"$', f'{key}="{value}"', text, flags=re.MULTILINE)
    assert count == 1, key
    return changed


def shown(stage: Stage, plan: str, path: str) -> str:
    """Return the text as the command prints it."""
    return stage.does("show_plan", plan, "--file", path).out


def drafted(zone_id: str) -> str:
    return str(Plan.objects.get(zone__zone_id=zone_id, status="draft").plan_id)


@pytest.mark.remedy("E02")
def test_a_node_list(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    wanted = shown(stage, plan, "nodes/hyper-repl").replace("pek3cr01n21\n", "")
    remedy = stage.refused("E02", *edit(stage, plan, "nodes/hyper-repl", wanted))
    assert "edit the settings file of the node" in remedy
    stage.does(*edit(stage, plan, path, with_value(text, "role", "hyper-sanc")))
    stage.follow(remedy, "gen_node_list")
    assert shown(stage, plan, "nodes/hyper-repl") == wanted


@pytest.mark.remedy("E02")
def test_where_management_vms_run(stage: Stage) -> None:
    newzone.drafted_zone(stage.region)
    plan = drafted("pek3d")
    remedy = stage.refused("E02", *edit(stage, plan, "vms/vms.yaml", "vms: {}\n"))
    assert "vms section of the settings file" in remedy
    stage.new_zone_files()
    more = newzone.settings_file(vms={"proxy": ["172.16.80.31", "172.16.80.31"]})
    stage.file(more.base_name, more.data)
    stage.follow(
        remedy,
        "config_qingcloud",
        **{name: str(stage.folder / name) for name in ("variables.pek3d.yaml", more.name)},
    )
    assert "proxy1:" in shown(stage, drafted("pek3d"), "vms/vms.yaml")


def other_route(stage: Stage, plan: str, old: str, new: str) -> tuple[str, str]:
    """Edit a route, which is refused; return the remedy and the intended text."""
    wanted = shown(stage, plan, "routes/iproute2").replace(old, new)
    return stage.refused("E02", *edit(stage, plan, "routes/iproute2", wanted)), wanted


@pytest.mark.remedy("E02")
def test_a_return_route_of_a_vbc_that_the_file_gives(stage: Stage) -> None:
    variables = Zone.objects.get(zone_id="pek3c").variables
    variables["base"]["installer_allocate_vbc"] = 0
    Zone.objects.filter(zone_id="pek3c").update(variables=variables)
    stage.region.nodes(21, 22)
    vbc = f"vbc:\n  - {{mgmt_ips: [{A21}, {A22}], ipv4_vbc: 10.10.51.0/24, ipv4_vip: 172.16.80.201|{A21}}}\n"
    stage.does("config_qingcloud", "-s", stage.scale(extra=vbc))
    remedy, wanted = other_route(stage, drafted("pek3c"), "172.16.80.201", "172.16.80.210")
    assert "configure again with a different vbc section" in remedy
    stage.does("config_qingcloud", "-s", stage.scale(extra=vbc.replace("80.201", "80.210")))
    assert shown(stage, drafted("pek3c"), "routes/iproute2") == wanted


@pytest.mark.remedy("E02")
def test_a_return_route_that_is_allocated_for_a_new_zone(stage: Stage) -> None:
    newzone.drafted_zone(stage.region)
    remedy, wanted = other_route(stage, drafted("pek3d"), "10.20.50.0/24", "10.20.60.0/24")
    assert "a different vm_base_network_start in the variables" in remedy
    files = stage.new_zone_files()
    more = newzone.variables_file(vm_base_network_start="10.20.60.0/24")
    stage.file(more.name, more.data)
    stage.does("config_qingcloud", "-v", files[more.name], "-s", files["settings.pek3d.yaml"])
    assert shown(stage, drafted("pek3d"), "routes/iproute2") == wanted


@pytest.mark.remedy("E02")
def test_a_return_route_that_is_allocated_for_new_nodes(stage: Stage) -> None:
    plan = stage.draft()
    remedy, _ = other_route(stage, plan, "172.16.80.201", "172.16.80.210")
    assert remedy.endswith("leave the file unchanged")
    stage.approve(plan)


@pytest.mark.remedy("E03")
def test_a_line_of_hosts_without_a_name(stage: Stage) -> None:
    plan = stage.draft()
    text = shown(stage, plan, "hosts")
    assert stage.refused("E03", *edit(stage, plan, "hosts", f"{text}10.9.0.1\n")).startswith(
        "write ADDRESS NAME"
    )
    stage.does(*edit(stage, plan, "hosts", f"{text}10.9.0.1 mirror mirror.example.com\n"))


@pytest.mark.remedy("E03")
def test_a_line_of_hosts_that_is_our_mark(stage: Stage) -> None:
    plan = stage.draft()
    text = shown(stage, plan, "hosts")
    command = edit(stage, plan, "hosts", f"# installer console: begin\n{text}# mirrors\n")
    assert stage.refused("E03", *command) == "remove it"
    stage.does(*edit(stage, plan, "hosts", f"{text}# mirrors\n"))


@pytest.mark.remedy("E04")
def test_a_key_that_was_mistyped(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    mistyped = re.sub(r"^memory_size=", "memry_size=", text, flags=re.MULTILINE)
    [meant] = re.findall(
        r"^did you mean '(\w+)'\?$", stage.refused("E04", *edit(stage, plan, path, mistyped))
    )
    stage.does(*edit(stage, plan, path, "# by hand\n" + mistyped.replace("memry_size", meant)))


@pytest.mark.remedy("E04")
def test_a_key_that_is_like_none(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E04", *edit(stage, plan, path, f'{text}quux="1"\n# by hand\n'))
    assert remedy == "remove it"
    stage.does(*edit(stage, plan, path, f"{text}# by hand\n"))


@pytest.mark.remedy("E07")
def test_disks_that_are_not_the_nodes(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    for wrong in ("serial:S-sdb serial:S-sdz", "serial:S-sdb serial:S-sdb"):
        command = edit(stage, plan, path, with_value(text, "data_disks", wrong))
        disks = stage.refused("E07", *command).removeprefix("choose from: ")
        assert disks.split() == ["serial:S-sdb", "serial:S-sdc"]
        chosen = with_value(f"# {len(wrong)}\n{text}", "data_disks", disks)
        stage.does(*edit(stage, plan, path, chosen))


@pytest.mark.remedy("E07")
def test_a_layout_that_does_not_go_with_the_disks(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E07", *edit(stage, plan, path, with_value(text, "vpool_layout", "raidz")))
    layouts = remedy.removeprefix("choose one of: ").split(", ")
    assert layouts == ["stripe", "mirror"]
    for layout in layouts:
        chosen = with_value(f"# {layout}\n{text}", "vpool_layout", layout)
        if layout == "stripe":
            remedy = stage.refused("E07", *edit(stage, plan, path, chosen))
            assert "give the reason in vpool_reason" in remedy
            chosen = with_value(chosen, "vpool_reason", "scratch space only")
            [key, vdevs] = re.findall(
                r'"([^"]*)"|(\S+)=', stage.refused("E07", *edit(stage, plan, path, chosen))
            )
            chosen = with_value(chosen, key[1], vdevs[0])
        stage.does(*edit(stage, plan, path, chosen))


@pytest.mark.remedy("E07")
def test_a_node_without_a_disk_for_its_pool(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E07", *edit(stage, plan, path, with_value(text, "data_disks", "")))
    disks = remedy.removeprefix("specify at least one of: ")
    assert disks.split() == ["serial:S-sdb", "serial:S-sdc"]
    stage.does(*edit(stage, plan, path, with_value(f"# by hand\n{text}", "data_disks", disks)))


@pytest.mark.remedy("E08")
def test_a_role_that_needs_another_plan(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E08", *edit(stage, plan, path, with_value(text, "role", "ks")))
    assert remedy == "change the configuration file and configure again"
    # As a KS node it has one disk for data.
    Disk.objects.filter(node__mgmt_address=A21, name="sdc").delete()
    settings = stage.file("scale_settings.pek3c.yaml", settings_text({21: "ks"}).replace(b"[]", b"[seed]"))
    stage.does("config_qingcloud", "-s", settings)
    assert 'role="ks"' in shown(stage, drafted("pek3c"), path)


@pytest.mark.remedy("E08")
def test_a_sub_role_that_the_role_never_has(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E08", *edit(stage, plan, path, with_value(text, "sub_roles", "hyper,seed")))
    allowed = remedy.removeprefix("allowed: ").replace(", ", ",")
    stage.does(*edit(stage, plan, path, "# by hand\n" + with_value(text, "sub_roles", allowed)))


@pytest.mark.remedy("E09")
def test_an_address_that_is_none(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    wrong = with_value(text, "mgmt_network_gateway", "172.16.80.02")
    assert stage.refused("E09", *edit(stage, plan, path, wrong)) == "correct it"
    stage.does(*edit(stage, plan, path, with_value(text, "mgmt_network_gateway", "172.16.80.2")))


INSTEAD = {
    "write an ordinary space": " ",
    "remove it": "",
    "start a new line in its place": "\n",
    "write a": "a",
    "replace it with ASCII": ":-)",
}


@pytest.mark.remedy("E10")
@pytest.mark.parametrize("char", ["\u00a0", "\u202e", "\u2028", "\u0430", "\U0001f600"])
def test_a_character_that_is_not_what_it_looks_like(stage: Stage, char: str) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E10", *edit(stage, plan, path, f"{text}# checked {char}# twice\n"))
    stage.does(*edit(stage, plan, path, f"{text}# checked {INSTEAD[remedy]}# twice\n"))


@pytest.mark.remedy("E10")
def test_a_character_in_a_line_of_hosts(stage: Stage) -> None:
    plan = stage.draft()
    text = shown(stage, plan, "hosts")
    remedy = stage.refused("E10", *edit(stage, plan, "hosts", f"{text}10.9.0\uff0e1 mirror\n"))
    stage.does(*edit(stage, plan, "hosts", f"{text}10.9.0{remedy.removeprefix('write ')}1 mirror\n"))


@pytest.mark.remedy("E10")
def test_a_text_in_another_encoding(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    command = edit(stage, plan, path, "")
    stage.file("edited", f"# sch\u00f6n\n{text}".encode("latin-1"))
    assert stage.refused("E10", *command) == "save it as UTF-8"
    stage.file("edited", f"# sch\u00f6n\n{text}")
    stage.does(*command)


@pytest.mark.remedy("E10")
def test_a_text_without_an_end(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    comment = "# by hand " * 100_000
    remedy = stage.refused("E10", *edit(stage, plan, path, (text + comment)[:1_000_000]))
    assert remedy == "start from the previous text and edit it again"
    stage.does(*edit(stage, plan, path, shown(stage, plan, path) + "# by hand\n"))


def server_yaml(stage: Stage, emulator: str, plan: str = "") -> tuple[str, ...]:
    """Put QEMU versions into server.yaml of a plan whose nodes have one."""
    plan = plan or drafted("pek3c")
    return edit(stage, plan, "server/server.yaml", f"compute_server:\n  emulator:{emulator}\n")


WITH_BIN = "\n    2.11.1.1:\n      bin: /opt/qemu-2.11.1.1/usr/bin"


@pytest.fixture
def with_qemu(stage: Stage) -> Stage:
    """Draft a plan of nodes that report their QEMU version."""
    stage.draft()
    Node.objects.filter(mgmt_address__in=(A21, A22)).update(qemu_version="2.11.1.1")
    stage.does("config_qingcloud", "-s", stage.scale())
    return stage


@pytest.mark.remedy("E03")
def test_no_versions_of_qemu(with_qemu: Stage) -> None:
    remedy = with_qemu.refused("E03", *server_yaml(with_qemu, " none"))
    assert remedy == "write each version with its bin folder, and the default"
    with_qemu.does(*server_yaml(with_qemu, f"{WITH_BIN}\n    default: 2.11.1.1"))


@pytest.mark.remedy("E09")
def test_a_version_of_qemu_without_a_folder(with_qemu: Stage) -> None:
    for nothing in ("\n    2.11.1.1: {}", "\n    2.11.1.1:\n      bin: opt"):
        command = server_yaml(with_qemu, f"{nothing}\n    default: 2.11.1.1")
        assert with_qemu.refused("E09", *command) == "write bin: /path"
    with_qemu.does(*server_yaml(with_qemu, f"{WITH_BIN}\n    default: 2.11.1.1"))


@pytest.mark.remedy("E09")
def test_a_default_that_no_version_is(with_qemu: Stage) -> None:
    for default in ("", "\n    default: 6.2.0"):
        remedy = with_qemu.refused("E09", *server_yaml(with_qemu, f"{WITH_BIN}{default}"))
        version = remedy.removeprefix("choose from: ")
        with_qemu.does(*server_yaml(with_qemu, f"{WITH_BIN}\n    default: {version} # not {default[-5:]}"))


@pytest.mark.remedy("E06")
def test_another_zone_in_the_variables(stage: Stage) -> None:
    plan = stage.draft()
    path = "variables/variables.yaml"
    text = shown(stage, plan, path)
    command = edit(stage, plan, path, text.replace("zone_id: pek3c", "zone_id: pek3x"))
    assert stage.refused("E06", *command) == "restore it"
    stage.does(*edit(stage, plan, path, f"# by hand\n{text}"))


@pytest.mark.remedy("E06")
def test_another_host_name(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E06", *edit(stage, plan, path, with_value(text, "hostname", "pek3cr01n77")))
    assert remedy.endswith("or rename the node itself, collect it and configure again")
    # As the next collection finds it.
    Node.objects.filter(mgmt_address=A21).update(hostname="pek3cr01n77")
    stage.does("config_qingcloud", "-s", stage.scale())
    assert 'hostname="pek3cr01n77"' in shown(stage, drafted("pek3c"), "settings/pek3cr01n77")


@pytest.mark.remedy("E06")
def test_another_base_network(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    command = edit(stage, plan, path, with_value(text, "vm_base_network", "10.10.77.0/24"))
    # The installer allocates it: no configuration makes it another one.
    assert stage.refused("E06", *command) == 'restore vm_base_network="10.10.51.0/24"'
    stage.does(*edit(stage, plan, path, with_value(f"# by hand\n{text}", "vm_base_network", "10.10.51.0/24")))


@pytest.mark.remedy("E06")
def test_other_features(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E06", *edit(stage, plan, path, with_value(text, "feature_hypernode", "off")))
    assert "or change the configuration file and configure again" in remedy
    Disk.objects.filter(node__mgmt_address=A21, name="sdc").delete()
    settings = stage.file("scale_settings.pek3c.yaml", settings_text({21: "ks"}).replace(b"[]", b"[seed]"))
    stage.does("config_qingcloud", "-s", settings)
    assert 'feature_hypernode="off"' in shown(stage, drafted("pek3c"), path)
