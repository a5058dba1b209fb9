"""What all endpoints share: lists from few queries, strict parameters, and the answer of a verb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from installer.api import filters
from installer.api.parsers import Form, Json
from installer.api.shapes import JobShape, ProblemShape
from jobs.errors import NotFound
from jobs.models import Job
from jobs.queries import job_status

F = TypeVar("F", bound=Callable[..., Any])
PROBLEM = "application/problem+json"
_ALWAYS = frozenset({"page", "page_size", "ordering", "search", "format"})


class StableOrdering(OrderingFilter):
    """Equal rows keep their order from page to page: the primary key decides between them."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """The queryset, ordered."""
        ordering = self.get_ordering(request, queryset, view) or queryset.model._meta.ordering
        return queryset.order_by(*ordering, "pk")


class RowsViewSet(GenericViewSet[Any]):
    """A list and its single rows, as dicts made by :meth:`rows`; serializers only describe them."""

    filter_backends = [filters.Backend, StableOrdering, SearchFilter]
    parser_classes = [Json, Form]
    view_permission = ""
    ordering_fields: Sequence[str] = ()

    def rows(self, found: Sequence[Any]) -> list[dict[str, Any]]:
        """The JSON of these objects, in order."""
        raise NotImplementedError

    def list(self, request: Request) -> Response:
        """One page of the list. Parameters that do not exist are refused, so that a misspelt filter shows."""
        self.check_parameters(request)
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.rows(page or []))

    def retrieve(self, request: Request, **key: str) -> Response:
        """One of the list, in full."""
        return Response(self.rows([self.one()])[0])

    def one(self) -> Any:
        """The object of the address. Raises :class:`NotFound`."""
        found: QuerySet[Model] = self.get_queryset()
        item = found.filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).first()
        if item is None:
            key = self.kwargs[self.lookup_field]
            raise NotFound.because("A01", f"there is no {self.basename} {key[:80]}", "look at the list")
        return item

    def check_parameters(self, request: Request, *also: str) -> None:
        """A misspelt filter must not answer with everything. ``also``: the endpoint's own parameters."""
        filters = getattr(getattr(self, "filterset_class", None), "base_filters", {})
        unknown = sorted(set(request.query_params) - _ALWAYS - set(filters) - set(also))
        if unknown:
            known = ", ".join(sorted([*filters, *(_ALWAYS - {"format"})]))
            raise ValidationError({name: [f"there is no such parameter: use {known}"] for name in unknown})
        ordering = request.query_params.get("ordering", "")
        bad = [name for name in ordering.split(",") if name and name.lstrip("-") not in self.ordering_fields]
        if bad:
            raise ValidationError(
                {"ordering": [f"use {', '.join(self.ordering_fields)}, with - for reverse"]}
            )


def parsed(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """The valid values of a request. Raises :class:`ValidationError` with every field that is wrong."""
    serializer = kind(data=data)
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def started(job: Job) -> Response:
    """202: the job as ``get_status`` shows it, and where to look at it."""
    location = reverse("job-detail", kwargs={"job_id": job.job_id})
    return Response(job_status(job), status=202, headers={"Location": location})


def problems(*codes: int) -> dict[Any, Any]:
    """Descriptions of the refusals that an endpoint may answer."""
    texts = {
        400: "Refused; findings say where and what to do",
        401: "No login, or a wrong token",
        403: "The account may not do this",
        404: "No such thing",
        409: "Something else runs; job_id names it",
        413: "Too large",
        429: "Too many tries",
    }
    return {(code, PROBLEM): OpenApiResponse(ProblemShape, texts[code]) for code in (401, 403, *codes)}


def describes_verb(request: Any, answer: Any = None, *, status: int = 202, **more: Any) -> Callable[[F], F]:
    """``extend_schema`` for a verb: what it takes, what it answers, how it refuses."""
    shape = JobShape if answer is None else answer
    return extend_schema(request=request, responses={status: shape, **problems(400, 404, 409, 413)}, **more)
