"""A stage on which remedies are followed as printed, and which codes have one that no play follows yet."""

from __future__ import annotations

import ast
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
from tests.installer.conftest import Result
from tests.seen import seen
from tests.zones.conftest import Region, settings_text
from zones.models import Plan

REPOSITORY = Path(__file__).resolve().parents[2]
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
        """Type the command; it is refused with this code: the remedy as printed."""
        result = self.run(*command)
        assert result.code in (2, 3), (command, result)
        found = re.findall(rf"^{code} error.*? -> (.*)$", result.err, re.MULTILINE)
        assert found, f"{command}: no {code} with a remedy in {result.err}"
        return str(found[0])

    def does(self, *command: str) -> Result:
        """Type the command; it does what it is there for."""
        result = self.run(*command)
        assert result.code == 0, (command, result.err)
        return result

    def follow(self, remedy: str, verb: str, *more: str, **filled: str) -> Result:
        """Do what the remedy says with this verb; ``more`` is what it leaves to the reader."""
        return self.does(*advised(remedy, verb, **filled), *more)

    def file(self, name: str, content: bytes | str) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def scale(self, roles: dict[int, str] = HYPERS, extra: str = "") -> str:
        return self.file("scale_settings.pek3c.yaml", settings_text(roles, extra))

    def draft(self, roles: dict[int, str] = HYPERS) -> str:
        """A plan of new nodes: its id."""
        self.region.nodes(*(number for number in roles if number > 12))
        self.does("config_qingcloud", "-s", self.scale(roles))
        return str(Plan.objects.order_by("pk").last().plan_id)  # type: ignore[union-attr]

    def approve(self, plan_id: str) -> str:
        self.does("approve_plan", plan_id, "--hash", seen(plan_id))
        return plan_id

    def begun(self, *active: str, roles: dict[int, str] = HYPERS) -> str:
        """A plan whose job failed: these nodes are in service, the others are not installed."""
        plan_id = self.approve(self.draft(roles))
        self.does("scale_qingcloud", "-z", "pek3c", "-i", *(f"172.16.80.{number}" for number in roles))
        job = Job.objects.get(action="scale_qingcloud")
        self.ends(job, "fail")
        Node.objects.filter(mgmt_address__in=active).update(status=NodeStatus.ACTIVE)
        Node.objects.filter(status=NodeStatus.SCALING).update(status=NodeStatus.SCALE_FAILED)
        return plan_id

    def ends(self, job: Job, event: str) -> None:
        """The job as a worker leaves it behind."""
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
    """The command of a remedy as its reader types it: up to the next comma, bracket or word that is no part of it."""
    found = re.search(rf"\b{verb}\b[^,;()\n]*", remedy)
    assert found, f"{verb} is not in: {remedy}"
    words = shlex.split(
        re.split(
            r"\s(?:and|takes|for it|forgets|first|shows|lists|takes|then|without|registers)\b", found[0]
        )[0]
    )
    return [filled.get(word, word) for word in words]


def printed_with_a_remedy() -> set[str]:
    """The codes of all findings in the code that say what to do."""
    found = set()
    for app in ("installer", "jobs", "nodes", "zones"):
        for path in (REPOSITORY / app).rglob("*.py"):
            tree = ast.parse(path.read_text())
            found |= {code for call in ast.walk(tree) if (code := _code(call))}
            # Where a code has a name, it is used by that name, and with a remedy.
            named = (row.value for row in tree.body if isinstance(row, ast.Assign))
            found |= {value for item in named if _is_code(value := getattr(item, "value", ""))}
    return found


def _is_code(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Z][0-9]{2}", value))


def _code(call: ast.AST) -> str:
    """The code of a finding that is made here with a remedy; else nothing."""
    if not isinstance(call, ast.Call) or getattr(call.func, "id", getattr(call.func, "attr", "")) == "Rule":
        return ""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    given = [*call.args]
    for place, argument in enumerate(given):
        if isinstance(argument, ast.Constant) and _is_code(argument.value):
            remedy = named.get("remedy", given[place + 2] if len(given) > place + 2 else None)
            empty = remedy is None or (isinstance(remedy, ast.Constant) and not remedy.value)
            return "" if empty else str(argument.value)
    return ""


ELSEWHERE = {
    "N81": "tests/installer/test_establish_anew.py::test_the_command_resume_job_refuses_and_what_it_advises_works",
    "Z30": "tests/zones/test_renamed_interface.py::test_going_on_without_the_node_leads_out",
}
# By letter: what no play follows yet. It only grows shorter.
UNTRIED = frozenset(
    f"{letter}{number}"
    for letter, numbers in {
        "A": "01 02 03 04 05",
        "C": "01 02 04 05 06 07 09 10 11 12 16 17",
        "D": "01 02 03 05 06 07 08 09 11 12 13 14 15 16 17 18",
        "E": "02 04 07 08 09 10 11 12",
        "G": "02 03 04 05",
        "H": "01 02 03 04 05 06 07",
        "J": "02 03 05 09 10 11",
        "K": "01 02 03 04",
        "L": "01 02 03 04 05 06",
        "M": "01",
        "N": "06 11 12 13 14 15 17 18 20 30 31 33 34 37 38 39 40 42 43 50 51 75 82 83",
        "P": "01 02 11 14 22 30 50 51 52 53 63 64 70 78 79",
        "Q": "01 02 03",
        "R": "01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 18 19 21 22 24 25",
        "T": "01",
        "U": "01 02 03 10 11 13 14",
        "V": "01 02",
        "Z": "23 40",
    }.items()
    for number in numbers.split()
)
