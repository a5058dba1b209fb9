"""Fixtures for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import LazySettings

from jobs.actor import Actor


@pytest.fixture
def actor() -> Actor:
    """Somebody who runs verbs."""
    return Actor(name="ann", via="command")


@pytest.fixture
def data_dir(settings: LazySettings, tmp_path: Path) -> Path:
    """A data folder of the test's own."""
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    settings.INSTALLER_SSH_KEY = settings.DATA_DIR / "ssh" / "id_ed25519"
    return Path(settings.DATA_DIR)
