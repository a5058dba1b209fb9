"""Codes and messages in templates."""

from __future__ import annotations

from django import template

from installer.console.wording import code_html, error_html, remedy_html

register = template.Library()
register.filter("code_link", code_html)
register.filter("in_words", error_html)
register.filter("remedy", remedy_html)
