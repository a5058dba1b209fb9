"""Debian packages made from approved files: the same files give the same bytes (deb(5), ar(5), tar(5))."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from zones.core.rendering.sinks import control_line, program_name

_MAINTAINER = "Installer Console <root@localhost>"
# What the supervisor runs on a node of each role; a KS node runs one program for each of its sub-roles.
_PROGRAMS = {
    "vg": ("vgateway_server",),
    "hyper-pair": ("compute_server",),
    "hyper-repl": ("compute_server",),
    "hyper-sanc": ("compute_server",),
}


@dataclass(frozen=True)
class Package:
    """A binary package: ``files`` maps absolute paths to contents."""

    name: str
    version: str
    files: Mapping[str, str]
    description: str

    @property
    def file_name(self) -> str:
        """Return ``name_version_all.deb``."""
        return f"{self.name}_{self.version}_all.deb"

    @cached_property
    def data(self) -> bytes:
        """Build the .deb."""
        fields = {
            "Package": self.name,
            "Version": self.version,
            "Architecture": "all",
            "Maintainer": _MAINTAINER,
            "Section": "admin",
            "Priority": "optional",
            "Description": self.description,
        }
        control = "".join(control_line(field, value) for field, value in fields.items())
        return b"!<arch>\n" + b"".join(
            [
                _member("debian-binary", b"2.0\n"),
                _member("control.tar.gz", _tar({"/control": control})),
                _member("data.tar.gz", _tar(self.files)),
            ]
        )

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of the .deb, in hex."""
        return hashlib.sha256(self.data).hexdigest()


def programs_of(role: str, sub_roles: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the supervisor's programs on such a node."""
    return _PROGRAMS.get(role) or tuple(f"{name}_server" for name in sorted(sub_roles))


def global_conf(zone_id: str, version: str, files: Mapping[str, str]) -> Package:
    """Return ``pitrix-global-conf``: what every node of the zone needs. ``files``: path in the plan to content."""
    wanted = {
        f"/pitrix/conf/{path}": content
        for path, content in files.items()
        if path == "hosts" or path.split("/")[0] in ("variables", "server", "nodes")
    }
    return Package("pitrix-global-conf", version, wanted, f"configuration of zone {zone_id}")


def role_conf(role: str, sub_roles: Sequence[str], version: str) -> Package:
    """Return ``pitrix-ROLE-conf``: the programs that the supervisor keeps running on such a node."""
    sections = [
        f"[program:{name}]\ncommand=/pitrix/bin/{name}\nautostart=true\nautorestart=true\n"
        f"redirect_stderr=true\nstdout_logfile=/pitrix/log/{name}.log\n"
        for name in map(program_name, programs_of(role, sub_roles))
    ]
    path = f"/etc/supervisor/conf.d/pitrix-{role}.conf"
    return Package(f"pitrix-{role}-conf", version, {path: "\n".join(sections)}, f"services of a {role} node")


def _member(name: str, data: bytes) -> bytes:
    header = f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode()
    return header + data + (b"\n" if len(data) % 2 else b"")


def _tar(files: Mapping[str, str]) -> bytes:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for folder in _folders(files):
            entry = tarfile.TarInfo(f".{folder}/")
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        for path in sorted(files):
            data = files[path].encode()
            entry = tarfile.TarInfo(f".{path}")
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(raw.getvalue(), 9, mtime=0)


def _folders(files: Mapping[str, str]) -> list[str]:
    found = {""}
    for path in files:
        parts = path.strip("/").split("/")[:-1]
        found |= {"/" + "/".join(parts[: count + 1]) for count in range(len(parts))}
    return sorted(found)
