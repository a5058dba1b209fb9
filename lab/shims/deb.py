"""Reading and unpacking a Debian package (deb(5)) with the standard library: the node needs no dpkg-deb."""

from __future__ import annotations

import os
import tarfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

INFO = "/var/lib/dpkg/info"


class BadPackage(Exception):
    """The file is not a Debian package, or cannot be unpacked here."""


class _Archive(tarfile.TarFile):
    """An archive whose owners are ignored: the node has one user id, root."""

    def chown(self, tarinfo: tarfile.TarInfo, targetpath: str, numeric_owner: bool = False) -> None:  # type: ignore[override]
        """Keep the owner as it is."""


def members(path: str) -> dict[str, tuple[int, int]]:
    """Return ``{member: (offset, size)}`` of the ar(5) archive. Raises: BadPackage."""
    found: dict[str, tuple[int, int]] = {}
    try:
        with open(path, "rb") as file:
            if file.read(8) != b"!<arch>\n":
                raise BadPackage(f"file '{path}' is not a Debian binary archive (try dpkg-split?)")
            while len(header := file.read(60)) == 60:
                size = int(header[48:58])
                found[header[:16].decode("ascii", "replace").strip().rstrip("/")] = (file.tell(), size)
                file.seek(size + size % 2, os.SEEK_CUR)
    except (OSError, ValueError) as error:
        raise BadPackage(f"cannot access archive '{path}': {error}") from error
    if "debian-binary" not in found:
        raise BadPackage(f"'{path}' contains no 'debian-binary' member")
    return found


def _tar(path: str, prefix: str) -> _Archive:
    for name, (offset, size) in members(path).items():
        if name.startswith(prefix):
            return _open(path, name, offset, size)
    raise BadPackage(f"'{path}' has no {prefix} member")


def _open(path: str, name: str, offset: int, size: int) -> _Archive:
    import io

    with open(path, "rb") as file:
        file.seek(offset)
        data = file.read(size)
    if name.endswith(".zst"):
        data = _unzstd(data)
    stream: IO[bytes] = io.BytesIO(data)
    try:
        return _Archive.open(fileobj=stream, mode="r:*")
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BadPackage(f"'{path}': {name} is damaged: {error}") from error


def _unzstd(data: bytes) -> bytes:
    import subprocess

    try:
        return subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise BadPackage("the package is compressed with zstd, which this host does not have") from error


def control(path: str) -> dict[str, str]:
    """Return the fields of the control file. Raises: BadPackage."""
    with _tar(path, "control.tar") as archive:
        for member in archive.getmembers():
            if os.path.normpath(member.name) == "control":
                file = archive.extractfile(member)
                return fields(file.read().decode("utf-8", "replace") if file else "")
    raise BadPackage(f"'{path}' has no control file")


def fields(text: str) -> dict[str, str]:
    """Parse ``Name: value`` lines; continuation lines are joined."""
    found: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if line[:1] in (" ", "\t") and last:
            found[last] += "\n" + line.strip()
        elif ":" in line:
            last, _, value = line.partition(":")
            found[last] = value.strip()
    return found


def unpack(path: str, name: str) -> list[str]:
    """Put the package's files into the node and its scripts into dpkg's folder; returns the paths.

    Raises:
        BadPackage: damaged, or a file cannot be written.
    """
    os.makedirs(INFO, exist_ok=True)
    try:
        with _tar(path, "control.tar") as archive:
            for member in archive.getmembers():
                script = archive.extractfile(member) if member.isfile() else None
                if script:
                    target = f"{INFO}/{name}.{os.path.basename(member.name)}"
                    with open(target, "wb") as file:
                        file.write(script.read())
                    os.chmod(target, 0o755 if member.mode & 0o111 else 0o644)
        with _tar(path, "data.tar") as archive:
            names = [os.path.normpath(f"/{member.name}") for member in archive.getmembers()]
            if hasattr(tarfile, "fully_trusted_filter"):
                archive.extraction_filter = staticmethod(tarfile.fully_trusted_filter)
            archive.extractall("/")
    except (OSError, tarfile.TarError, EOFError) as error:
        raise BadPackage(f"unable to unpack: {error}") from error
    with open(f"{INFO}/{name}.list", "w", encoding="utf-8") as file:
        file.write("".join(f"{item}\n" for item in names))
    return names
