"""What the commands on plans share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser, OutputWrapper

from common.errors import Finding, NotFound, Refused
from common.pasted import refuse_pasted
from common.text import plain
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.output import gigabytes, table_text
from installer.cli.prompts import type_in
from zones.core.destruction import DestroyedDisk, sentence
from zones.describe import plan_json
from zones.models import Plan
from zones.services import ConfigFile, find_plan
from zones.states import PLAN_OPEN

SHOWN_NAMES = 12
SHOWN_FOLDS = 50


def config_file(name: str) -> ConfigFile:
    """Read a configuration file. Raises :class:`Refused` when it cannot be read."""
    return ConfigFile(name=name, data=inputs.read_file(name, inputs.MAX_CONFIG_BYTES))


def read_together(names: Iterable[str]) -> list[ConfigFile]:
    """Read all files. Raises :class:`Refused` with a finding for each that cannot be read."""
    files: list[ConfigFile] = []
    findings: list[Finding] = []
    for name in names:
        try:
            files.append(config_file(name))
        except Refused as refusal:
            findings += refusal.findings
    if findings:
        raise Refused(findings)
    return files


def add_plan_arguments(parser: CommandParser) -> None:
    """Add ``PLAN`` or ``-z ZONE``."""
    parser.add_argument("plan", nargs="?", default="", metavar="PLAN", help="plan id")
    parser.add_argument("-z", "--zone", default="", metavar="ZONE", help="the newest plan of this zone")


def named_plan(options: dict[str, Any]) -> Plan:
    """Look up the named plan. Raises :class:`Refused` when none is named (C08), or one of another zone (C16)."""
    if not options["plan"] and not options["zone"]:
        raise Refused.because("C08", "no plan is named", "give a plan id, or -z ZONE for its newest plan")
    plan = find_plan(plan_id=options["plan"], zone_id=options["zone"])
    if options["zone"] and plan.zone.zone_id != options["zone"]:
        raise Refused.because(
            "C16",
            f"plan {plan.plan_id} is one of zone {plan.zone.zone_id}, not of {options['zone'][:80]!r}",
            "name the plan or the zone",
        )
    return plan


def add_seen_argument(parser: CommandParser) -> None:
    """Add ``--hash``: the version that was viewed."""
    parser.add_argument(
        "--hash",
        metavar="HASH",
        help="content hash of the plan that was looked at (show_plan); without it the plan is shown and you are asked",
    )


def seen_plan(command: VerbCommand, plan: Plan, options: dict[str, Any], *, undone: str) -> dict[str, str]:
    """Return the version that was viewed, for the service: the given hash, else the plan that is shown now.

    Raises :class:`Refused` (C10) when the user does not type the id of the plan shown.
    """
    if options["hash"] is not None:
        return {"content_hash": options["hash"]}
    command.ask(plan_text(plan_json(plan, diff=False), command.stderr, diff=False))
    remedy = f"look at it (show_plan {plan.plan_id} --diff), then type its id, or give --hash with its content hash"
    type_in(command.ask, "", plan.plan_id, "the id of the plan", undone=undone, remedy=remedy)
    return {"content_hash": plan.content_hash, "seen_status": plan.status}


def file_text(plan: dict[str, Any], path: str) -> str:
    """Return the content of a file of the plan. Raises :class:`NotFound` for an unknown path."""
    for file in plan["files"]:
        if file["path"] == path and file["status"] != "removed":
            return str(file["content"])
    refuse_pasted([path], field="file")
    raise NotFound.because(
        "E01",
        f"plan {plan['plan_id']} writes no file {path[:200]!r}",
        f"show_plan {plan['plan_id']} lists them",
    )


def plan_text(plan: dict[str, Any], out: OutputWrapper, *, diff: bool) -> str:
    """Render a plan for reading at ``out``: summary, findings, allocations, and the files it writes."""
    head = {name: plan[name] for name in ("plan_id", "zone_id", "revision", "kind", "status")}
    lines = [table_text([head], out).rstrip("\n")]
    for name in ("created", "decided"):
        if plan[f"{name}_by"]:
            lines.append(plain(f"{name} by {plan[f'{name}_by']} at {plan[f'{name}_at']}"))
    if plan["comment"]:
        lines.append(plain(f"comment: {plan['comment']}"))
    lines.append(f"content hash {plan['content_hash']}")
    if plan["status"] in PLAN_OPEN:
        disks = [DestroyedDisk(**disk) for disk in plan["destroys"]]
        lines += ["", f"WILL BE DESTROYED: {sentence(disks)}"]
        if disks:
            lines.append(table_text([_destroyed_row(disk) for disk in disks], out).rstrip("\n"))
    for title, rows in sections(plan):
        if rows:
            lines += ["", title, table_text(rows, out).rstrip("\n")]
    for file in plan["files"] if diff else ():
        if file["status"] != "same":
            lines += [plain(line) for line in file["diff"].splitlines()]
        if file["edit_diff"]:
            by = f"{file['path']} was edited by {file['edited_by']}; what was rendered, and the edit:"
            lines += [plain(by), *(plain(line) for line in file["edit_diff"].splitlines())]
    return "\n".join(lines) + "\n"


def print_steps(command: VerbCommand, steps: list[dict[str, Any]]) -> None:
    """Print a dry run: every script as it would run, line by line, under the place where it would run."""
    for step in steps:
        place = "/".join(part for part in (step["phase"], step["component"]) if part)
        command.stdout.write(plain(f"# {step['node'] or 'installer'} {place}"))
        for line in step["command"].splitlines():
            command.stdout.write(plain(f"    {line}".rstrip()))


def sections(plan: dict[str, Any]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the tables of a plan, by title."""
    roles = plan["roles"]
    if isinstance(roles, dict):
        roles = [{"address": address, **role} for address, role in roles.items()]
    files = [file for file in plan["files"] if file["status"] != "same"]
    same = len(plan["files"]) - len(files)
    return [
        ("Findings", [_finding_row(finding) for finding in plan["findings"]]),
        ("Roles", [_flat(role) for role in roles]),
        ("VBC networks", [_flat(vbc) for vbc in plan["vbcs"]]),
        ("EIP pools", [_flat(eip) for eip in plan["eips"]]),
        (
            "\n".join(
                ["Settings of nodes, those of the same values together", *plan["summary"].get("odd", ())]
            ),
            [_fold_row(fold) for fold in plan["summary"].get("folds", ())[:SHOWN_FOLDS]],
        ),
        (
            f"Files ({same} more stay as they are)" if same else "Files",
            [{name: file[name] for name in ("status", "path", "address", "edited_by")} for file in files],
        ),
    ]


def _destroyed_row(disk: DestroyedDisk) -> dict[str, Any]:
    erased = " (erased first)" if disk.erased_first else ""
    return {
        "node": disk.hostname or disk.node,
        "disk": disk.name,
        "model": disk.model,
        "serial": disk.serial,
        "size": gigabytes(disk.size_bytes),
        "on it now": (", ".join(disk.holds) or "nothing known") + erased,
        "becomes": disk.becomes,
    }


def _fold_row(fold: dict[str, Any]) -> dict[str, Any]:
    names, more = fold["hostnames"], len(fold["hostnames"]) - SHOWN_NAMES
    differs = [
        f"{item['key']}: {item['new'] or 'none'} (most have {item['old'] or 'none'})"
        for item in fold.get("differs", ())
    ]
    return {
        "nodes": len(names),
        "status": fold["status"],
        "hostnames": " ".join(names[:SHOWN_NAMES]) + (f" and {more} more" if more > 0 else ""),
        "differs from the others": "; ".join(differs),
    }


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not isinstance(value, dict)}


def _finding_row(finding: dict[str, Any]) -> dict[str, Any]:
    line = f":{finding['line']}" if finding.get("line") else ""
    place = f"{finding['file']}{line}" if finding.get("file") else finding.get("node") or finding["field"]
    return {
        "code": finding["code"],
        "level": finding.get("level", ""),
        "place": place,
        "detail": finding["detail"],
        "remedy": finding.get("remedy", ""),
    }


def plan_rows(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a plan as CSV rows: its files."""
    return [
        {
            "plan_id": plan["plan_id"],
            "status": file["status"],
            "path": file["path"],
            "address": file["address"],
            "edited_by": file["edited_by"],
        }
        for file in plan["files"]
    ]
