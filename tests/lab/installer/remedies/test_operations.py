"""Remedies of the maintenance verbs are followed as printed."""

from __future__ import annotations

import pytest

from jobs.models import Job
from nodes.models import Node
from nodes.states import NodeStatus
from tests.lab.installer.remedies.faces import refused_by
from tests.lab.installer.remedies.stage import Stage
from tests.support import newzone
from zones.models import Plan
from zones.services.vbc_routes import vbc_routes

pytestmark = pytest.mark.django_db(transaction=True)


def second_zone(stage: Stage) -> None:
    """Make zone pek3d in service, of mode devops."""
    newzone.planned_zone(stage.region)
    Plan.objects.filter(zone__zone_id="pek3d").update(status="applied")
    Node.objects.filter(mgmt_address__in=newzone.NEW).update(status=NodeStatus.ACTIVE)


@pytest.mark.remedy("I01")
def test_a_package_that_is_not_there(stage: Stage) -> None:
    command = "update_nodes", "hyper", "pitrix-hyper"
    remedy = stage.refused("I01", *command)
    assert "NAME_VERSION_ARCH.deb into packages/ of the data folder" in remedy
    assert "pitrix-global-conf is always available" in remedy
    stage.does("update_nodes", "hyper", "pitrix-global-conf")
    stage.does("cancel_job", Job.objects.get(action="update_nodes").job_id)
    folder = stage.settings.DATA_DIR / "packages"
    folder.mkdir()
    (folder / "pitrix-hyper_4.2_amd64.deb").write_bytes(b"!<arch>\n")
    stage.does(*command)


@pytest.mark.remedy("I02")
def test_hypers_of_two_zones(stage: Stage) -> None:
    second_zone(stage)
    remedy = stage.refused("I02", "update_hyper_mirror")
    assert remedy == "specify one zone: -z pek3c or pek3d"
    for zone_id in remedy.split("-z ")[1].split(" or "):
        stage.does("update_hyper_mirror", "-z", zone_id)
        stage.does("cancel_job", Job.objects.get(zone_id=zone_id, action="update_hyper_mirror").job_id)


@pytest.mark.remedy("I02")
def test_a_group_without_hypers(stage: Stage) -> None:
    second_zone(stage)
    remedy = stage.refused("I02", "update_hyper_mirror", "-n", "ks", "-z", "pek3d")
    stage.does("update_hyper_mirror", "-n", remedy.rsplit(" ", 1)[1], "-z", "pek3d")


@pytest.mark.remedy("I03")
@pytest.mark.parametrize("region", ["standard"], indirect=True)
def test_a_zone_without_a_mirror_list(stage: Stage) -> None:
    command = "update_hyper_mirror", "-z", "pek3c"
    assert stage.refused("I03", *command) == "no action is needed"
    # Retiring one of its hypers leaves nothing of the kind to do either.
    retire = ("retire_nodes", "-i", "172.16.80.11", "--reason", "burnt", "--confirm", "pek3cr01n11")
    assert "mirror" not in stage.does(*retire).err
    assert not Job.objects.filter(action="update_hyper_mirror").exists()


@pytest.mark.remedy("V01")
def test_a_syntax_that_no_gateway_has(stage: Stage) -> None:
    remedy = refused_by("V01", lambda: vbc_routes(zone_id="pek3c", syntax="junos"))
    for syntax in remedy.removeprefix("use one of ").split(", "):
        assert "10.10.50.0" in stage.does("dump_vbc_route", "-z", "pek3c", "--syntax", syntax).out
        assert "10.10.50.0" in vbc_routes(zone_id="pek3c", syntax=syntax)


@pytest.mark.remedy("V02")
def test_the_routes_of_a_job_that_brings_none(stage: Stage) -> None:
    stage.begun()
    stage.region.nodes(29)
    stage.does("collect_nodes", "-i", "172.16.80.29")
    collect, scale = (Job.objects.get(action=action) for action in ("collect_nodes", "scale_qingcloud"))
    remedy = stage.refused("V02", "dump_vbc_route", "--job", collect.job_id)
    assert remedy == "specify a scaling job"
    assert "ip route" in stage.does("dump_vbc_route", "--job", scale.job_id).out
