"""Pagination of lists."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page
from django.utils.translation import gettext, gettext_lazy
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

_MAX_DIGITS = 9
_MAX_CURSOR_DIGITS = 18


class Pages(PageNumberPagination):
    """``?page=2&page_size=50``; at most 1,000 rows a page.

    The rows are read first: a page that is not full says how many there are, and none are counted.
    """

    parameters: Sequence[str] = ("page", "page_size")
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


class GrowingPages(Pages):
    """Pages of a list that grows at its beginning: ``?cursor=newest``, then the cursor in ``next`` until that is null.

    Nothing is counted, a row that comes meanwhile moves none to the next page, and the last page costs what the first does.
    """

    parameters = ("page", "page_size", "cursor")
    _newest = "newest"

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Return the rows of the page. Raises :class:`ValidationError` for a wrong cursor, or one beside another order."""
        cursor = request.query_params.get("cursor")
        self._follows: int | None = None
        self._by_cursor = cursor is not None
        if cursor is None:
            return super().paginate_queryset(queryset, request, view)
        self.request = request
        beside = [name for name in ("page", "ordering") if name in request.query_params]
        if beside:
            sentence = gettext("leave it out: a cursor goes from the newest to the oldest")
            raise ValidationError({name: [sentence] for name in beside})
        queryset = queryset.order_by("-pk")
        if cursor != self._newest:
            if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= _MAX_CURSOR_DIGITS):
                raise ValidationError({"cursor": [gettext("use newest, or the cursor in next")]})
            queryset = queryset.filter(pk__lt=int(cursor))
        size = self.get_page_size(request) or self.max_page_size
        # One more than the page: is there a next one?
        pks = list(queryset.values_list("pk", flat=True)[: size + 1])
        if len(pks) > size:
            self._follows = pks[size - 1]
        return queryset.model._default_manager.filter(pk__in=pks[:size]).order_by("-pk")

    def get_paginated_response(self, data: Any) -> Response:
        """Answer with these rows of the page."""
        if not self._by_cursor:
            return super().get_paginated_response(data)
        url = self.request.build_absolute_uri() if self.request else ""
        following = replace_query_param(url, "cursor", self._follows) if self._follows else None
        return Response({"count": None, "next": following, "previous": None, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the answer: by cursor, nothing is counted."""
        described = super().get_paginated_response_schema(schema)
        described["properties"]["count"]["nullable"] = True
        return described

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Describe the parameters."""
        cursor = {
            "name": "cursor",
            "required": False,
            "in": "query",
            "description": gettext(
                "`newest`, or the cursor in `next`: pages without a count, from the newest to the oldest"
            ),
            "schema": {"type": "string"},
        }
        return [*super().get_schema_operation_parameters(view), cursor]


def _counting(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS and int(text) > 0):
        raise ValidationError({name: [gettext("use a number of 1 or more")]})
    return int(text)
