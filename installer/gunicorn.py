"""Settings and hooks of gunicorn."""

import gc
from typing import Any

from django.urls import get_resolver

from installer.slots import THREADS
from jobs import registry

worker_class = "installer.webworker.Worker"
workers = 2
threads = THREADS
timeout = 60
# The kernel would send it on the thread, as slowly as the client reads.
sendfile = False
# The client address is determined in one place, by INSTALLER_TRUSTED_PROXIES.
forwarded_allow_ips = ""
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """Load every page, then exclude all objects made so far from garbage collection.

    They live as long as the process, so the collector need not traverse them repeatedly; and the first visitor does not
    wait for pages to load.
    """
    list(get_resolver().url_patterns)
    registry.load()
    gc.collect()
    gc.freeze()
