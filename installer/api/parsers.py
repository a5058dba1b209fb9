"""Request bodies: JSON and forms, each at most ``DATA_UPLOAD_MAX_MEMORY_SIZE`` long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser


class TooLarge(APIException):
    """The body is too large (413)."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = gettext_lazy("the request is too large: send fewer nodes or files at once")
    default_code = "too_large"


class Json(JSONParser):
    """JSON that fits into memory and is not nested too deeply."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Parse a JSON body. Raises :class:`ParseError` or :class:`TooLarge`."""
        _check_length(parser_context)
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(gettext("the JSON is nested too deeply")) from None


class Form(MultiPartParser):
    """Uploaded files of limited total size."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Parse a multipart body. Raises :class:`ParseError` or :class:`TooLarge`."""
        _check_length(parser_context)
        return super().parse(stream, media_type, parser_context)


class Fields(FormParser):
    """Plain form fields, as ``curl -d`` sends them."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """Parse a form body. Raises :class:`TooLarge`."""
        _check_length(parser_context)
        return super().parse(stream, media_type, parser_context)


def _check_length(parser_context: Mapping[str, Any] | None) -> None:
    request = (parser_context or {}).get("request")
    length = str(request.META.get("CONTENT_LENGTH") or "0") if request else "0"
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit and (not length.isdigit() or len(length) > 15 or int(length) > limit):
        raise TooLarge
