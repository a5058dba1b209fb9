"""The name under which a node remembers an erased disk: a later request has to find it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from common.ssh import Endpoint
from jobs.context import StepContext
from nodes.erasing.checks import Target
from nodes.erasing.script import tag
from nodes.facts import DiskFacts
from nodes.handlers import erase
from nodes.handlers.collect import Collected
from tests.support import sections as ordinary

DISK = DiskFacts("sdb", "sata", 4 << 40, wwn="0x5000c500a1b2c301", serial="S1", model="M")


@dataclass
class Context:
    """The part of a step's context that is needed here."""

    lines: list[str] = field(default_factory=list)

    def log(self, text: str, **_: Any) -> None:
        self.lines.append(text)


@pytest.mark.parametrize(("wwn", "serial"), [("", "S1"), (DISK.wwn, ""), (DISK.wwn, "S1")])
def test_the_mark_is_made_of_what_was_known_when_it_was_asked_for(
    monkeypatch: pytest.MonkeyPatch, wwn: str, serial: str
) -> None:
    """Keep the mark when a tool installed since makes lsblk report more: a resumed plan must not erase twice."""
    target = Target("sdb", wwn, serial, DISK.size_bytes)
    facts = replace(ordinary.facts(), data_disks=(DISK,))
    scripts: list[str] = []
    monkeypatch.setattr(erase, "_look", lambda *_: Collected(facts, b""))
    monkeypatch.setattr(erase, "nonce_of", lambda _: "")
    monkeypatch.setattr(erase, "read_contents", lambda *_: {})
    monkeypatch.setattr(erase, "run_component", lambda *args: scripts.append(args[3]))
    context = cast(StepContext, Context())
    erase.erase_disks(context, cast(Endpoint, None), "p-1", "quick", [target])
    [call] = [line for line in scripts[0].splitlines() if line.startswith('    "$1" /dev/sdb ')]
    assert call.split()[-1] == tag(target)
    # What the node compares is all that is known of the disk by now.
    assert f" {DISK.wwn} S1 " in call
