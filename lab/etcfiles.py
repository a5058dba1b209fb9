"""The small /etc of a new node, and the folders that a server distribution has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

FOLDERS = (
    "etc/apt/sources.list.d", "etc/network/interfaces.d", "etc/sudoers.d", "etc/supervisor/conf.d", "etc/ssh",
    "etc/systemd/system", "etc/default", "etc/init.d", "etc/modprobe.d", "etc/sysctl.d", "etc/udev/rules.d",
    "etc/cron.d", "etc/logrotate.d", "etc/profile.d", "etc/chrony",
    "var/log/supervisor", "var/lib/dpkg", "var/cache/apt/archives", "var/tmp", "var/spool", "var/lib/misc",
)  # fmt: skip


def write(root: Path, facts: dict[str, Any], address: str) -> None:
    """Fill ``root`` for the machine that the profile describes."""
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "var/tmp").chmod(0o1777)
    (root / "var/run").symlink_to("/run")
    (root / "etc/mtab").symlink_to("/proc/mounts")
    host = facts["hostname"]
    for name, text in {
        "hostname": f"{host}\n",
        "hosts": f"127.0.0.1 localhost\n{address} {host}\n",
        "os-release": os_release(facts["os"]),
        "passwd": "root:x:0:0:root:/root:/bin/bash\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
        "group": "root:x:0:\nsudo:x:27:\nnogroup:x:65534:\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
        "resolv.conf": "nameserver 127.0.0.53\n",
        "fstab": "",
        "timezone": "Etc/UTC\n",
        "debian_version": "bullseye/sid\n",
        "apt/sources.list": "deb http://archive.example.com/ubuntu stable main\n",
        "supervisor/supervisord.conf": "[supervisord]\n[include]\nfiles = /etc/supervisor/conf.d/*.conf\n",
        "network/interfaces": "source /etc/network/interfaces.d/*\n",
        "shells": "/bin/sh\n/bin/bash\n",
        "profile": "umask 022\n",
    }.items():
        (root / "etc" / name).write_text(text, encoding="utf-8")


def host_name(address: str) -> str:
    """Return a well formed name that differs for each address: rack and number come from the last two octets."""
    rack, number = address.split(".")[2:]
    return f"pek3cr{int(rack) + 1:02d}n{int(number):02d}"


def add_user(root: Path, name: str, uid: int, home: str) -> None:
    """Add a login user to passwd and group and create the home folder; root exists already."""
    if uid == 0:
        return
    for file, line in (
        ("passwd", f"{name}:x:{uid}:{uid}::{home}:/bin/bash\n"),
        ("group", f"{name}:x:{uid}:\n"),
    ):
        with (root / "etc" / file).open("a", encoding="utf-8") as stream:
            stream.write(line)
    ssh = root / home.lstrip("/") / ".ssh"
    ssh.mkdir(parents=True, mode=0o700)
    (ssh / "authorized_keys").touch(mode=0o600)


def os_release(system: dict[str, Any]) -> str:
    """Return /etc/os-release; a line that the distribution leaves out is not told in the profile."""
    lines = {
        "NAME": f'"{system["name"]}"',
        "VERSION": f'"{system["version"]}"' if "version" in system else None,
        "ID": system.get("id"),
        "ID_LIKE": system.get("id_like", ""),
        "PRETTY_NAME": f'"{system["name"]} {system.get("version", "")}"',
        "VERSION_ID": f'"{system["version_id"]}"' if "version_id" in system else None,
        "VERSION_CODENAME": system.get("codename", ""),
    }
    return "".join(f"{key}={value}\n" for key, value in lines.items() if value is not None)
