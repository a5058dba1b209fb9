"""Export of nodes to a file, and import from one after a preview."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from common.errors import Finding, Refused, VerbError
from installer import slots
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill, words
from installer.console.nodes.differences import change_rows
from installer.console.nodes.forms import ImportForm
from installer.console.uploads import MAX_FILE_BYTES, Unusable, Upload, digest, keep, take
from installer.downloads import nodes_file
from nodes.describe import imported_json, prefetched
from nodes.models import Node
from nodes.services.export_nodes import FORMATS
from nodes.services.import_nodes import Imported, import_nodes
from nodes.states import COLLECTABLE


class TransferVerbs(ConsoleAdmin):
    """Mixin for the admin of nodes."""

    @admin.action(description=gettext_lazy("Export as JSON"), permissions=["view"])
    def export_json(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponseBase:
        """Export for another console."""
        return _file(request, queryset, "json")

    @admin.action(description=gettext_lazy("Export as CSV"), permissions=["view"])
    def export_csv(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponseBase:
        """Export for a spreadsheet."""
        return _file(request, queryset, "csv")

    def export(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """Export the nodes of the list as it is filtered and searched."""
        verbs.need(self.has_view_permission(request))
        if kind not in FORMATS:
            raise Http404(f"nodes are exported as {' or '.join(FORMATS)}")
        try:
            return _file(request, self.get_changelist_instance(request).queryset, kind)
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{self.url_of('changelist')}?e=1")

    def import_form(self, request: HttpRequest) -> HttpResponse:
        """Show the form; on POST of a file its preview, on POST of a preview import exactly that file."""
        verbs.need(verbs.may_run(request))
        if request.method != "POST":
            return self._import_page(request)
        person = request.user.get_username()
        try:
            if "kept" in request.POST:
                return self._confirmed(request, take(request.POST["kept"], person))
            form = ImportForm(request.POST, request.FILES)
            if not form.is_valid():
                return self._import_page(request, form=form)
            return self._previewed(request, _read(form.cleaned_data["file"], person))
        except Unusable as problem:
            messages.error(request, str(problem))
            return self._import_page(request)

    def _previewed(
        self, request: HttpRequest, upload: Upload, findings: Sequence[Finding] = ()
    ) -> HttpResponse:
        """Show the preview. Raises :class:`Unusable` when the file cannot be kept for a confirmation."""
        try:
            would = _dry(request, upload)
        except Refused as refusal:
            return self._import_page(request, findings=refusal.findings, name=upload.name)
        kept = keep(replace(upload, shown=_digest(would)))
        return self._import_page(
            request,
            findings=findings,
            name=upload.name,
            kept=kept,
            force=bool(request.POST.get("force")),
            **_shown(would),
        )

    def _confirmed(self, request: HttpRequest, upload: Upload) -> HttpResponse:
        try:
            if _digest(_dry(request, upload)) != upload.shown:
                messages.warning(
                    request,
                    gettext(
                        "The nodes have changed since the preview. Nothing has been imported: review the new preview."
                    ),
                )
                return self._previewed(request, upload)
            done = import_nodes(
                data=upload.data,
                file=upload.name,
                force=bool(request.POST.get("force")),
                actor=verbs.actor(request),
            )
        except Refused as refusal:
            return self._previewed(request, upload, refusal.findings)
        except VerbError as error:
            verbs.tell(request, error)
            return self._previewed(request, upload)
        counts = Counter(item.what for item in done)
        messages.success(
            request,
            gettext("%(file)s imported: %(new)s new, %(changed)s changed, %(same)s unchanged.")
            % {
                "file": upload.name,
                "new": counts["new"],
                "changed": counts["changed"],
                "same": counts["same"],
            },
        )
        return HttpResponseRedirect(self.url_of("changelist"))

    def _import_page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        return self.page(
            request,
            "console/node_import.html",
            gettext("Import nodes"),
            **{"form": ImportForm(), **context},
        )


def _file(request: HttpRequest, nodes: QuerySet[Node], kind: str) -> HttpResponseBase:
    slots.hold(request)
    return nodes_file(prefetched().filter(pk__in=nodes.order_by().values("pk")), kind, to_desk=True)


def _read(file: UploadedFile[Any], person: str) -> Upload:
    """Read the uploaded file. Raises :class:`Unusable` when it is too large."""
    data = file.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise Unusable(
            gettext("%(file)s is larger than 16 MiB: split it, or use import_nodes FILE.")
            % {"file": file.name}
        )
    return Upload(name=(file.name or "")[:255], data=data, by=person)


def _dry(request: HttpRequest, upload: Upload) -> list[Imported]:
    return import_nodes(data=upload.data, file=upload.name, dry_run=True, actor=verbs.actor(request))


def _digest(done: Sequence[Imported]) -> str:
    return digest([imported_json(item.address, item.what, item.changes, item.notes) for item in done])


def _shown(would: Sequence[Imported]) -> dict[str, Any]:
    """Return what the page needs of a preview."""
    known = {
        str(node.mgmt_address): node
        for node in Node.objects.filter(mgmt_address__in=[item.address for item in would])
    }
    rows: list[dict[str, Any]] = [
        {
            "address": item.address,
            "node": known.get(item.address),
            "what": item.what,
            "pill": pill("added" if item.what == "new" else item.what, words(item.what)),
            "changes": change_rows(item.changes),
            "notes": item.notes,
        }
        for item in would
    ]
    in_service = [row for row in rows if row["node"] and row["node"].status not in COLLECTABLE]
    return {
        "rows": [row for row in rows if row["what"] != "same"],
        "same": [row for row in rows if row["what"] == "same"],
        "counts": Counter(item.what for item in would),
        "in_service": [(row["address"], pill(row["node"].status)) for row in in_service],
    }
