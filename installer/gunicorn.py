"""gunicorn's settings and hooks."""

import gc
from typing import Any

from django.urls import get_resolver

from installer.slots import THREADS

worker_class = "installer.webworker.Worker"
workers = 2
threads = THREADS
timeout = 60
# It would be sent by the kernel on the thread, as slowly as the client reads it.
sendfile = False
# Who a request comes from is decided in one place, by INSTALLER_TRUSTED_PROXIES.
forwarded_allow_ips = ""
control_socket_disable = True


def post_worker_init(worker: Any) -> None:
    """What start-up made lives as long as the process: the collector need not walk it again and again.

    Every page is loaded before that, and not by the first visitor.
    """
    list(get_resolver().url_patterns)
    gc.collect()
    gc.freeze()
