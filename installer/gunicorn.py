"""gunicorn's hooks."""

import gc
from typing import Any


def post_worker_init(worker: Any) -> None:
    """What start-up made lives as long as the process: the collector need not walk it again and again."""
    gc.collect()
    gc.freeze()
