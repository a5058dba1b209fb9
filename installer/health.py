"""Whether the process is up and able to work: for load balancers and people; no login."""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common import disk_space
from jobs import liveness
from jobs.engine import queueing


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process responds."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database responds, a worker is alive and the disk has space; else 503 with what is missing."""
    workers = queued = 0
    try:
        workers = liveness.alive()
        queued = queueing.depth()
        database = "ok"
    except (DatabaseError, InterfaceError) as error:
        # No detail: it may name hosts and users, and the caller has not logged in.
        connection.close()
        database = (
            "cannot be used: its disk is full"
            if disk_space.lacks_room(error)
            else "does not answer, or is not migrated: check the log, run manage.py migrate"
        )
    worker = "ok" if workers else "no worker is alive: start one with manage.py qcluster"
    if database != "ok":
        worker = "unknown"
    # A worker that cannot write its heartbeat is not dead.
    where = "in the data folder" if disk_space.folder_is_full() else ""
    where = where or ("where PostgreSQL keeps its data" if disk_space.database_is_full() else "")
    full = bool(where)
    if full and not workers:
        worker = "unknown: the database cannot be written"
    ready = database == "ok" and workers > 0 and not full
    body = {
        "status": "ok" if ready else "unready",
        "database": database,
        "worker": worker,
        "disk": f"full: free some space {where}; jobs then resume automatically" if full else "ok",
        "workers": workers,
        "queued": queued,
    }
    return JsonResponse(body, status=200 if ready else 503)
