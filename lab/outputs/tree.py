"""Reads files that were generated for /sys, as the collection script reads the real ones (``nodes/collection/helpers.sh``)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping


class Tree:
    """Texts and symlinks by path, without a leading ``/sys``; a text ``->…`` is a symlink, a path ``…/`` a folder."""

    def __init__(self, files: Mapping[str, str]) -> None:
        """Index ``files`` (``lab.sysfiles.sys_files``)."""
        self._texts = {path: text for path, text in files.items() if not text.startswith("->")}
        self._links = {path: text[2:] for path, text in files.items() if text.startswith("->")}
        self._inside: dict[str, dict[str, None]] = {}
        for path in files:
            folder = path.rstrip("/")
            while folder:
                folder, _, name = folder.rpartition("/")
                self._inside.setdefault(folder, {})[name] = None

    def real(self, path: str) -> str:
        """Return the path with its symlinks resolved; empty when nothing is there."""
        found = ""
        for part in path.split("/"):
            found = f"{found}/{part}".lstrip("/")
            if found in self._links:
                found = posixpath.normpath(posixpath.join(posixpath.dirname(found), self._links[found]))
        return found if found in self._inside or found in self._texts or f"{found}/" in self._texts else ""

    def names(self, folder: str) -> list[str]:
        """Return what is in the folder, sorted as the shell sorts it."""
        found = self.real(folder)
        return sorted(self._inside[found]) if found in self._inside and found else []

    def value(self, path: str) -> str:
        """Return the first line of a file; empty when it is not there."""
        return self._texts.get(self.real(path), "").partition("\n")[0]

    def lines(self, path: str) -> list[str]:
        """Return the lines of a file; none when it is not there."""
        return self._texts.get(self.real(path), "").splitlines()

    def keyed(self, values: Mapping[str, str]) -> Iterator[str]:
        """Yield ``key=value`` lines of what the files say; ``values`` are paths by key."""
        for key, path in values.items():
            if text := self.value(path):
                yield f"{key}={text}"
