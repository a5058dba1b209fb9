"""Checks whether this host lets the lab create its namespaces, and if not, which setting to change."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from lab import host
from lab.errors import LabError

PROBE = ["--user", "--map-root-user", "--mount", "--uts", "--pid", "--fork"]
SCRIPT = "mount -t tmpfs lab /tmp && mount -t proc proc /proc"
TIMEOUT_S = 15
SWITCHES = (
    ("kernel/unprivileged_userns_clone", "0", "kernel.unprivileged_userns_clone=1"),
    ("kernel/apparmor_restrict_unprivileged_userns", "1", "kernel.apparmor_restrict_unprivileged_userns=0"),
    ("user/max_user_namespaces", "0", "user.max_user_namespaces=10000"),
    ("user/max_pid_namespaces", "0", "user.max_pid_namespaces=10000"),
    ("user/max_mnt_namespaces", "0", "user.max_mnt_namespaces=10000"),
)


def require() -> None:
    """Return if the lab can run here.

    Raises:
        LabError: one sentence: what forbids it and the setting to change, or how to run as root.
    """
    for name in ("unshare", "nsenter", "setsid"):
        if not shutil.which(host.tool(name)):
            raise LabError(f"the command {name} is missing; install it with: apt-get install util-linux")
    probe = subprocess.run(
        [host.tool("unshare"), *PROBE, "/bin/sh", "-c", SCRIPT],
        capture_output=True,
        text=True,
        timeout=TIMEOUT_S,
    )
    if probe.returncode:
        raise LabError(explain(probe.stderr.strip(), Path("/proc/sys"), os.geteuid() == 0))


def explain(said: str, settings: Path, is_root: bool) -> str:
    """Return the sentence for a failed probe. ``settings`` is /proc/sys."""
    said = (said.splitlines() or ["no reason given"])[-1]
    as_root = "" if is_root else ", or run the lab as root"
    for name, forbidding, cure in SWITCHES:
        if _value(settings / name) == forbidding and not (is_root and name.startswith("kernel/")):
            return (
                f"this kernel does not let users make namespaces ({said}); run: sudo sysctl -w {cure}"
                f"{as_root if name.startswith('kernel/') else ''}"
            )
    return (
        f"namespaces are refused here ({said}), most likely by a container around us; start it with "
        "--security-opt seccomp=unconfined --security-opt systempaths=unconfined, or use a host without a container"
        f"{as_root}"
    )


def _value(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except OSError:
        return ""
