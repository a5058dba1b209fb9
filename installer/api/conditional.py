"""ETag and ``If-None-Match``: who asks again for what has not changed is answered 304, before the answer is made."""

from __future__ import annotations

from django.conf import settings
from django.utils.http import parse_etags
from django.utils.translation import get_language
from rest_framework.request import Request
from rest_framework.response import Response

from common.row_digest import digest


def tag_of(*parts: object, name: str = "") -> str:
    """Return the ETag of an answer made of these parts: in this language, by this release. ``name``: begins it."""
    found = digest((settings.VERSION, get_language(), parts))
    return f'"{name}.{found}"' if name else f'W/"{found}"'


def not_modified(request: Request, tag: str) -> Response | None:
    """Return the 304 for a client that has this version already; None for any other (RFC 9110, 13.1.2)."""
    known = {item.removeprefix("W/") for item in parse_etags(request.headers.get("If-None-Match", ""))}
    if tag.removeprefix("W/") not in known and "*" not in known:
        return None
    return Response(status=304, headers={"ETag": tag})
