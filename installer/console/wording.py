"""Messages as HTML: a code links to what it means, a command of ours to the page that does the same."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from common.codes import CODES
from common.errors import Finding
from common.messages import Message
from common.wording import Part
from installer.console.labels import words
from installer.console.verb_links import link_to


def code_html(code: str) -> SafeString:
    """Return the code as a link to its meaning; a code of another release stays plain text."""
    if code not in CODES:
        return conditional_escape(code)
    link = '<a class="con-code" href="{}" target="_blank" rel="noopener">{}</a>'
    return format_html(link, reverse("code", args=[code]), code)


def remedy_html(finding: Finding) -> SafeString:
    """Return what to do about a finding in the browser; may be empty."""
    return _html(finding.message.remedy_on_page())


def finding_html(finding: Finding) -> SafeString:
    """Return a finding in one line: code, level, place, what is wrong and what to do."""
    head = format_html("{} {} {}", code_html(finding.code), words(finding.level), finding.place())
    remedy = remedy_html(finding)
    return format_html("{}: {}{}", head, finding.detail, format_html(" → {}", remedy) if remedy else "")


def error_html(error: str) -> SafeString:
    """Return the error of a job, a step or a node: its code, if it has one, and its sentence."""
    if not isinstance(error, Message):
        return conditional_escape(error)
    return format_html(
        "{}{}", format_html("{} ", code_html(error.code)) if error.code else "", _html(error.on_page())
    )


def _html(parts: Iterable[Part]) -> SafeString:
    return mark_safe("".join(map(_part, parts)))  # noqa: S308 (every part is escaped)


def _part(part: Part) -> SafeString:
    link = link_to(part.text) if part.command else None
    if link:
        return format_html('<a class="con-link" href="{}" title="{}">{}</a>', link.url, part.text, link.label)
    return format_html("<code>{}</code>" if part.command else "{}", part.text)
