"""Jobs on simulated nodes over real SSH, run in this process."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

import lab
from common.ssh import keypair
from jobs.engine import work_slice
from jobs.models import Job
from lab import Lab, LabError, check
from nodes.models import Node


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Provide a lab that serves the nodes of one module's tests."""
    try:
        check.require()
    except LabError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))
    with Lab(tmp_path_factory.mktemp("lab")) as found:
        yield found


@pytest.fixture
def machine(served: Lab, data_dir: Path, settings: LazySettings) -> Callable[..., lab.Node]:
    """Make a node of a profile, registered in the console; with ``known``, its key and host key are, too."""

    def make(profile: str = "hyper-dirty", *, known: bool = True, **options: object) -> lab.Node:
        public = keypair.ensure(settings.INSTALLER_SSH_KEY)
        keys = [public] if known else []
        made = served.add(profile, boot_s=0.1, authorized_keys=keys, **options)  # type: ignore[arg-type]
        node = Node(mgmt_address=made.address, ssh_port=made.port)
        if known:
            node.host_key = " ".join(host_key(made).split()[:2])
            node.host_key_fingerprint = "pinned by the test"
        node.save()
        return made

    return make


def host_key(node: lab.Node) -> str:
    """Return the public host key of a lab node."""
    return (node.path / "host_key.pub").read_text()


@pytest.fixture
def work() -> Callable[[Job], Job]:
    """Work one slice in this process, as a worker would."""

    def run(job: Job) -> Job:
        work_slice.run_slice(job.pk)
        job.refresh_from_db()
        return job

    return run
