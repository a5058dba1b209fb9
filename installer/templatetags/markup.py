"""Markup of values inside translated sentences, so that the texts for translators have none."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from common.wording import moment_words
from installer.console import texts
from installer.console.labels import words

register = template.Library()


@register.filter
def strong(value: object) -> SafeString:
    """Emphasise a value."""
    return format_html("<strong>{}</strong>", value)


@register.filter
def mono(value: object) -> SafeString:
    """Set a value, such as an address or a file name, in the font of code."""
    return format_html('<span class="con-mono">{}</span>', value)


@register.filter
def code(value: object) -> SafeString:
    """Mark a value as code: the name of a setting, a command."""
    return format_html("<code>{}</code>", value)


@register.filter
def link(value: object, url: str) -> SafeString:
    """Return a value as a link."""
    return format_html('<a class="con-link" href="{}">{}</a>', url, value)


@register.filter
def monolist(values: list[object]) -> SafeString:
    """Join values with commas, each in the font of code."""
    return SafeString(", ".join(mono(value) for value in values))


@register.filter
def moment(value: datetime | None, form: str = "datetime") -> str:
    """Show a moment with the reader's time zone; ``form``: ``datetime``, ``minute`` or ``time``. Empty for None."""
    return moment_words(value, form) if value else ""


@register.filter
def status_words(status: str) -> str:
    """Return a status or level in words."""
    return words(status)


@register.simple_tag
def texts_url() -> str:
    """Return the URL of the scripts' texts in the active language."""
    return texts.texts_url()
