"""``make run`` ended by a service manager or a person: nothing is left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60


def start(data_dir: Path, bind: str) -> subprocess.Popen[str]:
    environment = {
        **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
        "INSTALLER_DATA_DIR": str(data_dir),
        "DJANGO_SETTINGS_MODULE": "installer.settings",
        "DJANGO_SUPERUSER_USERNAME": "admin",
        "DJANGO_SUPERUSER_PASSWORD": "only-for-tests-1",
        "BIND": bind,
    }
    return subprocess.Popen(
        ["sh", "scripts/run.sh", sys.executable],
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_term_ends_the_web_server_too_and_a_taken_address_is_said(tmp_path: Path) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        port = held.getsockname()[1]
        refused = start(tmp_path / "data", f"127.0.0.1:{port}")
        output, _ = refused.communicate(timeout=TIMEOUT_S)
        assert refused.returncode == 1 and "BIND=ADDRESS:PORT make run" in output
    console = start(tmp_path / "data", f"127.0.0.1:{port}")
    try:
        deadline = time.monotonic() + TIMEOUT_S
        while not answers(port):
            assert console.poll() is None and time.monotonic() < deadline, "the console does not start"
            time.sleep(0.1)
        console.send_signal(signal.SIGTERM)
        # The pipe is closed when the last of its processes has ended.
        console.communicate(timeout=TIMEOUT_S)
        assert console.returncode == 143 and not answers(port)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(console.pid, signal.SIGKILL)
