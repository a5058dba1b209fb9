"""Codes in templates: each links to its page."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.codes import CODES

register = template.Library()


@register.filter
def code_link(code: str) -> SafeString | str:
    """Return the code as a link to its meaning; a code of another release stays plain text."""
    if code not in CODES:
        return code
    return format_html(
        '<a class="con-code" href="{}" target="_blank" rel="noopener">{}</a>',
        reverse("code", args=[code]),
        code,
    )
