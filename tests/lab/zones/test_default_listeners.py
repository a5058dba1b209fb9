"""The listeners as they are rendered by default: on 0.0.0.0 and the platform's ports."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.lab.zones.everywhere import PROXY
from tests.support.memcacheds import need

ROOT = Path(__file__).parents[3]


@pytest.fixture
def unshare() -> list[str]:
    """Return a command prefix for a network namespace of one's own."""
    root = os.geteuid() == 0
    prefix = [need("unshare", "util-linux"), "-n"] if root else [need("unshare", "util-linux"), "-rn"]
    cable = [need("ip", "iproute2"), "link", "add", "proxy0", "type", "veth"]
    tried = subprocess.run([*prefix, *cable], capture_output=True, text=True)
    if tried.returncode:
        reason = f"no network namespace can be made here: {tried.stderr.strip()}"
        if root and os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return prefix


def test_a_real_haproxy_serves_everywhere_on_the_ports_of_the_platform(
    unshare: list[str], tmp_path: Path
) -> None:
    done = subprocess.run(
        [*unshare, sys.executable, "-m", "tests.lab.zones.everywhere", str(tmp_path)],
        cwd=ROOT,
        env={**os.environ, "HAPROXY": need("haproxy", "haproxy")},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    # Where each port of the proxy leads to at the global web service.
    wanted = {
        "http": {7777: "7777", 8565: "8565", 8000: "8000"},
        "fused": {7777: "443", 8565: "8565", 8011: "8011"},
    }
    for mode, seen in json.loads(done.stdout).items():
        ports = wanted[mode]
        assert seen == {
            "checked": 0,
            "down": [],
            "everywhere": sorted(ports),
            "answers": {
                f"{address} {port}": server
                for address in ("127.0.0.1", PROXY)
                for port, server in ports.items()
            },
        }
