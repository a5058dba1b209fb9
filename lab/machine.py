"""A running node: its namespaces, how a command gets into them, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping
from pathlib import Path

from lab import host, sysfiles, toolbox
from lab.child import Child, children_of
from lab.errors import LabError
from lab.folder import Node, User
from lab.shims import procfiles

PATH = "/run/lab/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
HOLDER = Path(__file__).with_name("holder.py")
BOOT_TIMEOUT_S = 30.0
IN_NODE = 'cd "$HOME" 2>/dev/null || cd /; exec "$SHELL" "$@"'


class Machine:
    """Namespaces of one node. ``boot_id`` changes with every start, as /proc/sys/kernel/random/boot_id does."""

    def __init__(self, node: Node, shims: Path) -> None:
        self.node = node
        self.shims = shims
        self.boot_id = ""
        self._holder: Child | None = None
        self._init_pid = 0
        self._lock = asyncio.Lock()

    @property
    def booted(self) -> bool:
        """Whether the namespaces are there."""
        return self._holder is not None and self._holder.running

    async def boot(self) -> None:
        """Make the namespaces unless they are there.

        Raises:
            LabError: this host does not let us; the text says what its kernel or mount said.
        """
        async with self._lock:
            if self.booted:
                return
            plan = await asyncio.to_thread(self._prepare)
            await self._start_holder(plan)

    async def _start_holder(self, plan: Path) -> None:
        argv = [host.tool("unshare"), "--user", "--map-root-user", "--mount", "--uts", "--pid", "--fork"]
        holder = Child.start([*argv, sys.executable, "-I", "-S", str(HOLDER), str(plan)], env={"PATH": PATH})
        self._holder = holder
        assert holder.popen.stdin and holder.popen.stdout and holder.popen.stderr
        with contextlib.suppress(BrokenPipeError):
            os.write(holder.popen.stdin.fileno(), b"up\n")
        try:
            answer = await asyncio.wait_for(_read_line(holder.popen.stdout.fileno()), BOOT_TIMEOUT_S)
        except TimeoutError:
            answer = b""
        pids = children_of(holder.pid)
        if answer != b"up\n" or not pids:
            holder.kill()
            await holder.wait()
            said = holder.popen.stderr.read(4000).decode(errors="replace").strip()
            _close_pipes(holder)
            reason = said.splitlines()[-1] if said else "no answer"
            raise LabError(
                f"node {self.node.name} cannot start its namespaces: {reason}; run: python -m lab check"
            )
        self._init_pid = pids[0]

    def _prepare(self) -> Path:
        """Write what the holder mounts; returns the path of its plan."""
        node = self.node
        facts, state = node.facts(), node.state()
        self.boot_id = str(uuid.uuid4())
        for name in ("run", "tmp"):
            _empty(node.root / name)
        proc = node.state_folder / "proc"
        _rewrite(proc, {**sysfiles.proc_files(facts, state), "boot_id": f"{self.boot_id}\n"})
        _rewrite(node.state_folder / "sys", sysfiles.sys_files(facts, state))
        disks = _disk_files(node.path / "blk", [item["name"] for item in procfiles.all_devices(state)])
        borrowed = host.borrowed()
        binds = [(source, target, True) for source, target in borrowed.binds]
        binds += [(str(node.state_folder / "sys"), "/sys", True), (str(self.shims), "/run/lab/shims", True)]
        toolbox.link(node.path / "bin", facts)
        binds += [(str(node.path / "bin"), "/run/lab/bin", True)]
        binds += [(str(node.path / "profile.json"), "/run/lab/profile.json", True)]
        binds += [(str(node.state_folder), "/run/lab/state", False)]
        plan = {
            "root": str(node.root),
            "cat": "/usr/bin/cat" if os.access("/usr/bin/cat", os.X_OK) else "/bin/cat",
            "links": borrowed.links,
            "binds": binds,
            "proc": {name: str(proc / name) for name in sysfiles.proc_files(facts, state)}
            | {"sys/kernel/random/boot_id": str(proc / "boot_id")},
            "disks": disks,
            "dev_links": procfiles.by_id_links(state),
        }
        path = node.path / "boot.json"
        path.write_text(json.dumps(plan), encoding="utf-8")
        return path

    def enter_argv(self, *command: str) -> list[str]:
        """The argument list that runs ``command`` inside, as root of the node.

        Two steps: only somebody inside the outer user namespace may enter the PID namespace, which it owns
        (setns(2)).
        """
        assert self._holder is not None
        nsenter = host.tool("nsenter")
        outer = [nsenter, "--target", str(self._holder.pid), "--user", "--preserve-credentials", "--"]
        inner = [nsenter, "--target", str(self._init_pid), "--pid", "--mount", "--uts", "--user"]
        return [*outer, *inner, "--preserve-credentials", "--", *command]

    async def start(
        self,
        command: str | None,
        user: User,
        env: Mapping[str, str],
        *,
        stdin: int = subprocess.PIPE,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
        terminal: bool = False,
    ) -> Child:
        """Run a shell command (None: a login shell) as sshd would, in a session and process group of its own.

        Raises:
            LabError: the node cannot be booted.
        """
        await self.boot()
        shell = "/bin/bash" if os.access("/bin/bash", os.X_OK) else "/bin/sh"
        full = {
            "PATH": PATH,
            "HOME": user.home,
            "USER": user.name,
            "LOGNAME": user.name,
            "SHELL": shell,
            **env,
        }
        tail = ["-c", command] if command is not None else ["-l"]
        session = ["/usr/bin/setsid", "--ctty"] if terminal else ["/usr/bin/setsid"]
        argv = self.enter_argv(*session, "/bin/sh", "-c", IN_NODE, shell, *tail)
        return Child.start(argv, env=full, stdin=stdin, stdout=stdout, stderr=stderr)

    async def apply_full_disk(self, full: bool) -> None:
        """Make the node's disk full, or usable again. Does nothing when it is that already."""

    async def stop(self) -> None:
        """End every process of the node."""
        async with self._lock:
            holder, self._holder = self._holder, None
            if holder is None:
                return
            for pid in children_of(holder.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            holder.kill()
            await holder.wait()
            _close_pipes(holder)


async def _read_line(fd: int) -> bytes:
    """One line from a pipe, or what came before its end."""
    loop = asyncio.get_running_loop()
    os.set_blocking(fd, False)
    got = b""
    while not got.endswith(b"\n"):
        ready = asyncio.Event()
        loop.add_reader(fd, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(fd)
        chunk = os.read(fd, 64)
        if not chunk:
            break
        got += chunk
    return got


def _close_pipes(child: Child) -> None:
    for pipe in (child.popen.stdin, child.popen.stdout, child.popen.stderr):
        if pipe:
            with contextlib.suppress(BrokenPipeError):
                pipe.close()


def _empty(folder: Path) -> None:
    """Remove what is in a folder of the node, which may itself have been replaced by something else."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _rewrite(folder: Path, files: Mapping[str, str]) -> None:
    """Replace a generated tree: ``->`` marks a symlink, a trailing slash an empty folder."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    for name, content in files.items():
        path = folder / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if content.startswith("->"):
            path.symlink_to(content[2:])
        else:
            path.write_text(content, encoding="utf-8")


def _disk_files(folder: Path, names: list[str]) -> dict[str, str]:
    """One small file for each block device, so that its path in /dev exists."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name.replace("/", "_")).touch()
    return {name: str(folder / name.replace("/", "_")) for name in names}
