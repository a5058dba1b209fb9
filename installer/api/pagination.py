"""Pagination of lists."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext, gettext_lazy
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

_MAX_DIGITS = 9


class Pages(PageNumberPagination):
    """``?page=2&page_size=50``; at most 1,000 rows a page."""

    page_size_query_param = "page_size"
    max_page_size = 1000
    # DRF puts the number in when it answers.
    invalid_page_message = gettext_lazy(  # type: ignore[assignment]
        "there is no page {page_number}: the first is 1, follow next until it is null"
    )

    def get_page_size(self, request: Request) -> int | None:
        """Parse the page size. Raises :class:`ValidationError` for an invalid one, instead of using the default."""
        text = request.query_params.get(self.page_size_query_param)
        if text is None:
            return self.page_size
        size = _counting(self.page_size_query_param, text)
        return min(size, self.max_page_size)

    def get_page_number(self, request: Request, paginator: Any) -> int | str:
        """Parse the page number. Raises :class:`ValidationError` for an invalid one."""
        text = request.query_params.get(self.page_query_param, "1")
        if text in self.last_page_strings:
            return int(paginator.num_pages)
        return _counting(self.page_query_param, text)


def _counting(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and int(text) > 0):
        raise ValidationError({name: [gettext("use a number from 1 upwards")]})
    return int(text)
