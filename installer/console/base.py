"""What all pages share: models edited only through the services, URLs with public ids, the page frame."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib.admin import ModelAdmin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from installer.console.list_rows import list_headers, list_rows
from installer.console.verbs import need, outdated
from installer.form_recovery import kept_text

# The text of a link and its URL.
Crumb = tuple[str | Promise, str]


class PublicIdChangeList(ChangeList):
    """Links rows to the page of the public id, not of the database key."""

    model_admin: ConsoleAdmin

    def url_for_result(self, result: Model) -> str:
        """Return the page of the object."""
        return self.model_admin.page_url(result)


class FrameAdmin(ModelAdmin):  # type: ignore[type-arg]
    """Lists and forms of Django's admin in the frame of the console: its own rows, and no scripts and styles of Django."""

    # Said by an empty list, and where to go on.
    empty_text: ClassVar[Promise | str] = gettext_lazy("Nothing here yet.")
    # What stands above the list, such as its buttons.
    list_before_template = ""
    list_per_page = 100

    @property
    def media(self) -> forms.Media:
        """Return nothing: static/console has all scripts and styles."""
        return forms.Media()

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list."""
        title = {"title": capfirst(str(self.opts.verbose_name_plural))}
        answer: HttpResponse = super().changelist_view(request, {**title, **(extra_context or {})})
        if isinstance(answer, TemplateResponse) and answer.context_data and "cl" in answer.context_data:
            changes = answer.context_data["cl"]
            self.prepare_rows(list(changes.result_list))
            answer.context_data |= {
                "headers": list_headers(changes),
                "rows": list(list_rows(changes)),
                "empty_text": self.empty_text,
                "empty_links": self.empty_links(request),
            }
        return answer

    def prepare_rows(self, items: list[Any]) -> None:
        """Look up what the columns show beside the objects of one page; nothing here."""

    def empty_links(self, request: HttpRequest) -> Sequence[Crumb]:
        """Return the pages on which the first entry of an empty list is made."""
        return ()


class ConsoleAdmin(FrameAdmin):
    """A list and a page. Objects are not added, changed or deleted here, but by the verbs of the page."""

    public_id: ClassVar[str] = "pk"
    page_template: ClassVar[str] = ""
    # (path below the object, name of the method): pages and buttons of one object.
    object_views: ClassVar[tuple[tuple[str, str], ...]] = ()
    # The same for the list.
    list_views: ClassVar[tuple[tuple[str, str], ...]] = ()

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

    def crumbs(self, request: HttpRequest, context: dict[str, Any]) -> list[Crumb]:
        """Return the pages above a page: the list, the zone of the object, and the object of a page about it."""
        list_url = self.url_of("changelist")
        found: list[Crumb] = []
        if list_url != request.path:
            found.append((capfirst(str(self.opts.verbose_name_plural)), list_url))
        zone_id = _zone_of(context)
        zone_url = reverse("admin:zones_zone_change", args=[zone_id]) if zone_id else ""
        if zone_url and zone_url != request.path:
            found.append((zone_id, zone_url))
        match = request.resolver_match
        object_id = match.kwargs.get("object_id", "") if match else ""
        url = self.url_of("change", object_id) if object_id else ""
        if url not in ("", zone_url, request.path):
            found.append((object_id, url))
        return found

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        """Render a page in the frame of the console; 409 with the difference if what was viewed has changed."""
        difference = outdated(request)
        request.current_app = self.admin_site.name
        everything = {
            **self.admin_site.each_context(request),
            "title": title,
            "crumbs": self.crumbs(request, context),
            "kept_text": dict(kept_text(request) or {}),
            "list_url": self.url_of("changelist"),
            "difference": difference,
            "looked_at": timezone.now().isoformat(),
            **context,
        }
        return TemplateResponse(request, template, everything, status=409 if difference else None)


def _zone_of(context: dict[str, Any]) -> str:
    """Return the id of the zone that a page is about, from what its template is given; empty if there is none."""
    for name in ("zone", "plan", "role", "job"):
        found = context.get(name)
        found = getattr(found, "zone", found)
        zone_id = getattr(found, "zone_id", "")
        if zone_id:
            return str(zone_id)
    return ""
