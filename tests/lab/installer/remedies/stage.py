"""The stage on which remedies are followed as printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.conf import LazySettings

from jobs.models import Job
from jobs.states import move_job, move_steps
from nodes.models import Node
from nodes.states import NodeStatus
from tests.factories import host_key
from tests.fixtures.callers import Result
from tests.fixtures.region import Region, settings_text
from tests.seen import seen
from tests.support import newzone
from zones.models import Plan

A11, A21, A22, A23 = (f"172.16.80.{number}" for number in (11, 21, 22, 23))
HYPERS = {21: "hyper-repl", 22: "hyper-repl"}


@dataclass
class Stage:
    """A shell before a region with zone pek3c: .11 and .12 are in service."""

    run: Callable[..., Result]
    region: Region
    folder: Path
    settings: LazySettings

    def refused(self, code: str, *command: str) -> str:
        """Type the command; it is refused with this code. Return the remedy as printed."""
        result = self.run(*command)
        assert result.code in (2, 3), (command, result)
        # Whoever answers a question at a terminal ends its line.
        found = re.findall(rf"(?:^|to continue: ){code} error.*? -> (.*)$", result.err, re.MULTILINE)
        assert found, f"{command}: no {code} with a remedy in {result.err}"
        return str(found[0])

    def does(self, *command: str) -> Result:
        """Type the command; it succeeds."""
        result = self.run(*command)
        assert result.code == 0, (command, result.err)
        return result

    def follow(self, remedy: str, verb: str, *more: str, **filled: str) -> Result:
        """Follow the remedy with this verb; ``more`` is what it leaves to the reader."""
        return self.does(*advised(remedy, verb, **filled), *more)

    def file(self, name: str, content: bytes | str) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def scale(self, roles: dict[int, str] = HYPERS, extra: str = "") -> str:
        return self.file("scale_settings.pek3c.yaml", settings_text(roles, extra))

    def new_zone_files(self) -> dict[str, str]:
        """Write the files of pek3d; return their paths by the names that a remedy uses."""
        made = (newzone.variables_file(), newzone.settings_file())
        return {item.name: self.file(item.name, item.data) for item in made}

    def draft(self, roles: dict[int, str] = HYPERS) -> str:
        """Draft a plan of new nodes; return its id."""
        self.region.nodes(*(number for number in roles if number > 12))
        self.does("config_qingcloud", "-s", self.scale(roles))
        return str(Plan.objects.order_by("pk").last().plan_id)  # type: ignore[union-attr]

    def approve(self, plan_id: str) -> str:
        self.does("approve_plan", plan_id, "--hash", seen(plan_id))
        return plan_id

    def begun(self, *active: str, roles: dict[int, str] = HYPERS) -> str:
        """Leave a plan whose job failed: these nodes are in service, the others are not installed."""
        plan_id = self.approve(self.draft(roles))
        self.does("scale_qingcloud", "-z", "pek3c", "-i", *(f"172.16.80.{number}" for number in roles))
        job = Job.objects.get(action="scale_qingcloud")
        self.ends(job, "fail")
        Node.objects.filter(mgmt_address__in=active).update(status=NodeStatus.ACTIVE)
        Node.objects.filter(status=NodeStatus.SCALING).update(status=NodeStatus.SCALE_FAILED)
        return plan_id

    def ends(self, job: Job, event: str) -> None:
        """Leave the job behind as a worker does."""
        move_steps(job.steps.all(), "claim")
        move_steps(job.steps.all(), event)
        here = Job.objects.filter(pk=job.pk)
        move_job(here, "start")
        move_job(here, event)

    def establish(self, remedy: str, address: str) -> None:
        """Follow the advice, and pin the key as its worker does."""
        self.follow(remedy, "establish_ssh", self.file("left", address), "--no-password")
        job = Job.objects.get(action="establish_ssh")
        self.ends(job, "succeed")
        Node.objects.filter(mgmt_address=address).update(
            host_key=host_key(77), host_key_fingerprint=f"SHA256:{77:040d}"
        )


def advised(remedy: str, verb: str, **filled: str) -> list[str]:
    """Return the command of a remedy as its reader types it, up to the next comma, bracket or word outside it."""
    found = re.search(rf"\b{verb}\b[^,;()\n]*", remedy)
    assert found, f"{verb} is not in: {remedy}"
    words = shlex.split(
        re.split(r"\s(?:also|and|for it|first|if|lists|removes|shows|then|without|registers)\b", found[0])[0]
    )
    return [filled.get(word, word) for word in words]
