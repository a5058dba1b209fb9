"""One connection for the commands of a step that follow each other: a login costs both sides more than most commands.

A thread keeps one connection at most, and only one that nothing went wrong on. The owner of the thread's work drops it.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from common.ssh import connection
from common.ssh.connection import Connection
from common.ssh.types import Endpoint

_of_thread = threading.local()


@contextmanager
def kept(endpoint: Endpoint, *, patient: bool = True) -> Iterator[Connection]:
    """Yield the connection to the node that this thread has kept, else a new one; keep it unless it is closed.

    An exception closes it. Raises :class:`SshError`.
    """
    if has_kept(endpoint):
        found: Connection = _of_thread.connection
        _of_thread.connection = None
    else:
        drop()
        found = connection.connect(endpoint, patient=patient)
    try:
        yield found
    except BaseException:
        found.close()
        raise
    drop()
    _of_thread.connection = found


def has_kept(endpoint: Endpoint) -> bool:
    """Check whether the next command on the node would not need a login."""
    found: Connection | None = getattr(_of_thread, "connection", None)
    return found is not None and found.endpoint == endpoint and found.is_open


def drop() -> None:
    """Close the connection that this thread has kept."""
    found: Connection | None = getattr(_of_thread, "connection", None)
    if found is not None:
        _of_thread.connection = None
        found.close()
