"""Path look-up inside a node's root, done on the host: symlinks are followed, but never out of the root.

The semantics of chroot(2) by walking with openat(2), one component at a time (what openat2(2) does with
RESOLVE_IN_ROOT, without needing that call): an absolute symlink starts again at the node's root and ``..``
stops there. All operations work on descriptors, so a symlink swapped in meanwhile changes nothing.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MAX_LINKS = 40
O_WALK = os.O_PATH | os.O_NOFOLLOW | os.O_CLOEXEC


@contextmanager
def parent(root: Path, path: str) -> Iterator[tuple[int, str]]:
    """Open the folder that holds the last component of ``path``; yield it with that component.

    The last component itself is not followed. For ``/`` it is ``.``.

    Raises:
        OSError: a folder on the way is missing, is not a folder, or a loop of symlinks.
    """
    chain = [os.open(root, O_WALK | os.O_DIRECTORY)]
    try:
        last = _walk(chain, _split(path))
        yield chain[-1], last
    finally:
        _close(chain)


@contextmanager
def resolved(root: Path, path: str) -> Iterator[int]:
    """Yield an O_PATH descriptor of the final target of ``path``, all symlinks followed inside the root.

    Raises:
        OSError: it does not exist, or a loop of symlinks.
    """
    with followed(root, path) as (folder, name):
        fd = os.open(name, O_WALK, dir_fd=folder)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def followed(root: Path, path: str) -> Iterator[tuple[int, str]]:
    """Follow a symlink in the last place, too, unlike :func:`parent`; the target may be missing."""
    chain = [os.open(root, O_WALK | os.O_DIRECTORY)]
    try:
        last = _walk(chain, _split(path))
        for _ in range(MAX_LINKS):
            target = _link_target(chain[-1], last)
            if target is None:
                break
            if target.startswith("/"):
                _close(chain[1:])
                del chain[1:]
            last = _walk(chain, _split(target))
        else:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        yield chain[-1], last
    finally:
        _close(chain)


def read(root: Path, path: str, limit: int) -> bytes:
    """Read up to ``limit`` bytes of a regular file under ``root``. Raises: OSError."""
    with followed(root, path) as (folder, name):
        fd = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", path)
        with os.fdopen(fd, "rb", closefd=False) as file:
            return file.read(limit)
    finally:
        os.close(fd)


def listing(root: Path, path: str) -> list[str]:
    """List the names in a folder under ``root``. Raises: OSError."""
    with resolved(root, path) as fd:
        return os.listdir(f"/proc/self/fd/{fd}")  # noqa: PTH208 - a descriptor, not a path


def _split(path: str) -> list[str]:
    return [part for part in path.split("/") if part not in ("", ".")]


def _walk(chain: list[int], parts: list[str]) -> str:
    """Descend through all but the last part; ``chain`` holds the open folders from the root down."""
    pending = list(reversed(parts))
    links = 0
    while pending:
        part = pending.pop()
        if part == "..":
            if len(chain) > 1:
                os.close(chain.pop())
            continue
        if not pending:
            return part
        target = _link_target(chain[-1], part)
        if target is None:
            chain.append(os.open(part, O_WALK | os.O_DIRECTORY, dir_fd=chain[-1]))
            continue
        links += 1
        if links > MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.startswith("/"):
            _close(chain[1:])
            del chain[1:]
        pending.extend(reversed(_split(target)))
    return "."


def _link_target(folder: int, name: str) -> str | None:
    try:
        return os.readlink(name, dir_fd=folder)
    except OSError as error:
        if error.errno in (errno.EINVAL, errno.ENOENT):
            return None
        raise


def _close(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)
