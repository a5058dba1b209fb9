"""``lab-become UID HOME COMMAND…``: run a command as an ordinary user of the node.

A node has one user id on the host, so this is a further user namespace in which it has the user's number and no
capabilities. All mounts become read-only there except what an ordinary user may write: home, /tmp, /var/tmp.
"""

from __future__ import annotations

import ctypes
import os

from . import node

MS_RDONLY, MS_REMOUNT, MS_BIND, MS_REC = 1, 32, 4096, 16384
KEPT_FLAGS = 2 | 4 | 8  # nosuid, nodev, noexec: those cannot be dropped here
NEW_USER, NEW_MOUNT = 0x10000000, 0x20000
READ_ONLY = ("/", "/run/lab/state")


def main(name: str, args: list[str]) -> int:
    """Replace this process; returns only if that failed."""
    uid, home, command = args[0], args[1], args[2:]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_USER | NEW_MOUNT):
        return node.fail(f"lab: cannot become uid {uid}: {os.strerror(ctypes.get_errno())}")
    for file, text in (("setgroups", "deny"), ("uid_map", f"{uid} 0 1"), ("gid_map", f"{uid} 0 1")):
        with open(f"/proc/self/{file}", "w", encoding="ascii") as stream:
            stream.write(text)
    for path in (home, "/tmp", "/var/tmp"):
        libc.mount(path.encode(), path.encode(), None, ctypes.c_ulong(MS_BIND | MS_REC), None)
    for path in READ_ONLY:
        kept = os.statvfs(path).f_flag & KEPT_FLAGS
        libc.mount(None, path.encode(), None, ctypes.c_ulong(MS_REMOUNT | MS_BIND | MS_RDONLY | kept), None)
    libc.mount(b"tmpfs", b"/root", b"tmpfs", ctypes.c_ulong(0), b"size=4k,mode=000")
    try:
        os.execvp(command[0], command)
    except OSError as error:
        return node.fail(f"lab: {command[0]}: {error.strerror}")
