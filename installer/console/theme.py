"""What settings.UNFOLD refers to by name, other than the side bar and the dashboard."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static


def style(request: HttpRequest) -> str:
    """Return the URL of the console's style sheet, for every page."""
    return static("console/console.css")


def icon(request: HttpRequest) -> str:
    """Return the URL of the browser tab's icon."""
    return static("console/favicon.svg")
