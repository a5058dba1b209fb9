"""What settings.UNFOLD refers to by name besides the side bar and the dashboard."""

from __future__ import annotations

from django.http import HttpRequest
from django.templatetags.static import static


def style(request: HttpRequest) -> str:
    """The style sheet of the console, on every page."""
    return static("console/console.css")


def icon(request: HttpRequest) -> str:
    """The picture in the browser's tab."""
    return static("console/favicon.svg")
