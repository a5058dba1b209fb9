"""What the commands on plans share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.management.base import CommandParser, OutputWrapper
from django.utils.translation import gettext as _

from common.errors import Finding, NotFound, Refused
from common.messages import Message, message
from common.pasted import refuse_pasted
from common.text import plain
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.cells import gigabytes
from installer.cli.prompts import type_in
from zones.core.destruction import DestroyedDisk, sentence
from zones.describe import plan_disks, plan_json
from zones.models import Plan
from zones.services.config_files import ConfigFile
from zones.services.lookups import find_plan
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
    parser.add_argument("plan", nargs="?", default="", metavar="PLAN", help=_("plan id"))
    parser.add_argument("-z", "--zone", default="", metavar="ZONE", help=_("the newest plan of this zone"))


def named_plan(options: dict[str, Any]) -> Plan:
    """Look up the named plan. Raises :class:`Refused` when none is named (C08), or one of another zone (C16)."""
    if not options["plan"] and not options["zone"]:
        raise Refused.because(message("C08"))
    plan = find_plan(plan_id=options["plan"], zone_id=options["zone"])
    if options["zone"] and plan.zone.zone_id != options["zone"]:
        raise Refused.because(
            message("C16", plan=plan.plan_id, zone=plan.zone.zone_id, wanted=options["zone"][:80])
        )
    return plan


def add_seen_argument(parser: CommandParser) -> None:
    """Add ``--hash``: the version that was viewed."""
    parser.add_argument(
        "--hash",
        metavar="HASH",
        help=_(
            "content hash of the reviewed plan (from show_plan); without it, the command shows the plan and asks"
        ),
    )


def seen_plan(
    command: VerbCommand, plan: Plan, options: dict[str, Any], *, undone: Message
) -> dict[str, str]:
    """Return the version that was viewed, for the service: the given hash, else the plan that is shown now.

    Raises :class:`Refused` (C10) when the user does not type the id of the plan shown.
    """
    if options["hash"] is not None:
        return {"content_hash": options["hash"]}
    disks = plan_disks(plan)
    command.ask(plan_text(plan_json(plan, diff=False, disks=disks), disks, command.stderr, diff=False))
    refused = message("C10", "plan", undone=undone, plan=plan.plan_id)
    type_in(command.ask, "", plan.plan_id, _("the id of the plan"), refused=refused)
    return {"content_hash": plan.content_hash, "seen_status": plan.status}


def file_text(plan: dict[str, Any], path: str) -> str:
    """Return the content of a file of the plan. Raises :class:`NotFound` for an unknown path."""
    for file in plan["files"]:
        if file["path"] == path and file["status"] != "removed":
            return str(file["content"])
    refuse_pasted([path], field="file")
    raise NotFound.because(message("E01", "not_written", plan=plan["plan_id"], path=path[:200]))


def plan_text(plan: dict[str, Any], disks: Sequence[DestroyedDisk], out: OutputWrapper, *, diff: bool) -> str:
    """Render a plan for reading at ``out``: summary, findings, allocations, and the files it writes."""
    from installer.cli.tables import table_text

    head = {name: plan[name] for name in ("plan_id", "zone_id", "revision", "kind", "status")}
    lines = [table_text([head], out).rstrip("\n")]
    if plan["created_by"]:
        created = _("created by {name} at {time}")
        lines.append(plain(created.format(name=plan["created_by"], time=plan["created_at"])))
    if plan["decided_by"]:
        decided = _("decided by {name} at {time}")
        lines.append(plain(decided.format(name=plan["decided_by"], time=plan["decided_at"])))
    if plan["comment"]:
        lines.append(plain(_("comment: {text}").format(text=plan["comment"])))
    lines.append(_("content hash {hash}").format(hash=plan["content_hash"]))
    if plan["status"] in PLAN_OPEN:
        lines += ["", _("WILL BE DESTROYED: {what}").format(what=sentence(disks))]
        if disks:
            lines.append(table_text([_destroyed_row(disk) for disk in disks], out).rstrip("\n"))
    for title, rows in sections(plan):
        if rows:
            lines += ["", title, table_text(rows, out).rstrip("\n")]
    for file in plan["files"] if diff else ():
        if file["status"] != "same":
            lines += [plain(line) for line in file["diff"].splitlines()]
        if file["edit_diff"]:
            by = _("{path} was edited by {name}; rendered text and edit:")
            by = by.format(path=file["path"], name=file["edited_by"])
            lines += [plain(by), *(plain(line) for line in file["edit_diff"].splitlines())]
    return "\n".join(lines) + "\n"


def print_steps(command: VerbCommand, steps: list[dict[str, Any]]) -> None:
    """Print a dry run: every script as it would run, line by line, under the place where it would run."""
    for step in steps:
        place = "/".join(part for part in (step["phase"], step["component"]) if part)
        command.stdout.write(plain(f"# {step['node'] or 'installer'} {place}"))
        for line in step["command"].splitlines():
            command.stdout.write(plain(f"    {line}".rstrip()))


def sections(plan: dict[str, Any], *, files: bool = True) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return the tables of a plan, by title; with ``files``, also that of the files it writes."""
    roles = plan["roles"]
    if isinstance(roles, dict):
        roles = [{"address": address, **role} for address, role in roles.items()]
    odd = plan["summary"].get("odd", ())
    tables = [
        (_("Findings"), [_finding_row(finding) for finding in plan["findings"]]),
        (_("Roles"), [_flat(role) for role in roles]),
        (_("VBC networks"), [_flat(vbc) for vbc in plan["vbcs"]]),
        (_("EIP pools"), [_flat(eip) for eip in plan["eips"]]),
        (
            "\n".join([_("Node settings, grouped by identical change"), *odd]),
            [_fold_row(fold) for fold in plan["summary"].get("folds", ())[:SHOWN_FOLDS]],
        ),
    ]
    return [*tables, _files(plan["files"])] if files else tables


def _files(files: list[dict[str, Any]]) -> tuple[str, list[dict[str, Any]]]:
    """Return the table of the files that change, and its title."""
    changed = [file for file in files if file["status"] != "same"]
    same = len(files) - len(changed)
    title = _("Files ({count} more unchanged)").format(count=same)
    rows = [{name: file[name] for name in ("status", "path", "address", "edited_by")} for file in changed]
    return title if same else _("Files"), rows


def _destroyed_row(disk: DestroyedDisk) -> dict[str, Any]:
    holds = ", ".join(disk.holds) or _("nothing known")
    return {
        "node": disk.hostname or disk.node,
        "disk": disk.name,
        "model": disk.model,
        "serial": disk.serial,
        "size": gigabytes(disk.size_bytes),
        "current content": _("{content} (erased first)").format(content=holds)
        if disk.erased_first
        else holds,
        "becomes": disk.becomes,
    }


def _fold_row(fold: dict[str, Any]) -> dict[str, Any]:
    names, more = fold["hostnames"], len(fold["hostnames"]) - SHOWN_NAMES
    none, text = _("none"), _("{key}: {value} (most have {usual})")
    differs = [
        text.format(key=item["key"], value=item["new"] or none, usual=item["old"] or none)
        for item in fold.get("differs", ())
    ]
    shown = " ".join(names[:SHOWN_NAMES])
    return {
        "nodes": len(names),
        "status": fold["status"],
        "hostnames": _("{names} and {count} more").format(names=shown, count=more) if more > 0 else shown,
        "differences": "; ".join(differs),
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
