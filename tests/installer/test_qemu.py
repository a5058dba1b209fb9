"""set_qemu_version: seen, shown, approved, begun."""

from __future__ import annotations

from typing import Any

import pytest

from jobs.engine import slices
from jobs.models import Job
from nodes.states import NodeStatus
from tests.factories import make_job, make_node, make_role, make_zone
from zones.models import Zone, ZoneFile
from zones.upkeep_models import Change

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = ["set_qemu_version", "-z", "pek3c"]


def test_from_versions_to_a_job(run: Any, data_dir: Any) -> None:
    zone = make_zone()
    make_role(make_node(1, status=NodeStatus.ACTIVE, qemu_version="2.11.1.1"), zone)
    ZoneFile.objects.create(zone=zone, path="server/server.yaml", content="# ours\ncompute_server:\n  a: 1\n")
    assert run(*WORDS).json == [{"version": "2.11.1.1", "nodes": 1}]
    assert run(*WORDS, "--apply").code == 2
    assert run(*WORDS, "--qemu", "6.0=../x", "--default", "6.0").code == 2
    shown = run(*WORDS, "--qemu", "2.11.1.1", "--qemu", "6.2.0", "--default", "6.2.0")
    assert shown.code == 0 and "+    6.2.0:" in shown.out and "/opt/qemu-6.2.0/usr/bin" in shown.out
    change = Change.objects.get()
    assert run(*WORDS, "--approve", change.change_id).code == 0
    running = make_job(exclusive_scope="region:pek3")
    assert run(*WORDS, "--apply").code == 3
    running.delete()
    job = Job.objects.get(job_id=run(*WORDS, "--apply").out.strip())
    slices.run_slice(job.pk)
    # The node of this test answers nobody; the file is the zone's and the package is built.
    assert job.steps.get(phase="build_global_conf").status == "succeeded"
    assert ZoneFile.objects.get(path="server/server.yaml").content.startswith("# ours\ncompute_server:\n")
    assert Zone.objects.get().emulators["6.2.0"] == "/opt/qemu-6.2.0/usr/bin"
    assert list((data_dir / "build" / "pek3c").glob("pitrix-global-conf_0.1+*.deb"))
