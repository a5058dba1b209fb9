"""What the engine itself costs: a job whose steps do nothing, from its first slice to its end.

``python bench/engine.py --steps 1000 --json`` prints one JSON object: ``ms_per_step`` of one worker process on the
database of ``DATABASE_URL`` (a separate, empty one beside it; SQLite without it), ``wall_s``, ``submit_s``.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab.database import own_database


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, own_database() as url:
        os.environ["INSTALLER_DATA_DIR"] = folder
        if url:
            os.environ["DATABASE_URL"] = url
        else:
            os.environ.pop("DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.system.toyapp.settings"
        result = {"db": "postgresql" if url else "sqlite", **measure(options.steps)}
    if options.json:
        sys.stdout.write(json.dumps(result) + "\n")
    else:
        sys.stdout.write(
            f"{result['ms_per_step']} ms a step over {result['steps']} steps on {result['db']}\n"
        )


def measure(count: int) -> dict[str, Any]:
    """Run two phases over half as many nodes as there are steps."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    from common.actor import Actor
    from jobs.engine.work_slice import run_slice
    from jobs.services.submit import Target, submit

    call_command("migrate", verbosity=0)
    targets = [Target(f"n-{number}", f"10.0.{number // 250}.{number % 250}") for number in range(count // 2)]
    begun = time.perf_counter()
    job = submit(action="toy", targets=targets, actor=Actor("bench", "command"), params={"scripts": {}})
    submitted = time.perf_counter()
    run_slice(job.pk)
    ended = time.perf_counter()
    job.refresh_from_db()
    assert job.status == "succeeded", job.error
    steps = job.steps.count()
    connections.close_all()
    return {
        "steps": steps,
        "ms_per_step": round((ended - submitted) * 1000 / steps, 3),
        "wall_s": round(ended - begun, 3),
        "submit_s": round(submitted - begun, 3),
    }


if __name__ == "__main__":
    main()
