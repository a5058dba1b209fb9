"""The site of the console's pages: what every page of it knows, and its first page."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse


class ConsoleSite(AdminSite):
    """Django's admin without its own list of apps, which would be computed for every page: the side bar replaces it."""

    site_title = "Installer Console"
    site_header = "Installer Console"
    site_url = None
    enable_nav_sidebar = False

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        """Return what the frame of every page needs."""
        return {
            "site_title": self.site_title,
            "site_header": self.site_header,
            "has_permission": self.has_permission(request),
            "is_popup": False,
        }

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Show the dashboard."""
        # The pages register with this site: it is made before them.
        from installer.console.dashboard import context

        request.current_app = self.name
        values = context(request, {**self.each_context(request), **(extra_context or {})})
        return TemplateResponse(request, "admin/index.html", values)
