"""The frame of a page: icons and the side bar."""

from __future__ import annotations

from django import template
from django.template import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from installer.console.navigation import Entry, sidebar

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """Return an icon of the sprite ``static/console/icons.svg``; text beside it, or a label around it, says what it means."""
    return format_html(
        '<svg class="con-icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("console/icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def side_bar(context: Context) -> list[list[Entry]]:
    """Return the side bar of a signed-in user; nothing on a page without one, such as that of a broken database."""
    request, user = context.get("request"), context.get("user")
    return sidebar(request) if request is not None and getattr(user, "is_staff", False) else []
