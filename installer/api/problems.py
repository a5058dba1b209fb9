"""Refusals as RFC 9457 problem JSON: 400 with findings, 403, 404, 409."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404
from django.utils.translation import gettext, ngettext
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import exception_handler

from common.errors import Busy, Denied, Failed, Finding, NotFound, Outdated, Refused, VerbError
from common.messages import Message
from installer.api.parsers import TooLarge
from installer.database_errors import remedy
from installer.slots import Full

logger = logging.getLogger(__name__)
PROBLEM_JSON = "application/problem+json"


class Problem(Response):
    """A JSON response whatever the view otherwise renders: a YAML schema, routes as text."""

    @property
    def rendered_content(self) -> str:
        """Render the document."""
        self["Content-Type"] = PROBLEM_JSON
        return str(JSONRenderer().render(self.data), "utf-8")


def handle(error: Exception, context: dict[str, Any]) -> Response | None:
    """Convert an exception for DRF; None lets Django answer 500 without details."""
    if isinstance(error, VerbError):
        return _verb(error)
    if isinstance(error, Full):
        said = error.args[0]
        found = [Finding(said).as_dict()] if isinstance(said, Message) else None
        return problem(429, str(error), findings=found, headers={"Retry-After": str(error.seconds)})
    if isinstance(error, RequestDataTooBig):
        return problem(413, str(TooLarge.default_detail))
    if isinstance(error, TooManyFieldsSent | TooManyFilesSent):
        return _unread(gettext("the form has too many fields or files: send fewer at once, or JSON"))
    if said := remedy(error):
        logger.error("the database cannot be used: %s", error)
        return problem(503, said)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, ValidationError):
        return problem(
            400,
            gettext("the request is not valid"),
            findings=_validation(error.detail),
            headers=response.headers,
        )
    if isinstance(error, ParseError):
        return _unread(str(error.detail))
    if isinstance(error, Http404 | PermissionDenied | APIException):
        detail = str(getattr(error, "detail", "") or HTTPStatus(response.status_code).phrase)
        return problem(response.status_code, detail, headers=response.headers)
    return response


def problem(
    status: int,
    detail: str,
    *,
    findings: list[dict[str, Any]] | None = None,
    headers: Any = None,
    **extra: Any,
) -> Response:
    """Build a problem document."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        **extra,
    }
    if findings is not None:
        body["findings"] = findings
    answer = Problem(body, status=status)
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if headers and name in headers:
            answer[name] = headers[name]
    return answer


def _unread(detail: str) -> Response:
    """Answer 400, which always has findings, for a body that could not be parsed."""
    return problem(400, detail, findings=[{"code": "parse_error", "field": "", "detail": detail}])


def _verb(error: VerbError) -> Response:
    if isinstance(error, Refused):
        status = 404 if isinstance(error, NotFound) else 409 if isinstance(error, Outdated) else 400
        more = {"difference": error.difference.as_dict()} if isinstance(error, Outdated) else {}
        return problem(
            status,
            ngettext("refused: %(n)s finding", "refused: %(n)s findings", len(error.findings))
            % {"n": len(error.findings)},
            findings=[finding.as_dict() for finding in error.findings],
            **more,
        )
    if isinstance(error, Busy):
        return problem(409, error.sentence(), job_id=error.job_id)
    if isinstance(error, Denied):
        return problem(403, error.sentence())
    return problem(502 if isinstance(error, Failed) else 400, error.sentence())


def _validation(detail: Any, field: str = "") -> list[dict[str, Any]]:
    if isinstance(detail, dict):
        return [
            item
            for key, value in detail.items()
            for item in _validation(value, "" if key == "non_field_errors" else f"{field}.{key}".strip("."))
        ]
    if isinstance(detail, list):
        return [item for value in detail for item in _validation(value, field)]
    return [{"code": str(getattr(detail, "code", "invalid")), "field": field, "detail": str(detail)}]
