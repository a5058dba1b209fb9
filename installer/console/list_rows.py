"""Rows and headers of the lists, without a template for each cell: a page of 100 rows is one string for each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.contrib.admin import ModelAdmin
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import display_for_field, display_for_value
from django.contrib.admin.views.main import ChangeList
from django.db.models import BooleanField, DateTimeField, Field, Model
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from installer.console.units import moment_text

_CHECKBOX = "action_checkbox"
# Text of more characters is wrapped.
_LONG = 40


def list_rows(changes: ChangeList) -> Iterator[SafeString]:
    """Yield the ``<tr>`` of each object on the page."""
    admin: ModelAdmin[Any] = changes.model_admin
    names = [str(name) for name in changes.list_display if name != _CHECKBOX]
    linked = set(changes.list_display_links or ())
    columns = [(name in linked, _reader(admin, name)) for name in names]
    choose = gettext("Select {item}") if _CHECKBOX in changes.list_display else ""
    for item in changes.result_list:
        cells: list[str] = []
        if choose:
            cells.append(
                format_html(
                    '<td><input type="checkbox" name="_selected_action" value="{}" class="action-select" aria-label="{}">',
                    item.pk,
                    choose.format(item=item),
                )
            )
        for is_link, read in columns:
            text = conditional_escape(read(item))
            if is_link:
                url = changes.url_for_result(item)
                text = format_html('<a href="{}">{}</a>', url, text)
            cells.append(
                f"<td>{text}" if len(text) < _LONG or "<" in text else f'<td class="con-long">{text}'
            )
        # The end of a cell and of a row may be left out (HTML standard, 13.1.2.4): a fifth of the page.
        yield mark_safe(f"<tr>{''.join(cells)}")  # noqa: S308 -- every value was escaped above


def list_headers(changes: ChangeList) -> list[dict[str, Any]]:
    """Return what each column is called and how it is sorted."""
    return [
        {**header, "is_checkbox": name == _CHECKBOX}
        for name, header in zip(changes.list_display, result_headers(changes), strict=True)
    ]


def _reader(admin: ModelAdmin[Any], name: str) -> Callable[[Model], Any]:
    """Return how the text of a column is read from an object: by a method of the admin class, or from a field."""
    empty = admin.get_empty_value_display()
    if name == "__str__":
        return str
    method = getattr(admin, name, None)
    if method is not None:
        if getattr(method, "boolean", False):
            return lambda item: _yes_or_no(method(item))
        return lambda item: display_for_value(method(item), empty)
    field = admin.opts.get_field(name)
    assert isinstance(field, Field)
    if isinstance(field, BooleanField):
        return lambda item: _yes_or_no(field.value_from_object(item))
    if isinstance(field, DateTimeField):
        return lambda item: moment_text(field.value_from_object(item)) or empty
    return lambda item: display_for_field(field.value_from_object(item), field, empty)


def _yes_or_no(value: object) -> SafeString:
    """Return a sign and a word, for those who see one and those who hear the other."""
    sign, word = ("✓", gettext("Yes")) if value else ("–", gettext("No"))
    return format_html('<span aria-hidden="true">{}</span><span class="con-sr">{}</span>', sign, word)
