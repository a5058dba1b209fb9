"""The benchmark of configurations runs and prints the promised figures."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

SCRIPT = Path(__file__).parents[3] / "bench" / "config.py"


def test_it_prints_one_object() -> None:
    command = [sys.executable, str(SCRIPT), "--nodes", "60", "--repeat", "1", "--json"]
    found = json.loads(subprocess.run(command, capture_output=True, check=True, timeout=120).stdout)
    stages = {"load_s", "check_s", "allocate_s", "render_s", "hash_s", "diff_s", "fold_s"}
    assert set(found) == {"nodes", "total_s", "cpu_s", "peak_mb", *stages}
    assert found["nodes"] == 60 and 0 < sum(found[stage] for stage in stages) <= found["total_s"] * 1.01
