"""Common parts of all endpoints: lists with few queries, strict query parameters, and the response of a verb."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.viewsets import GenericViewSet

from common.actor import Actor
from common.errors import NotFound
from common.messages import message
from common.pasted import refuse_pasted
from installer import slots
from installer.api import filters
from installer.api.conditional import not_modified, tag_of
from installer.api.jobs.serializers import JobShape
from installer.api.parsers import Form, Json
from installer.api.serializers import ProblemShape
from installer.groups import DECIDE_PLAN
from jobs.models import Job
from jobs.queries import job_status, stamp
from zones.core.gc_pause import collector_paused

F = TypeVar("F", bound=Callable[..., Any])
PROBLEM = "application/problem+json"
_ORDERED = ("ordering", "search")
# Selects the renderer (rest_framework, URL_FORMAT_OVERRIDE); renderers.py refuses unknown values.
_FORMAT = "format"


class StableOrdering(OrderingFilter):
    """Keeps rows that sort equal in the same order from page to page; the primary key breaks the tie."""

    def filter_queryset(self, request: Request, queryset: Any, view: Any) -> Any:
        """Order the queryset."""
        ordering = self.get_ordering(request, queryset, view) or queryset.model._meta.ordering
        # As numbers, which the text of an address is not on SQLite.
        ordering = [name.replace("mgmt_address", "address_order") for name in ordering]
        return queryset.order_by(*ordering, "pk")


@dataclass(frozen=True, slots=True)
class _Taken:
    """Query parameters accepted by an endpoint."""

    query: type[Serializer[Any]] | None = None
    filtered: bool = False


_NOTHING = _Taken()


def takes(query: type[Serializer[Any]], *, filtered: bool = False) -> Callable[[F], F]:
    """Declare the query parameters of an endpoint; ``filtered`` also accepts the filters and ordering of the list."""

    def mark(method: F) -> F:
        method.taken = _Taken(query, filtered)  # type: ignore[attr-defined]
        return method

    return mark


class StrictViewSet(GenericViewSet[Any]):
    """Refuses query parameters that the endpoint does not accept, whatever the method.

    A misspelt filter would return everything, and ``?dry_run=1`` on a verb, which takes its values in the body, would
    run it. Additional parameters are declared with :func:`takes`.
    """

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Check permissions first, then the query parameters."""
        super().initial(request, *args, **kwargs)
        if request.method == "OPTIONS" or self.action is None:
            return
        if request.method not in ("GET", "HEAD"):
            _refuse_unknown(request, [], gettext("send values in the body, not in the URL"))
        elif self._taken().filtered or (self.action == "list" and self.filter_backends):
            self._check_filters(request)
        elif self._taken().query is None:
            _refuse_unknown(request, [], gettext("no parameters are allowed here"))

    def _taken(self) -> _Taken:
        return getattr(getattr(self, self.action or "", None), "taken", _NOTHING)

    def hold(self) -> None:
        """Reserve a slot for a response that may take long. Raises :class:`installer.slots.Full`."""
        slots.hold(self.request._request)

    def asked(self) -> dict[str, Any]:
        """Validate the query parameters and return them. Raises :class:`ValidationError`."""
        taken = self._taken()
        assert taken.query is not None, self.action
        given = self.request.query_params.copy()
        given.pop(_FORMAT, None)
        _refuse_twice(given, [])
        serializer = taken.query(data=given)
        own = serializer.fields
        if taken.filtered:
            for name in set(given) - set(own):
                given.pop(name)
        # A form's empty field would mean the default.
        _refuse_empty(
            given, [name for name, field in own.items() if not getattr(field, "allow_blank", False)]
        )
        return _valid(serializer)

    def _check_filters(self, request: Request) -> None:
        """Check that every list parameter is known, given once and not empty. Raises :class:`ValidationError`."""
        wanted = getattr(getattr(self, "filterset_class", None), "base_filters", {})
        query = self._taken().query
        own = [] if query is None else list(query().fields)
        known = sorted([*wanted, *own, *_ORDERED, *getattr(self.paginator, "parameters", ())])
        _refuse_unknown(request, known, gettext("use %(names)s") % {"names": ", ".join(known)})
        several = [name for name, item in wanted.items() if filters.takes_several(item)]
        _refuse_twice(request.query_params, several)
        _refuse_empty(request.query_params, known)
        for name in wanted:
            # A look-alike character would match nothing.
            refuse_pasted(request.query_params.getlist(name), field=name)
        fields: Sequence[str] = getattr(self, "ordering_fields", ())
        ordering = request.query_params.get("ordering")
        if ordering is not None:
            bad = [name for name in ordering.split(",") if name.strip().removeprefix("-") not in fields]
            if bad:
                raise ValidationError({"ordering": [f"use {', '.join(fields)}, with - for reverse"]})


def _refuse_unknown(request: Request, known: Iterable[str], remedy: str) -> None:
    unknown = sorted(set(request.query_params) - {_FORMAT, *known})
    if unknown:
        sentence = gettext("unknown parameter: %(remedy)s") % {"remedy": remedy}
        raise ValidationError({name[:80]: [sentence] for name in unknown[:20]})


def _refuse_twice(given: QueryDict, several: Iterable[str]) -> None:
    twice = [name for name, values in given.lists() if len(values) > 1 and name not in several]
    if twice:
        sentence = gettext("%(name)s is specified more than once: specify it once")
        raise ValidationError({name: [sentence % {"name": name}] for name in twice})


def _refuse_empty(given: QueryDict, names: Iterable[str]) -> None:
    empty = [name for name in names if "" in map(str.strip, given.getlist(name))]
    if empty:
        sentence = gettext("%(name)s is empty: specify a value, or omit it")
        raise ValidationError({name: [sentence % {"name": name}] for name in empty})


class RowsViewSet(StrictViewSet):
    """A list and its single rows, as dicts built by :meth:`rows`; serializers only describe them."""

    filter_backends = [filters.Backend, StableOrdering, SearchFilter]
    parser_classes = [Json, Form]
    view_permission = ""
    ordering_fields: Sequence[str] = ()

    def rows(self, found: QuerySet[Any]) -> list[dict[str, Any]]:
        """Return the JSON of these rows, in order: from their columns, without a model instance for each."""
        raise NotImplementedError

    def list(self, request: Request) -> Response:
        """Return one page of the list. Unknown parameters are refused, so misspelled filters are noticed."""
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        with collector_paused():
            rows = self.rows(page)
        return self.get_paginated_response(rows)

    def retrieve(self, request: Request, **key: str) -> Response:
        """Return one entry of the list, in full."""
        found = self.rows(self.the_one())
        if not found:
            raise self.unknown()
        tag = tag_of(found)
        return not_modified(request, tag) or Response(found[0], headers={"ETag": tag})

    def the_one(self) -> QuerySet[Any]:
        """Select the object of this URL."""
        return self.get_queryset().filter(**{self.lookup_field: self.kwargs[self.lookup_field]})

    def unknown(self) -> NotFound:
        """Return the refusal of a URL whose object does not exist."""
        return NotFound.because(
            message(
                "W01", kind=self.basename, key=self.kwargs[self.lookup_url_kwarg or self.lookup_field][:80]
            )
        )

    def one(self) -> Any:
        """Return the object of this URL. Raises :class:`NotFound`."""
        item = self.the_one().first()
        if item is None:
            raise self.unknown()
        return item


def flat_rows(found: QuerySet[Any], columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return one dict for each row: ``columns`` has the column of each key. Times are formatted."""
    names = list(columns)
    rows = [dict(zip(names, row, strict=True)) for row in found.values_list(*columns.values())]
    for name in [name for name in names if name == "at" or name.endswith("_at")]:
        for row in rows:
            row[name] = stamp(row[name])
    return rows


def parsed(kind: type[Serializer[Any]], data: Any) -> dict[str, Any]:
    """Validate the values of a request and return them. Raises :class:`ValidationError` with every invalid field."""
    return _valid(kind(data=data))


def _valid(serializer: Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    values: dict[str, Any] = serializer.validated_data
    return values


def actor_of(request: Request) -> Actor:
    """Return the user of a request and the address the connection came from."""
    return Actor(
        name=request.user.get_username(),
        via="api",
        address=str(request.META.get("REMOTE_ADDR") or "")[:64],
        decides=request.user.has_perm(DECIDE_PLAN),
    )


def started(job: Job) -> Response:
    """Answer 202 with the job in the shape of ``get_status`` and its URL."""
    location = reverse("job-detail", kwargs={"job_id": job.job_id})
    return Response(job_status(job), status=202, headers={"Location": location})


def problems(*codes: int) -> dict[Any, Any]:
    """Describe the refusals an endpoint may answer with."""
    texts = {
        400: "Refused; the findings contain the location and the remedy",
        401: "Not authenticated, or an invalid token",
        403: "Permission denied",
        404: "Not found",
        409: "Another job is running (job_id), or the viewed object has changed (difference)",
        413: "Request body too large",
        429: "Too many attempts or too many slow requests; retry after Retry-After",
    }
    return {(code, PROBLEM): OpenApiResponse(ProblemShape, texts[code]) for code in (401, 403, *codes)}


def describes_verb(request: Any, answer: Any = None, *, status: int = 202, **more: Any) -> Callable[[F], F]:
    """Apply ``extend_schema`` to a verb: its request, its response and its refusals."""
    shape = JobShape if answer is None else answer
    return extend_schema(request=request, responses={status: shape, **problems(400, 404, 409, 413)}, **more)
