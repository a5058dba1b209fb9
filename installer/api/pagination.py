"""Pagination of lists."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext, gettext_lazy
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

_MAX_DIGITS = 9


class Pages(PageNumberPagination):
    """``?page=2&page_size=50``; at most 1,000 rows a page.

    The rows are read first: a page that is not full says how many there are, and none are counted.
    """

    page_size_query_param = "page_size"
    max_page_size = 1000
    # DRF puts the number in when it answers.
    invalid_page_message = gettext_lazy(  # type: ignore[assignment]
        "page {page_number} does not exist: start with 1 and follow next until it is null"
    )

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Return the rows of the page, not read yet. Raises :class:`ValidationError` for a wrong number."""
        self.request = request
        self._paginator = self.django_paginator_class(
            queryset, self.get_page_size(request) or self.max_page_size
        )
        self._number = int(self.get_page_number(request, self._paginator))
        first = (self._number - 1) * self._paginator.per_page
        return queryset[first : first + self._paginator.per_page]

    def get_paginated_response(self, data: Any) -> Response:
        """Answer with these rows of the page. Raises :class:`NotFound` for a page after the last."""
        size, number = self._paginator.per_page, self._number
        if len(data) < size and (data or number == 1):
            # Known, so nothing is counted (a cached property).
            self._paginator.count = (number - 1) * size + len(data)
        elif number > self._paginator.num_pages:
            raise NotFound(self.invalid_page_message.format(page_number=number))
        self.page = Page(data, number, self._paginator)
        return super().get_paginated_response(data)

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
        raise ValidationError({name: [gettext("use a number of 1 or more")]})
    return int(text)
