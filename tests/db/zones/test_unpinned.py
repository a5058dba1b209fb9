"""Nodes without a known host key: neither a plan nor an adopted zone accepts them until it is pinned."""

from __future__ import annotations

import pytest

from common.actor import Actor
from common.errors import Refused
from nodes.models import Node
from tests.factories import make_node
from tests.fixtures.region import RUNNING, VARIABLES, settings_text
from zones.models import Plan, Zone
from zones.services.adopt import adopt_zone
from zones.services.config_files import ConfigFile

pytestmark = pytest.mark.django_db


def test_adopting_a_zone_refuses_nodes_without_a_host_key(actor: Actor) -> None:
    for number in (11, 12):
        make_node(number).disks.filter(name="sdx").delete()
    variables = ConfigFile("variables.pek3c.yaml", VARIABLES.replace(b"MODE", b"devops"))
    settings = ConfigFile("settings.pek3c.yaml", settings_text({11: "hyper-repl", 12: "hyper-repl"}, RUNNING))
    lost = Node.objects.filter(mgmt_address="172.16.80.12")
    kept = lost.get().host_key_fingerprint
    lost.update(host_key="", host_key_fingerprint="")
    with pytest.raises(Refused) as caught:
        adopt_zone(variables=variables, settings=settings, actor=actor)
    unknown = [item for item in caught.value.findings if "has no pinned host key" in item.detail]
    assert [(item.code, item.node, item.remedy) for item in unknown] == [
        ("R16", "172.16.80.12", "run establish_ssh for it first")
    ]
    assert not Zone.objects.exists() and not Plan.objects.exists()
    lost.update(host_key_fingerprint=kept)
    adopt_zone(variables=variables, settings=settings, actor=actor)
    assert Zone.objects.get().zone_id == "pek3c"
