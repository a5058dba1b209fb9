"""What apps declare of their actions, before anything is imported, is what the actions are."""

from __future__ import annotations

import pytest

from jobs import registry


def test_every_declared_action_is_registered_by_its_module() -> None:
    registry.load()
    assert set(registry._DECLARED) <= set(registry._ACTIONS)
    for name, differing in registry._DIFFERING.items():
        assert differing <= {phase.name for phase in registry.find(name).phases}


def test_an_action_that_was_not_declared_is_not_known() -> None:
    with pytest.raises(KeyError):
        registry.find("of_another_version")
    assert not registry.is_once("of_another_version")
