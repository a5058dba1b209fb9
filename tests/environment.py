"""Loaded before Django's settings: gives this run its own data folder, and hides the caller's environment."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import sys
import tempfile

import pytest

_folder = tempfile.mkdtemp(prefix="installer-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["INSTALLER_DATA_DIR"] = _folder
# Short, so that a test of a dead worker need not wait long; long enough for a busy machine.
os.environ["INSTALLER_LEASE_S"] = "6"
os.environ["INSTALLER_STEADY_S"] = "1"
# Hundreds of processes start in the tests: each would compile the project anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# A search for garbage goes through all that was loaded: none before the tests begin (tests/conftest.py), and few then.
gc.disable()
gc.set_threshold(100_000, 50, 1000)
# Tables are as wide in every run, whatever terminal it was started from.
os.environ["COLUMNS"] = "160"
for _name in ("INSTALLER_SSH_KEY", "INSTALLER_SSH_PASSWORD", "CACHE_URL", "SECRET_KEY", "ALLOWED_HOSTS"):
    os.environ.pop(_name, None)


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Start half as many processes again as there are cores: half of all tests wait for nodes and leases."""
    given = os.environ.get("PYTEST_XDIST_AUTO_NUM_WORKERS", "")
    return int(given) if given else max(1, len(os.sched_getaffinity(0)) * 3 // 2)
