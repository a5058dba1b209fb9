"""The first process of a node: mounts what the node sees, pivots into it, and then only waits.

Run by ``unshare --user --map-root-user --mount --pid --fork python -I -S holder.py PLAN``. It is process 1 of
the node's PID namespace. When all is mounted it enters a second user and mount namespace: mounts made in the
first one are locked there (mount_namespaces(7)), so that root of the node cannot make a borrowed folder
writable again or look under a mask. Then it becomes ``cat`` on the pipe from the server: when the server goes
away, however it ends, the pipe closes and the kernel ends everything in the node.

Only the standard library, no import of the lab: it runs without site-packages. After the pivot nothing can be
imported any more, codecs included.
"""

# ruff: noqa: PTH112, PTH115, PTH119, PTH120, PTH123 -- pathlib is slow to import here

import ctypes
import json
import os
import signal
import socket
import stat
import sys

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2
CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWUSER = 0x20000, 0x4000000, 0x10000000
O_DIR = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
O_ANY = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC
LIBC = ctypes.CDLL(None, use_errno=True)
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
# Docker masks or protects these, too: kernel-wide switches that a mapped root could change otherwise.
READ_ONLY_PROC = ("bus", "fs", "irq", "sys", "sysrq-trigger", "acpi", "scsi")
HIDDEN_PROC = ("kcore", "keys", "timer_list", "sched_debug", "kmsg", "latency_stats")


def mount(
    source: "str | None", target: str, kind: "str | None" = None, flags: int = 0, data: str = ""
) -> None:
    """Mount a file system. Raises: OSError, naming the target."""
    encoded = [text.encode() if text is not None else None for text in (source, target, kind)]
    if LIBC.mount(*encoded, ctypes.c_ulong(flags), data.encode()):
        number = ctypes.get_errno()
        raise OSError(number, f"cannot mount {kind or source} on {target}: {os.strerror(number)}")


def path_of(fd: int) -> str:
    """Return a path that names what ``fd`` is open on, without following any symlink again."""
    return f"/proc/self/fd/{fd}"


def walk(root: int, path: str, kind: str) -> int:
    """Open ``path`` under ``root`` without following symlinks, creating what is missing; ``kind``: dir or file.

    The node's own processes may have put anything at these places, a symlink to the host included.
    """
    here = os.dup(root)
    parts = [part for part in path.split("/") if part]
    for position, part in enumerate(parts):
        last = position == len(parts) - 1
        here = _enter(here, part, "file" if last and kind == "file" else "dir")
    return here


def _enter(parent: int, name: str, kind: str) -> int:
    try:
        found = os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode
        fits = stat.S_ISDIR(found) if kind == "dir" else not (stat.S_ISDIR(found) or stat.S_ISLNK(found))
        if not fits:
            os.rename(name, f"{name}.replaced", src_dir_fd=parent, dst_dir_fd=parent)
    except FileNotFoundError:
        fits = False
    if not fits and kind == "dir":
        os.mkdir(name, 0o755, dir_fd=parent)
    elif not fits:
        os.close(os.open(name, os.O_CREAT | os.O_WRONLY | os.O_NOFOLLOW, 0o644, dir_fd=parent))
    entered = os.open(name, O_DIR if kind == "dir" else O_ANY, dir_fd=parent)
    os.close(parent)
    return entered


def bind(source: str, root: int, target: str, read_only: bool) -> None:
    """Bind ``source`` of the host at ``target`` of the node; a folder with everything mounted below it."""
    kind = "dir" if os.path.isdir(source) else "file"
    destination = walk(root, target, kind)
    mount(source, path_of(destination), None, MS_BIND | MS_REC)
    os.close(destination)
    if read_only:
        mounted = walk(root, target, kind)
        lock_read_only(mounted)
        os.close(mounted)


def lock_read_only(fd: int) -> None:
    """Make the mount read-only, keeping the flags that the host's mount has: those cannot be dropped."""
    flags = os.fstatvfs(fd).f_flag  # ST_* values equal MS_* for these four
    kept = flags & (MS_NOSUID | MS_NODEV | MS_NOEXEC)
    for extra in (0, 1 << 10, 1 << 21, (1 << 10) | (1 << 21)):  # noatime, relatime: locked by some hosts
        try:
            mount(None, path_of(fd), None, MS_REMOUNT | MS_BIND | MS_RDONLY | kept | extra)
            return
        except PermissionError:
            continue
    raise PermissionError(f"cannot make {os.readlink(path_of(fd))} read-only")


def mount_proc(root: int, replaced: "dict[str, str]") -> None:
    """Mount the node's own /proc: generated files over the hardware ones, kernel switches read-only or hidden."""
    target = walk(root, "proc", "dir")
    mount("proc", path_of(target), "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    proc = walk(root, "proc", "dir")
    for name in READ_ONLY_PROC:
        _over(proc, name, None)
    for name in HIDDEN_PROC:
        _over(proc, name, "/dev/null")
    for name, source in sorted(replaced.items()):
        _over(proc, name, source)


def _over(proc: int, name: str, source: "str | None") -> None:
    """Mount ``source`` (itself, when None) over a file of /proc; an absent file is left absent."""
    try:
        target = os.open(name, O_ANY, dir_fd=proc)
    except OSError:
        return
    mount(source or path_of(target), path_of(target), None, MS_BIND | MS_REC)
    covered = os.open(name, O_ANY, dir_fd=proc)
    if source is None or source.startswith("/dev"):
        lock_read_only(covered)
    os.close(covered)
    os.close(target)


def mount_dev(root: int, disks: "dict[str, str]", links: "dict[str, str]") -> None:
    """Mount a small /dev: the harmless devices, a file for each disk, and udev's links."""
    mount("tmpfs", path_of(walk(root, "dev", "dir")), "tmpfs", MS_NOSUID, "size=1m,mode=755")
    for name in DEVICES:
        bind(f"/dev/{name}", root, f"dev/{name}", True)  # read-only: no chmod of the host's device
    mount("tmpfs", path_of(walk(root, "dev/shm", "dir")), "tmpfs", MS_NOSUID | MS_NODEV, "size=16m,mode=1777")
    mount("devpts", path_of(walk(root, "dev/pts", "dir")), "devpts", 0, "newinstance,ptmxmode=0666,mode=620")
    for name, source in disks.items():
        bind(source, root, f"dev/{name}", False)
    dev = walk(root, "dev", "dir")
    os.symlink("pts/ptmx", "ptmx", dir_fd=dev)
    for name, target in {
        "fd": "/proc/self/fd",
        "stdin": "fd/0",
        "stdout": "fd/1",
        "stderr": "fd/2",
        **links,
    }.items():
        parent = walk(dev, os.path.dirname(name), "dir")
        os.symlink(target, os.path.basename(name), dir_fd=parent)
        os.close(parent)


def build(plan: "dict[str, object]") -> None:
    """Mount everything that the plan names and pivot into it."""
    mount(None, "/", None, MS_REC | MS_PRIVATE)
    node = str(plan["root"])
    mount(node, node, None, MS_BIND)
    root = os.open(node, O_DIR)
    for name, target in plan["links"]:  # type: ignore[attr-defined]
        _link(root, name, target)
    for source, target, read_only in plan["binds"]:  # type: ignore[attr-defined]
        bind(source, root, target, read_only)
    mount_proc(root, plan["proc"])  # type: ignore[arg-type]
    mount_dev(root, plan["disks"], plan["dev_links"])  # type: ignore[arg-type]
    os.fchdir(root)
    if LIBC.pivot_root(b".", b"."):
        raise OSError(ctypes.get_errno(), "pivot_root failed")
    if LIBC.umount2(b".", MNT_DETACH):
        raise OSError(ctypes.get_errno(), "cannot leave the host's root")
    os.chdir("/")


def _link(root: int, name: str, target: str) -> None:
    parent = walk(root, os.path.dirname(name), "dir")
    try:
        os.symlink(target, os.path.basename(name), dir_fd=parent)
    except FileExistsError:
        pass
    finally:
        os.close(parent)


def set_host_name() -> None:
    """Set the host name from the node's /etc/hostname, as at boot."""
    try:
        with open("/etc/hostname", encoding="utf-8", errors="replace") as file:
            name = file.readline().strip()[:64]
    except OSError:
        name = ""
    socket.sethostname(name or "localhost")


def enter_inner_namespaces() -> None:
    """Enter a second user namespace, where all mounts made so far are locked (user_namespaces(7))."""
    if LIBC.unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWUTS):
        raise OSError(ctypes.get_errno(), "cannot unshare a second user namespace")
    for name, text in (("setgroups", "deny"), ("uid_map", "0 0 1"), ("gid_map", "0 0 1")):
        with open(f"/proc/self/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def main() -> None:
    """Build the node and become its idle first process.

    The server knows that the node is up when ``cat`` sends back the line it was given.
    """
    with open(sys.argv[1], encoding="utf-8") as file:
        plan = json.load(file)
    build(plan)
    set_host_name()
    enter_inner_namespaces()
    os.umask(0o022)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # cat inherits it: the kernel reaps orphans automatically
    os.execv(str(plan["cat"]), ["cat"])


if __name__ == "__main__":
    main()
