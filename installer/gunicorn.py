"""gunicorn's hooks."""

import gc
from typing import Any

from django.urls import get_resolver


def post_worker_init(worker: Any) -> None:
    """What start-up made lives as long as the process: the collector need not walk it again and again.

    Every page is loaded before that, and not by the first visitor.
    """
    list(get_resolver().url_patterns)
    gc.collect()
    gc.freeze()
