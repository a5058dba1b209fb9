"""Configuration files that break a rule, and are corrected as the remedy says."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common.actor import Actor
from jobs.models import Job
from jobs.states import move_job, move_steps
from nodes.models import Disk, Node
from tests.fixtures.callers import Result
from zones.core.rules.examples import EXAMPLES
from zones.models import Plan
from zones.services.apply import apply_plan
from zones.services.approve import approve_plan

VARIABLES = """\
common: {region_id: pek3}
base:
  zone_id: pek3n
  deploy_mode: devops
  network_mode: sdn
  installer_allocate_vbc: 1
  vm_base_network: 10.40.0.0/16
  mgmt_network_gateway: 172.16.80.1
advance:
  vip_pools: ['172.16.80.240/24-172.16.80.250/24']
"""
KS = "  172.16.80.31: {role: ks, sub_roles: [seed]}\n"


def hypers(*numbers: int, role: str = "hyper-repl") -> str:
    """Return lines of the section roles."""
    return "".join(f"  172.16.80.{number}: {{role: {role}, sub_roles: [hyper]}}\n" for number in numbers)


def vgs(*numbers: int) -> str:
    """Return lines of the section roles."""
    return "".join(f"  172.16.80.{number}: {{role: vg, sub_roles: [vgateway]}}\n" for number in numbers)


def segments(**at: str) -> str:
    """Return the section eips; ``vg41`` names what that node carries."""
    rows = "".join(f"  172.16.80.{name.removeprefix('vg')}: [{texts}]\n" for name, texts in at.items())
    return f"eips:\n{rows}"


def given(variables: str = VARIABLES, **addresses: str) -> str:
    """Return variables that give these addresses to the VMs of a role."""
    rows = ", ".join(f"{role}: [{texts}]" for role, texts in addresses.items())
    return f"{variables}  mgmt_network_address: {{{rows}}}\n"


def example_of(remedy: str) -> str:
    return remedy.partition("for example ")[2]


@dataclass
class Files:
    """A shell before the region that the examples of the rules are about, with the files it gives to a command."""

    run: Callable[..., Result]
    folder: Path
    actor: Actor
    texts: dict[str, str] = field(default_factory=dict)

    def example(self, code: str) -> None:
        """Take the files of the rule's page."""
        self.texts = dict(EXAMPLES[code].files)

    def scale(self, zone_id: str, roles: str, more: str = "") -> None:
        """Write a file that adds nodes to a running zone."""
        self.texts = {f"scale_settings.{zone_id}.yaml": f"zone_id: {zone_id}\nroles:\n{roles}{more}"}

    def new(self, roles: str = KS + hypers(21, 22), more: str = "", *, variables: str = VARIABLES) -> None:
        """Write the files of the new zone pek3n."""
        self.texts = {
            "variables.pek3n.yaml": variables,
            "settings.pek3n.yaml": f"zone_id: pek3n\nroles:\n{roles}{more}",
        }

    def write(self, old: str, new: str) -> None:
        """Change text in one of the files."""
        [name] = [name for name, text in self.texts.items() if old in text]
        self.texts[name] = self.texts[name].replace(old, new)

    def set(self, key: str, value: str) -> None:
        """Set a field to another value; one that no file has is written under the others of ``base``."""
        line = re.compile(rf"\b{key}: [^\s,}}]+")
        for name, text in self.texts.items():
            if line.search(text):
                self.texts[name] = line.sub(f"{key}: {value}", text)
                return
        self.write("base:\n", f"base:\n  {key}: {value}\n")

    def take_out(self, section: str) -> None:
        """Remove a section with everything under it."""
        block = re.compile(rf"^{section}:.*\n(?:[ -].*\n)*", re.MULTILINE)
        [name] = [name for name, text in self.texts.items() if block.search(text)]
        self.texts[name] = block.sub("", self.texts[name])

    def command(self, *more: str) -> tuple[str, ...]:
        words: list[str] = []
        for name, text in self.texts.items():
            (self.folder / name).write_text(text)
            words += ["-v" if name.startswith("variables") else "-s", str(self.folder / name)]
        return ("config_qingcloud", *words, *more)

    def says(self, code: str, what: str, result: Result, level: str) -> str:
        """Return the remedy of the finding whose sentence contains ``what``."""
        rows = [
            line
            for line in result.err.splitlines()
            if line.startswith((f"{code} {level} ", f"{code} {level}:"))
        ]
        found = [row for row in rows if what in row]
        assert found, f"no {code} with {what!r} in {result.err}"
        return found[0].partition(" -> ")[2]

    def refused(self, code: str, what: str = "", *more: str) -> str:
        """Configure; it is refused with this code. Return the remedy as printed."""
        result = self.run(*self.command(*more))
        assert result.code in (2, 3), result
        return self.says(code, what, result, "error")

    def warned(self, code: str, what: str = "", *more: str, level: str = "warning") -> str:
        """Configure; the plan is made with this warning. Return the remedy as printed."""
        return self.says(code, what, self.passes(*more), level)

    def passes(self, *more: str, without: str = "") -> Result:
        """Configure; a plan is made without a finding of the code ``without``."""
        result = self.run(*self.command(*more))
        assert result.code == 0, result.err
        assert not without or f"{without} " not in result.err, result.err
        return result

    def does(self, *command: str) -> Result:
        """Type the command; it succeeds."""
        result = self.run(*command)
        assert result.code == 0, (command, result.err)
        return result


def with_hdds(*numbers: int, only: str = "") -> None:
    """Turn the data disks of these nodes into HDDs, or only the one of that name."""
    disks = Disk.objects.filter(
        node__mgmt_address__in=[f"172.16.80.{number}" for number in numbers], is_os=False
    )
    (disks.filter(name=only) if only else disks).update(observed_type="sata")


def ends(job: Job, event: str) -> None:
    """Leave the job behind as a worker does."""
    move_steps(job.steps.all(), "claim")
    move_steps(job.steps.all(), event)
    here = Job.objects.filter(pk=job.pk)
    move_job(here, "start")
    move_job(here, event)


def collects(files: Files, address: str, **found: Any) -> None:
    """Collect the node again, as advised, and find this."""
    files.does("collect_nodes", "-i", address)
    ends(Job.objects.get(action="collect_nodes", status="queued"), "succeed")
    Node.objects.filter(mgmt_address=address).update(status="available", **found)


def in_service() -> None:
    """Approve the draft and install all of it."""
    plan = Plan.objects.get(status="draft")
    approve_plan(plan_id=plan.plan_id, content_hash=plan.content_hash, actor=Actor("bob", "command"))
    Node.objects.filter(role__plan=plan).update(status="active")
    plan.refresh_from_db()
    assert plan.status == "applied" or apply_plan(plan, "apply")
