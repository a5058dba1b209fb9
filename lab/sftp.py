"""SFTP of a node: every path is looked up inside its root (see :mod:`lab.confine`)."""

from __future__ import annotations

import errno
import os
import posixpath
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO

import asyncssh

from lab import confine, faults
from lab.folder import Node, User

WRITABLE_BY_USERS = ("/tmp", "/var/tmp")
ACCESS = os.O_RDONLY | os.O_WRONLY | os.O_RDWR


class NodeSFTP(asyncssh.SFTPServer):
    """Files of one node for one user. An ordinary user writes only at home and in the temporary folders."""

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes], node: Node, user: User) -> None:
        super().__init__(chan)
        self.node = node
        self.user = user

    def _path(self, path: bytes) -> str:
        return posixpath.normpath(posixpath.join(self.user.home, os.fsdecode(path)))

    def _may_write(self, path: str) -> None:
        if self.user.uid:
            allowed = (self.user.home, *WRITABLE_BY_USERS)
            if not any(path == top or path.startswith(f"{top}/") for top in allowed):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
        if faults.load(self.node.state_folder).full_disk:
            raise asyncssh.SFTPNoSpaceOnFilesystem("No space left on device")

    def exit(self) -> None:
        """End as sftp-server(8) does, with status 0: scp(1) treats its absence as a failure."""
        self.channel.exit(0)

    def map_path(self, path: bytes) -> bytes:
        """Return the path as the node sees it: nothing of the host's is shown."""
        return os.fsencode(self._path(path))

    def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> BinaryIO:
        """Open a file of the node; the mode of a new one is the client's, else 0644."""
        flags = {1: os.O_RDONLY, 2: os.O_WRONLY, 3: os.O_RDWR}.get(pflags & 3, os.O_RDONLY)
        for bit, flag in ((4, os.O_APPEND), (8, os.O_CREAT), (16, os.O_TRUNC), (32, os.O_EXCL)):
            flags |= flag if pflags & bit else 0
        return self._open(self._path(path), flags, attrs)

    def _open(self, name: str, flags: int, attrs: asyncssh.SFTPAttrs) -> BinaryIO:
        writes = bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC))
        if writes:
            self._may_write(name)
        mode = 0o644 if attrs.permissions is None else attrs.permissions & 0o777
        with confine.followed(self.node.root, name) as (folder, last):
            opened = os.open(last, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, mode, dir_fd=folder)
        if stat.S_ISDIR(os.fstat(opened).st_mode):
            os.close(opened)
            raise asyncssh.SFTPFailure("Is a directory")
        access = {os.O_RDONLY: "rb", os.O_WRONLY: "wb", os.O_RDWR: "r+b"}[flags & ACCESS]
        return os.fdopen(opened, access, buffering=0)  # type: ignore[return-value]

    def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Read up to ``size`` bytes at ``offset``."""
        return os.pread(_fd(file_obj), size, offset)

    def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Write ``data`` at ``offset``."""
        if faults.load(self.node.state_folder).full_disk:
            raise asyncssh.SFTPNoSpaceOnFilesystem("No space left on device")
        return os.pwrite(_fd(file_obj), data, offset)

    def lstat(self, path: bytes) -> os.stat_result:
        """Return attributes, of a symlink itself."""
        with confine.parent(self.node.root, self._path(path)) as (folder, name):
            return os.stat(name, dir_fd=folder, follow_symlinks=False)

    def stat(self, path: bytes) -> os.stat_result:
        """Return attributes of the target of the path."""
        with confine.resolved(self.node.root, self._path(path)) as fd:
            return os.fstat(fd)

    def fstat(self, file_obj: object) -> os.stat_result:
        """Return attributes of an open file."""
        return os.fstat(_fd(file_obj))

    def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Change mode, times and size. Owners are not kept: a node has one user id (see the lab's README)."""
        name = self._path(path)
        self._may_write(name)
        with confine.resolved(self.node.root, name) as fd:
            _set(f"/proc/self/fd/{fd}", attrs)

    def lsetstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Act like setstat, but leave a symlink unchanged: Linux stores no mode for one."""
        if not stat.S_ISLNK(self.lstat(path).st_mode):
            self.setstat(path, attrs)

    def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """Change an open file."""
        _set(f"/proc/self/fd/{_fd(file_obj)}", attrs)

    def remove(self, path: bytes) -> None:
        """Unlink a file."""
        self._change(os.unlink, path)

    def rmdir(self, path: bytes) -> None:
        """Remove an empty folder."""
        self._change(os.rmdir, path)

    def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """Create a folder."""
        mode = 0o755 if attrs.permissions is None else attrs.permissions & 0o7777
        name = self._path(path)
        self._may_write(name)
        with confine.parent(self.node.root, name) as (folder, last):
            os.mkdir(last, mode, dir_fd=folder)

    def _change(self, call: Any, path: bytes) -> None:
        name = self._path(path)
        if self.user.uid:
            self._may_write(name)
        with confine.parent(self.node.root, name) as (folder, last):
            call(last, dir_fd=folder)

    def realpath(self, path: bytes) -> bytes:
        """Return the path with its symlinks resolved as the node would."""
        try:
            with confine.resolved(self.node.root, self._path(path)) as fd:
                real = str(Path(f"/proc/self/fd/{fd}").readlink())
        except OSError:
            return os.fsencode(self._path(path))
        root = str(self.node.root.resolve())
        return os.fsencode(real[len(root) :] or "/") if real.startswith(root) else path

    def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename; as the protocol requires, never over an existing file."""
        try:
            self.lstat(newpath)
        except FileNotFoundError:
            return self.posix_rename(oldpath, newpath)
        raise asyncssh.SFTPFailure("File already exists")

    def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """Rename, replacing an existing file (rename(2))."""
        old, new = self._path(oldpath), self._path(newpath)
        for name in (old, new):
            self._may_write(name)
        with confine.parent(self.node.root, old) as source, confine.parent(self.node.root, new) as target:
            os.rename(source[1], target[1], src_dir_fd=source[0], dst_dir_fd=target[0])

    def readlink(self, path: bytes) -> bytes:
        """Return the target of a symlink, as it was written."""
        with confine.parent(self.node.root, self._path(path)) as (folder, name):
            return os.fsencode(os.readlink(name, dir_fd=folder))

    def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        """Create a symlink; its target may be anything, since look-ups never leave the node."""
        name = self._path(newpath)
        self._may_write(name)
        with confine.parent(self.node.root, name) as (folder, last):
            os.symlink(os.fsdecode(oldpath), last, dir_fd=folder)

    def link(self, oldpath: bytes, newpath: bytes) -> None:
        """Create a hard link."""
        old, new = self._path(oldpath), self._path(newpath)
        self._may_write(new)
        with confine.parent(self.node.root, old) as source, confine.parent(self.node.root, new) as target:
            os.link(source[1], target[1], src_dir_fd=source[0], dst_dir_fd=target[0], follow_symlinks=False)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """Yield the entries of a folder with their attributes."""
        with confine.resolved(self.node.root, self._path(path)) as fd:
            opened = os.open(f"/proc/self/fd/{fd}", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for name in (".", "..", *sorted(os.listdir(opened))):  # noqa: PTH208
                attrs = asyncssh.SFTPAttrs.from_local(os.stat(name, dir_fd=opened, follow_symlinks=False))
                yield asyncssh.SFTPName(os.fsencode(name), attrs=attrs)
        finally:
            os.close(opened)

    def statvfs(self, path: bytes) -> os.statvfs_result:
        """Return the space of the file system that holds the lab."""
        return os.statvfs(self.node.root)

    def fstatvfs(self, file_obj: object) -> os.statvfs_result:
        """Return the space of the file system that holds the lab."""
        return os.statvfs(self.node.root)


def _fd(file_obj: object) -> int:
    return file_obj.fileno()  # type: ignore[attr-defined,no-any-return]


def _set(path: str, attrs: asyncssh.SFTPAttrs) -> None:
    """Apply attributes; ``path`` names a descriptor through /proc, so no symlink is followed any more."""
    if attrs.size is not None:
        os.truncate(path, attrs.size)
    if attrs.permissions is not None:
        Path(path).chmod(stat.S_IMODE(attrs.permissions))
    if attrs.atime is not None and attrs.mtime is not None:
        os.utime(path, times=(attrs.atime, attrs.mtime))
