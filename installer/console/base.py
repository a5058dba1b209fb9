"""What all pages share: models edited only through the services, URLs with public ids, the page frame."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from installer.console.list_rows import list_headers, list_rows
from installer.console.verbs import need, outdated
from installer.form_recovery import kept_text


class PublicIdChangeList(ChangeList):  # type: ignore[misc]
    """Links rows to the page of the public id, not of the database key."""

    def url_for_result(self, result: Model) -> str:
        """Return the page of the object."""
        return str(self.model_admin.page_url(result))


class ConsoleAdmin(ModelAdmin):  # type: ignore[misc]
    """A list and a page. Objects are not added, changed or deleted here, but by the verbs of the page."""

    public_id: ClassVar[str] = "pk"
    page_template: ClassVar[str] = ""
    # (path below the object, name of the method): pages and buttons of one object.
    object_views: ClassVar[tuple[tuple[str, str], ...]] = ()
    # The same for the list.
    list_views: ClassVar[tuple[tuple[str, str], ...]] = ()
    change_list_template = "console/list.html"
    show_add_link = False
    list_fullwidth = True
    list_per_page = 100

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Forbid adding."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Forbid changing."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Forbid deleting."""
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PublicIdChangeList]:
        """Return the list class with links by public id."""
        return PublicIdChangeList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list."""
        answer: HttpResponse = super().changelist_view(request, extra_context)
        if isinstance(answer, TemplateResponse) and answer.context_data and "cl" in answer.context_data:
            changes = answer.context_data["cl"]
            self.prepare_rows(list(changes.result_list))
            answer.context_data |= {"headers": list_headers(changes), "rows": list(list_rows(changes))}
        return answer

    def prepare_rows(self, items: list[Any]) -> None:
        """Look up what the columns show beside the objects of one page; nothing here."""

    def page_url(self, item: Model) -> str:
        """Return the URL of the page of an object."""
        return self.url_of("change", getattr(item, self.public_id))

    def url_of(self, name: str, *args: Any) -> str:
        """Return the URL of a view of this admin by its short name."""
        meta = self.model._meta
        return reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_{name}", args=args)

    def get_urls(self) -> list[URLPattern]:
        """Add the URLs of our own pages."""
        meta = self.model._meta
        own = [
            path(f"{place}/", self._guarded(method), name=f"{meta.app_label}_{meta.model_name}_{method}")
            for place, method in self.list_views
        ]
        own += [
            path(
                f"<path:object_id>/{place}/",
                self._guarded(method),
                name=f"{meta.app_label}_{meta.model_name}_{method}",
            )
            for place, method in self.object_views
        ]
        return own + list(super().get_urls())

    def _guarded(self, method: str) -> Any:
        return self.admin_site.admin_view(getattr(self, method))

    def items(self, request: HttpRequest) -> QuerySet[Any]:
        """Select the objects that have a page, with what it needs."""
        found: QuerySet[Any] = self.get_queryset(request)
        return found

    def get_item(self, request: HttpRequest, object_id: str) -> Any:
        """Look up an object by public id. Raises 403 without the view permission, 404 when there is none."""
        need(self.has_view_permission(request))
        item = self.items(request).filter(**{self.public_id: object_id}).first()
        if item is None:
            raise Http404(f"{self.model._meta.verbose_name} {object_id[:80]} does not exist")
        return item

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page of an object."""
        item = self.get_item(request, object_id)
        return self.page(request, self.page_template, str(item), **self.page_context(request, item))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Redirect to the audit entries about the object."""
        return HttpResponseRedirect(f"{reverse('admin:common_auditentry_changelist')}?q={object_id}")

    def page_context(self, request: HttpRequest, item: Any) -> dict[str, Any]:
        """Return what the template of an object needs."""
        return {"item": item}

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        """Render a page in the frame of the console; 409 with the difference if what was viewed has changed."""
        difference = outdated(request)
        request.current_app = self.admin_site.name
        everything = {
            **self.admin_site.each_context(request),
            "title": title,
            "kept_text": dict(kept_text(request) or {}),
            "opts_plural": self.model._meta.verbose_name_plural,
            "list_url": self.url_of("changelist"),
            "is_fullwidth": "1",
            "difference": difference,
            "looked_at": timezone.now().isoformat(),
            **context,
        }
        return TemplateResponse(request, template, everything, status=409 if difference else None)
