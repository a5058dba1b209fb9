"""Configuration files in the browser: checked as typed, findings beside their lines, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext

from common.errors import Finding, Refused, VerbError
from installer import slots
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.return_path import keeping, onward
from installer.console.units import disks_text
from installer.form_recovery import kept_text
from nodes.describe import prefetched
from nodes.models import Node
from nodes.shared_drives import on_drives
from nodes.states import NodeStatus
from operations.models import ScaleOut

if TYPE_CHECKING:
    from zones.services.config_files import ConfigFile

MAX_FILE_BYTES = 2 * 1024 * 1024
SUGGESTED_NODES = 300


@dataclass
class Pasted:
    """One of the two files as the page shows it."""

    kind: str
    name: str = ""
    data: bytes = b""
    lines: list[dict[str, Any]] = field(default_factory=list)
    said: list[dict[str, Any]] = field(default_factory=list)

    @property
    def said_id(self) -> str:
        """Return the id of the element that holds :attr:`said` for the editor."""
        return f"{self.kind}-findings"

    @property
    def schema_url(self) -> str:
        """Return the URL of the JSON Schema of such a file."""
        return reverse("schema-file", kwargs={"name": f"{self.kind}.json"})

    @property
    def text(self) -> str:
        """Return the text for the text area; bytes that are not UTF-8 appear as marks, and the service refuses them."""
        return self.data.decode("utf-8", "replace")

    @property
    def given(self) -> bool:
        """Decide whether something was typed or uploaded."""
        return bool(self.data.strip())

    def as_file(self) -> ConfigFile:
        """Return the file for the service."""
        from zones.services.config_files import ConfigFile

        return ConfigFile(name=self.name, data=self.data)


def answer(page: ConsoleAdmin, request: HttpRequest) -> HttpResponse:
    """Show the page; on POST a plan, or the same page with every finding."""
    zone_id = request.GET.get("zone", "")[:64]
    kept = kept_text(request)
    settings, variables = (_pasted(request, kind, zone_id, kept) for kind in ("settings", "variables"))
    findings: Sequence[Finding] = ()
    preview: dict[str, Any] | None = None
    if request.method == "POST":
        too_big = [item.name for item in (settings, variables) if len(item.data) > MAX_FILE_BYTES]
        if too_big:
            text = gettext("Larger than 2 MiB: %(files)s. Configuration files are a few kB.")
            messages.error(request, text % {"files": ", ".join(too_big)})
        else:
            goal, findings, preview = _submit(request, settings, variables)
            if goal:
                return HttpResponseRedirect(keeping(request, goal))
    return page.page(
        request,
        "console/configure.html",
        gettext("Configure %(zone)s") % {"zone": zone_id} if zone_id else gettext("Configure a zone"),
        files=[_numbered(settings, findings), _numbered(variables, findings)],
        findings=findings,
        loose=[
            item for item in findings if item.file not in (settings.name, variables.name) or not item.line
        ],
        posted=request.method == "POST",
        force=bool(request.POST.get("force")),
        zone_id=zone_id,
        with_variables=variables.given or not zone_id or settings.name.startswith("settings."),
        back=onward(request, page.url_of("change", zone_id) if zone_id else page.url_of("changelist")),
        examples_url=page.url_of("examples"),
        order_url=f"{page.url_of('order')}?zone={zone_id}" if zone_id else "",
        preview=preview,
    )


def _pasted(request: HttpRequest, kind: str, zone_id: str, kept: QueryDict | None) -> Pasted:
    if request.method != "POST":
        if kept is not None:
            text = kept.get(f"{kind}_text", "").replace("\r\n", "\n")
            return Pasted(kind, kept.get(f"{kind}_name", "").strip()[:255], text.encode())
        if "example" in request.GET:
            return _example(request, kind)
        if kind == "settings" and zone_id:
            return Pasted(kind, *_suggested(zone_id, request.GET.get("scale_out", "")))
        return Pasted(kind, f"{kind}.{zone_id or 'ZONE_ID'}.yaml")
    upload = request.FILES.get(f"{kind}_file")
    if isinstance(upload, UploadedFile):
        return Pasted(kind, upload.name or "", upload.read(MAX_FILE_BYTES + 1))
    # Browsers send the lines of a text area with CRLF, whatever was typed.
    text = request.POST.get(f"{kind}_text", "").replace("\r\n", "\n")
    return Pasted(kind, request.POST.get(f"{kind}_name", "").strip()[:255], text.encode())


def _example(request: HttpRequest, kind: str) -> Pasted:
    """Return a file of the chosen example zone; empty, with the reason on the page, when there is none."""
    from zones.services.templates import archive_texts

    texts = verbs.attempt(request, lambda: archive_texts(request.GET["example"][:100])) or {}
    name = next((name for name in texts if name.startswith(f"{kind}.")), f"{kind}.ZONE_ID.yaml")
    return Pasted(kind, name, texts.get(name, "").encode())


def _suggested(zone_id: str, scale_out_id: str) -> tuple[str, bytes]:
    """Return name and text of the file to start from; a zone that joins its region with a scale-out has another name."""
    scale_out = ScaleOut.objects.filter(scale_out_id=scale_out_id[:10], zone_id=zone_id).first()
    joins = scale_out is not None and scale_out.kind == ScaleOut.Kind.ZONE
    name = f"{'settings' if joins else 'scale_settings'}.{zone_id}.yaml"
    return name, _suggestion(zone_id, scale_out).encode()


def _suggestion(zone_id: str, scale_out: ScaleOut | None) -> str:
    """Return a starting point: the available nodes, of a scale-out if given, commented out, each with its description."""
    lines = [f"zone_id: {zone_id}", "roles:"]
    found = prefetched().filter(status=NodeStatus.AVAILABLE)
    if scale_out:
        found = found.filter(scale_out_members__scale_out=scale_out)
    for node in found.order_by("hostname")[:SUGGESTED_NODES]:
        lines.append(f"#  {node.mgmt_address}: {{role: hyper-repl, sub_roles: [hyper]}}   # {_hint(node)}")
    return "\n".join(lines) + "\n"


def _hint(node: Node) -> str:
    data = [
        disk for disk in node.disks.all() if disk.present and not disk.is_os and disk.effective("status") == 1
    ]
    disks = disks_text((disk.effective("type"), disk.effective("size_bytes")) for disk in data)
    # Data from a node must not end the comment.
    return " ".join(f"{node.hostname} {disks} {on_drives([disk.drive for disk in data])}".split())


def _submit(
    request: HttpRequest, settings: Pasted, variables: Pasted
) -> tuple[str, Sequence[Finding], dict[str, Any] | None]:
    """Submit both files; returns where to go next (empty: stay), the findings, and the record of a running zone."""
    try:
        if "adopt" not in request.POST:
            return *_configure(request, settings, variables), None
        if request.POST.get("content_hash"):
            return _adopt(request, settings, variables), (), None
        return "", (), _preview(request, settings, variables)
    except Refused as refusal:
        return "", refusal.findings, None
    except VerbError as error:
        verbs.tell(request, error)
        return "", (), None


def _preview(request: HttpRequest, settings: Pasted, variables: Pasted) -> dict[str, Any]:
    from zones.services.adopt import preview_adoption

    return preview_adoption(
        variables=variables.as_file(), settings=settings.as_file(), actor=verbs.actor(request)
    )


def _adopt(request: HttpRequest, settings: Pasted, variables: Pasted) -> str:
    from zones.services.adopt import adopt_zone

    plan = adopt_zone(
        variables=variables.as_file(),
        settings=settings.as_file(),
        actor=verbs.actor(request),
        content_hash=verbs.posted(request, "content_hash", 64),
    )
    text = gettext("Zone %(zone)s registered. No machine was changed.")
    messages.success(request, text % {"zone": plan.zone.zone_id})
    return reverse("admin:zones_zone_change", args=[plan.zone.zone_id])


def _configure(request: HttpRequest, settings: Pasted, variables: Pasted) -> tuple[str, Sequence[Finding]]:
    from zones.services.configure import config_qingcloud

    slots.hold(request)
    check = "check" in request.POST
    done = config_qingcloud(
        variables=[variables.as_file()] if variables.given else [],
        settings=[settings.as_file()] if settings.given else [],
        actor=verbs.actor(request),
        force=bool(request.POST.get("force")),
        check=check,
    )
    findings = [finding for item in done for finding in item.findings]
    if check:
        warned = gettext("Check passed with warnings: a plan can be created from these files.")
        passed = gettext("Check passed: a plan can be created from these files.")
        messages.success(request, warned if findings else passed)
        return "", findings
    plan = done[0].plan
    assert plan is not None, "only a check gives no plan"
    text = gettext("Plan %(plan)s created: review its files, then approve it.")
    messages.success(request, text % {"plan": plan.plan_id})
    return reverse("admin:zones_plan_change", args=[plan.plan_id]), findings


def _numbered(pasted: Pasted, findings: Sequence[Finding]) -> Pasted:
    """Add to the lines of the file the findings that name them; no lines when it has no findings."""
    mine: dict[int, list[Finding]] = {}
    for item in findings:
        if item.file == pasted.name and item.line:
            mine.setdefault(item.line, []).append(item)
    if mine:
        pasted.said = [item.as_dict() for items in mine.values() for item in items]
        pasted.lines = [
            {"number": number, "text": text, "findings": mine.get(number, [])}
            for number, text in enumerate(pasted.text.split("\n"), 1)
        ]
    return pasted
