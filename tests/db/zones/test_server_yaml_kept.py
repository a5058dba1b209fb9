"""Manual content of server.yaml survives later plans."""

from __future__ import annotations

import pytest

from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan, edit_plan_file, reject_plan
from zones.core.rendering import SERVER_YAML
from zones.models import Plan, Zone, ZoneFile
from zones.services.apply import apply_plan
from zones.services.configure import config_qingcloud

pytestmark = pytest.mark.django_db
BY_HAND = """\
# ours since 2019
common:
  log: info   # quiet

compute_server:
  # how many at once
  workers: 4
  emulator:
    # the old one
    2.4.1.2:
      bin: '/usr/bin'
    default: '2.4.1.2'    # for now
other: [1, 2]
"""
ADDED = "    2.11.1.1:\n      bin: '/opt/qemu-2.11.1.1/usr/bin'\n"


@pytest.fixture
def zone(region: Region) -> Zone:
    """Make a zone whose server.yaml was written by hand."""
    zone = Zone.objects.get()
    ZoneFile.objects.update_or_create(zone=zone, path=SERVER_YAML, defaults={"content": BY_HAND})
    return zone


def planned(region: Region, version: str = "", *, fresh: bool = True) -> Plan:
    if fresh:
        region.nodes(21, 22, qemu_version=version)
    files = [scale_file({21: "hyper-repl", 22: "hyper-repl"})]
    [done] = config_qingcloud(variables=[], settings=files, actor=region.actor)
    assert done.plan is not None
    return done.plan


def test_a_plan_adds_a_version_and_keeps_the_rest(region: Region, zone: Zone) -> None:
    plan = planned(region, "2.11.1.1")
    content = plan.files.get(path=SERVER_YAML).content
    assert content == BY_HAND.replace("    default:", f"{ADDED}    default:")
    assert plan.qemu_version == "2.4.1.2", "the default stays"
    approve_plan(plan_id=plan.plan_id, actor=region.actor)
    apply_plan(plan, "apply")
    assert ZoneFile.objects.get(zone=zone, path=SERVER_YAML).content == content


@pytest.mark.parametrize("version", ["", "2.4.1.2"])
def test_a_plan_without_a_new_version_keeps_every_byte(region: Region, zone: Zone, version: str) -> None:
    plan = planned(region, version)
    file = plan.files.get(path=SERVER_YAML)
    assert file.content == file.base == BY_HAND and SERVER_YAML not in plan.removed


def test_an_edit_in_a_plan_is_in_the_next_ones(region: Region, zone: Zone) -> None:
    plan = planned(region)
    edited = BY_HAND.replace("/usr/bin", "/opt/mine").replace("workers: 4", "workers: 5 # more")
    edit_plan_file(plan_id=plan.plan_id, path=SERVER_YAML, content=edited, actor=region.actor)
    again = planned(region, fresh=False)
    assert again.files.get(path=SERVER_YAML).content == edited, "of a plan that was replaced"
    approve_plan(plan_id=again.plan_id, actor=region.actor)
    apply_plan(again, "apply")
    region.nodes(23, 24, qemu_version="2.11.1.1")
    files = [scale_file({23: "hyper-repl", 24: "hyper-repl"})]
    [done] = config_qingcloud(variables=[], settings=files, actor=region.actor)
    assert done.plan is not None
    file = done.plan.files.get(path=SERVER_YAML)
    assert file.content == edited.replace("    default:", f"{ADDED}    default:")
    assert not [item for item in done.plan.findings if item.code in ("P51", "P53")]


@pytest.mark.parametrize(
    "text",
    [
        "compute_server: {emulator: {2.4.1.2: {bin: /usr/bin}, default: 2.4.1.2}}\n",
        "- a list # by hand\n",
        "a: [\n",
    ],
)
def test_a_file_that_only_a_person_can_edit_stays_and_is_told(region: Region, zone: Zone, text: str) -> None:
    ZoneFile.objects.filter(path=SERVER_YAML).update(content=text)
    plan = planned(region, "2.11.1.1")
    assert plan.files.get(path=SERVER_YAML).content == text
    [finding] = [item for item in plan.findings if item.code == "P53"]
    assert finding.level == "warning" and "edit it in the review" in finding.remedy
    reject_plan(plan_id=plan.plan_id, actor=region.actor)


def test_other_settings_stay_where_no_version_is_known(region: Region, zone: Zone) -> None:
    text = "# nothing of QEMU\ncommon: {log: info}\n"
    ZoneFile.objects.filter(path=SERVER_YAML).update(content=text)
    plan = planned(region)
    assert plan.files.get(path=SERVER_YAML).content == text and SERVER_YAML not in plan.removed
