"""Fixtures for every test that follows a remedy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from common.actor import Actor
from tests.fixtures.callers import Result
from tests.fixtures.region import Region
from tests.lab.installer.remedies.desk import Desk, new_zone, scaling
from tests.lab.installer.remedies.files import Files
from tests.lab.installer.remedies.stage import Stage
from tests.support import example_region


@pytest.fixture
def stage(
    run: Callable[..., Result], region: Region, tmp_path: Path, data_dir: Path, settings: LazySettings
) -> Stage:
    """Provide a shell before a region with zone pek3c."""
    return Stage(run, region, tmp_path, settings)


@pytest.fixture
def files(run: Callable[..., Result], tmp_path: Path, data_dir: Path, actor: Actor) -> Files:
    """Provide a shell before the region that the examples of the rules are about."""
    example_region.build(actor)
    return Files(run, tmp_path, actor)


@pytest.fixture
def scale(stage: Stage) -> Desk:
    """Provide a file that adds two hypers to zone pek3c, and the command that reads it."""
    return scaling(stage)


@pytest.fixture
def zone(stage: Stage) -> Desk:
    """Provide the two files of zone pek3d, and the command that reads them."""
    return new_zone(stage)
