"""What all pages share: models that nobody edits past the services, addresses with public ids, the frame."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from unfold.admin import ModelAdmin
from unfold.views import ChangeList

from installer.console.verbs import need, outdated
from installer.kept_text import kept_text


class PublicIdChangeList(ChangeList):  # type: ignore[misc]
    """Rows link to the page of the public id, not of the database key."""

    def url_for_result(self, result: Model) -> str:
        return str(self.model_admin.page_url(result))


class ConsoleAdmin(ModelAdmin):  # type: ignore[misc]
    """A list and a page. Nothing is added, changed or deleted here: the verbs of the page do that."""

    public_id: ClassVar[str] = "pk"
    page_template: ClassVar[str] = ""
    # (path below the object, name of the method): pages and buttons of one object.
    object_views: ClassVar[tuple[tuple[str, str], ...]] = ()
    # The same for the list.
    list_views: ClassVar[tuple[tuple[str, str], ...]] = ()
    show_add_link = False
    list_fullwidth = True
    list_per_page = 100

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PublicIdChangeList]:
        return PublicIdChangeList

    def page_url(self, item: Model) -> str:
        """The page of one object."""
        return self.url_of("change", getattr(item, self.public_id))

    def url_of(self, name: str, *args: Any) -> str:
        """The address of a view of this admin by its short name."""
        meta = self.model._meta
        return reverse(f"{self.admin_site.name}:{meta.app_label}_{meta.model_name}_{name}", args=args)

    def get_urls(self) -> list[URLPattern]:
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

    def get_item(self, request: HttpRequest, object_id: str) -> Any:
        """The object with that public id. Raises 403 without the view permission, 404 when there is none."""
        need(self.has_view_permission(request))
        item = self.get_queryset(request).filter(**{self.public_id: object_id}).first()
        if item is None:
            raise Http404(f"there is no {self.model._meta.verbose_name} {object_id[:80]}")
        return item

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        item = self.get_item(request, object_id)
        return self.page(request, self.page_template, str(item), **self.page_context(request, item))

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return HttpResponseRedirect(f"{reverse('admin:common_auditentry_changelist')}?q={object_id}")

    def page_context(self, request: HttpRequest, item: Any) -> dict[str, Any]:
        """What the template of an object needs."""
        return {"item": item}

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> TemplateResponse:
        """A page in the frame of the console; 409 with the difference when what was looked at has changed."""
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
