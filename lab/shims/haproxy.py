"""The service haproxy as a real process of the node, if the host has the program and the node its configuration."""

from __future__ import annotations

import os
import signal
import subprocess
import time

PROGRAM = "/usr/sbin/haproxy"
CONFIG = "/etc/haproxy/haproxy.cfg"
PID_FILE = "/run/haproxy.pid"


def present() -> bool:
    """Decide whether this node runs a real one."""
    return os.path.exists(PROGRAM) and os.path.exists(CONFIG)


def main_pid() -> int:
    """Return the master process; 0 when none runs."""
    try:
        with open(PID_FILE, encoding="utf-8") as file:
            pid = int(file.read().split()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return 0
    return pid


def change(verb: str) -> bool:
    """Start, stop, restart or reload it; returns False when it does not run afterwards."""
    if verb == "reload" and main_pid():
        if subprocess.call([PROGRAM, "-c", "-q", "-f", CONFIG]):
            return False
        os.kill(main_pid(), signal.SIGUSR2)
        return True
    if verb in ("stop", "restart"):
        _stop()
    if verb == "stop" or main_pid():
        return True
    return subprocess.call([PROGRAM, "-W", "-D", "-f", CONFIG, "-p", PID_FILE]) == 0


def _stop() -> None:
    pid = main_pid()
    if pid:
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 5
    while main_pid() and time.monotonic() < deadline:
        time.sleep(0.02)
