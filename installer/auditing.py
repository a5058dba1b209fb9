"""Audit entries that a user could cause without limit: failed sign-ins, and refusals for missing permissions."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from common import audit
from common.actor import Actor
from common.text import plain
from installer.models import TryCount

WINDOW = timedelta(hours=1)
# Rows per hour: of one kind by one user from one address, and of one kind in total.
ROWS_EACH = 20
ROWS_ALL = 500
# Limits that this process knows to be reached, and until when: those cost no further write.
_full: dict[str, float] = {}
_MAX_FULL = 1000


def record_limited(actor: Actor, verb: str, subject: str, **detail: Any) -> None:
    """Call :func:`common.audit.record` up to a number of rows per hour; the last row says that more are left out."""
    each, every = _key(verb, actor.name, actor.address), _key(verb)
    if any(_full.get(key, 0) > time.monotonic() for key in (each, every)):
        return
    with transaction.atomic():
        places = {each: (ROWS_EACH, actor.name, actor.address), every: (ROWS_ALL, "", "")}
        left = min(_take(key, verb, *place) for key, place in places.items())
        if left < 0:
            return
        if left == 0:
            detail = {
                **detail,
                "and": "further entries like this within the hour are not recorded individually",
            }
        audit.record(actor, verb, plain(subject)[:128], **detail)


def _take(key: str, verb: str, rows: int, account: str, address: str) -> int:
    """Count one more row; returns how many remain after it, negative when the limit is exceeded."""
    now = timezone.now()
    TryCount.objects.bulk_create(
        [TryCount(key=key, kind=TryCount.Kind.AUDIT, account=account[:150], address=address[:64], since=now)],
        ignore_conflicts=True,
    )
    row = TryCount.objects.select_for_update().get(key=key)
    if now - row.since >= WINDOW:
        row.tries, row.since = 0, now
    row.tries = min(row.tries + 1, rows + 1)
    row.save(update_fields=["tries", "since"])
    if row.tries >= rows:
        if len(_full) >= _MAX_FULL:
            _full.clear()
        _full[key] = time.monotonic() + (row.since + WINDOW - now).total_seconds()
    return rows - row.tries


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(("audit", *parts)).encode()).hexdigest()


def record_refusal(actor: Actor, what: str, **detail: Any) -> None:
    """Record that a user attempted something the account may not do."""
    try:
        record_limited(actor, "refused", what, **detail)
    except DatabaseError:
        # The refusal has been answered already and must not become a server error.
        return


class RefusalMiddleware:
    """Records every 403 answered to a signed-in user, in the browser or over REST."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request, and record a refusal."""
        response = self.get_response(request)
        if response.status_code == 403 and request.user.is_authenticated:
            actor = Actor(
                name=request.user.get_username(),
                via="api" if request.path.startswith("/api/") else "admin",
                address=request.META.get("REMOTE_ADDR", ""),
            )
            record_refusal(actor, f"{request.method} {request.path}"[:128])
        return response
