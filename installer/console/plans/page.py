"""The page of a plan; thousands of nodes are collapsed, their files load when opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Case, F, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode

from installer.console.labels import pill, words
from installer.console.units import size_text
from zones.core.destruction import DestroyedDisk, sentence
from zones.describe import plan_disks, plan_json
from zones.models import Plan

FILE_ORDER = ("changed", "removed", "added", "same")
# Up to this many changed files are expanded initially.
OPEN_FILES = 8
# Of a plan with more files each one loads when it is opened.
INLINE_FILES = 50
SHOWN_FILES = SHOWN_ROWS = 100
# Disks in the question whether to approve; the page itself shows more of them.
ASKED_ROWS = 20
SHOWN_NAMES = 12
SHOWN_FOLDS = 50
SHOWN_FINDINGS = 100
INLINE_CHARS = 20_000


def describe(request: HttpRequest, plan: Plan) -> dict[str, Any]:
    """Return roles, networks, files and folds, each limited to what fits on a page."""
    written = plan.files.count()
    many = written > INLINE_FILES
    disks = plan_disks(plan)
    shape = plan_json(plan, files=not many, vbc_limit=SHOWN_ROWS, disks=disks)
    files = _some_files(request, plan) if many else _all_files(plan, shape["files"])
    counts = _counts(plan, files, many=many)
    return {
        "shape": shape,
        "many": many,
        "total_files": written + len(plan.removed),
        "query": request.GET.get("q", "")[:200],
        "roles": _roles(shape["roles"]),
        "role_count": len(shape["roles"]),
        "more_roles": max(0, len(shape["roles"]) - SHOWN_ROWS),
        "more_vbcs": max(0, shape["vbc_count"] - SHOWN_ROWS),
        "files": files,
        "counts": [
            (kind, counts[kind], pill(kind, f"{words(kind)} {counts[kind]}"))
            for kind in FILE_ORDER
            if counts[kind]
        ],
        "open_files": not many and sum(file["status"] != "same" for file in files) <= OPEN_FILES,
        "folds": [_fold(item) for item in plan.summary.get("folds", ())[:SHOWN_FOLDS]],
        "more_folds": max(0, len(plan.summary.get("folds", ())) - SHOWN_FOLDS),
        "odd": plan.summary.get("odd", ())[:SHOWN_FOLDS],
        **_destroys(disks),
    }


def _destroys(disks: Sequence[DestroyedDisk]) -> dict[str, Any]:
    """Return what the installation formats: one summary line, then each disk, unusual ones first."""
    return {
        "destroys": [(disk, size_text(disk.size_bytes)) for disk in disks[:SHOWN_ROWS]],
        "more_destroys": max(0, len(disks) - SHOWN_ROWS),
        "asked_rows": f":{ASKED_ROWS}",
        "more_than_asked": max(0, len(disks) - ASKED_ROWS),
        "destroys_sentence": sentence(disks),
    }


def findings(plan: Plan) -> dict[str, Any]:
    """Return the first findings, errors and warnings before the rest, and how many more there are."""
    order = {"error": 0, "warning": 1}
    ordered = sorted(plan.findings, key=lambda item: order.get(item.level, 2))
    return {
        "findings": [(pill(item.level), item) for item in ordered[:SHOWN_FINDINGS]],
        "more_findings": max(0, len(ordered) - SHOWN_FINDINGS),
    }


def sources(plan: Plan) -> list[dict[str, str]]:
    """Return the source files of the plan; a long one loads when it is opened."""
    url = reverse("admin:zones_plan_source", args=[plan.plan_id])
    return [
        {**item, "text": "", "url": f"{url}?{urlencode({'name': item['name']})}"}
        if len(item["text"]) > INLINE_CHARS
        else item
        for item in plan.sources
    ]


def source_text(plan: Plan, name: str) -> HttpResponse:
    """Serve a source file as plain text. Raises 404."""
    for item in plan.sources:
        if item["name"] == name:
            return HttpResponse(item["text"], content_type="text/plain; charset=utf-8")
    raise Http404(f"plan {plan.plan_id} was not made from {name[:80]}")


def _roles(roles: dict[str, dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Return nodes by role, each with its address; only the start of a long list."""
    found: dict[str, list[dict[str, Any]]] = {}
    for address, given in list(roles.items())[:SHOWN_ROWS]:
        found.setdefault(given["role"], []).append({"address": address, **given})
    return sorted(found.items())


def _all_files(plan: Plan, files: list[dict[str, Any]]) -> list[dict[str, Any]]:
    ordered = sorted(files, key=lambda file: (FILE_ORDER.index(file["status"]), file["path"]))
    edit = _url(plan, "edit")
    return [{**file, "edit_url": f"{edit}{urlencode({'path': file['path']})}"} for file in ordered]


def _some_files(request: HttpRequest, plan: Plan) -> list[dict[str, Any]]:
    """Return the first files whose path or address contains the search text, without their contents."""
    status = Case(
        When(content=F("base"), then=Value("same")),
        When(base="", then=Value("added")),
        default=Value("changed"),
    )
    order = Case(
        *(When(status=name, then=Value(place)) for place, name in enumerate(FILE_ORDER)),
        output_field=IntegerField(),
    )
    rows = plan.files.annotate(status=status).order_by(order, "path")
    wanted = request.GET.get("q", "").strip()[:200]
    if wanted:
        rows = rows.filter(path__icontains=wanted) | rows.filter(address=wanted)
    listed = list(rows.values("path", "address", "status", "edited_by")[:SHOWN_FILES])
    gone = [
        {"path": path, "address": "", "status": "removed", "edited_by": ""}
        for path in sorted(plan.removed)
        if wanted.lower() in path.lower()
    ]
    ordered = sorted([*listed, *gone], key=lambda row: FILE_ORDER.index(row["status"]))
    shown, edit = _url(plan, "file"), _url(plan, "edit")
    return [
        {**row, "url": f"{shown}{query}", "edit_url": f"{edit}{query}"}
        for row in ordered[:SHOWN_FILES]
        for query in (urlencode({"path": row["path"]}),)
    ]


def _url(plan: Plan, view: str) -> str:
    return f"{reverse(f'admin:zones_plan_{view}', args=[plan.plan_id])}?"


def _counts(plan: Plan, files: list[dict[str, Any]], *, many: bool) -> dict[str, int]:
    if many:
        return {kind: plan.summary.get("counts", {}).get(kind, 0) for kind in FILE_ORDER}
    return {kind: sum(file["status"] == kind for file in files) for kind in FILE_ORDER}


def _fold(item: dict[str, Any]) -> dict[str, Any]:
    names = item["hostnames"]
    return {
        **item,
        "count": len(names),
        "names": names[:SHOWN_NAMES],
        "more": max(0, len(names) - SHOWN_NAMES),
        "pill": pill(item["status"]),
    }
