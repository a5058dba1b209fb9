"""Two disks of one size for a destructive script, and what the machine reports of them.

On loop devices, where this host has them, the tools are the real ones: lsblk reads a udev database of our own, and
sysfs has the attributes of a drive, both in a mount namespace of the script. Elsewhere the disks are files, wipefs
and dd the real ones, and lsblk and blockdev say what they would say.
"""

from __future__ import annotations

import functools
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

SIZE = 8 << 20
_UDEV = {"WWN": "ID_WWN", "SERIAL": "ID_SERIAL_SHORT", "MODEL": "ID_MODEL"}
_MOUNT = r"""
mount --make-rprivate / && mkdir -p /run/udev && mount --bind "$1/udev" /run/udev || exit 99
for name in $2; do mount --bind "$1/sys/$name" "/sys/devices/virtual/block/$name" || exit 99; done
export SYSTEMD_DEVICE_VERIFY_SYSFS=0
exec $3
"""
_LSBLK = r"""#!/bin/sh
# lsblk FLAGS COLUMNS [DEVICE]
columns=$2 device=${3:-}
for path in "$DISKS"/dev/disk?; do
    [ -z "$device" ] || [ "$(readlink -f "$device")" = "$path" ] || continue
    name=${path##*/}
    case $columns in
    KNAME) case $1 in *p*) echo "$path" ;; *) echo "$name" ;; esac ;;
    KNAME,TYPE) echo "$path disk" ;;
    TYPE) echo disk ;;
    MOUNTPOINT) echo ;;
    *) cat "$DISKS/says/$name.$columns" 2>/dev/null || echo ;;
    esac
done
"""
_BLOCKDEV = r"""#!/bin/sh
case $1 in --getsize64) stat -Lc %s "$2" ;; --getss) echo 512 ;; esac
"""
# Files on tmpfs take no O_DIRECT: to the script this is a dd that knows no such flag.
_DD = r"""#!/bin/sh
case $1 in --version) echo dd ;; *) exec REAL "$@" ;; esac
"""


@functools.cache
def loops_can_be_made() -> bool:
    """Return whether this host allows a loop device and a mount namespace."""
    with tempfile.TemporaryDirectory() as folder:
        return _loop_was_made(Path(folder))


def _loop_was_made(folder: Path) -> bool:
    tools = ("losetup", "unshare", "lsblk", "wipefs", "blockdev", "mount")
    if os.geteuid() or not all(map(shutil.which, tools)):
        return False
    image = folder / "probe"
    image.write_bytes(bytes(1 << 20))
    made = subprocess.run(["losetup", "-f", "--show", image], capture_output=True, text=True)
    if made.returncode:
        return False
    subprocess.run(["losetup", "-d", made.stdout.strip()], check=True)
    inside = "mount --make-rprivate / && mount -t tmpfs none /run"
    return subprocess.run(["unshare", "-m", "sh", "-c", inside], capture_output=True).returncode == 0


@dataclass
class TwoDisks:
    """``names``: the kernel names of both. Nothing is reported of them until a test sets it."""

    folder: Path
    real: bool
    names: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in ("udev/data", "sys", "says", "dev/disk/by-id", "bin", "state", "images"):
            (self.folder / name).mkdir(parents=True)
        for number in range(2):
            image = self.folder / "images" / f"{number}"
            image.write_bytes(hashlib.sha256(b"%d" % number).digest() * (SIZE // 32))
            self.names.append(self._loop(image) if self.real else self._file(image, f"disk{number}"))
        if not self.real:
            self.tool("lsblk", _LSBLK)
            self.tool("blockdev", _BLOCKDEV)
            self.tool("dd", _DD.replace("REAL", str(shutil.which("dd"))))

    def _loop(self, image: Path) -> str:
        done = subprocess.run(["losetup", "-f", "--show", image], capture_output=True, text=True, check=True)
        name = done.stdout.strip().removeprefix("/dev/")
        home = self.folder / "sys" / name
        for source in (f"/sys/class/block/{name}", f"/sys/class/block/{name}/queue"):
            copies = home / Path(source).name if source.endswith("queue") else home
            copies.mkdir()
            for file in Path(source).iterdir():
                if file.is_file() and not file.is_symlink():
                    with suppress(OSError):
                        (copies / file.name).write_bytes(file.read_bytes())
        for folder in ("holders", "slaves"):
            (home / folder).mkdir()
        (home / "subsystem").symlink_to("../../../../class/block")
        return name

    def _file(self, image: Path, name: str) -> str:
        image.rename(self.folder / "dev" / name)
        (self.folder / "sys" / name).mkdir()
        return name

    def tool(self, name: str, text: str) -> None:
        """Put a script of this name before the real tool."""
        path = self.folder / "bin" / name
        path.write_text(text)
        path.chmod(0o755)

    def close(self) -> None:
        """Release the loop devices."""
        for name in self.names if self.real else ():
            subprocess.run(["losetup", "-d", f"/dev/{name}"], check=False)

    def udev(self, number: int, **values: str) -> None:
        """Set what lsblk reports of a disk: ``WWN``, ``SERIAL``, ``MODEL``."""
        name = self.names[number]
        if not self.real:
            for key, value in values.items():
                (self.folder / "says" / f"{name}.{key}").write_text(f"{value}\n")
            return
        numbers = (self.folder / "sys" / name / "dev").read_text().strip()
        lines = ["I:1", *(f"E:{_UDEV[key]}={value}" for key, value in values.items()), "V:1", ""]
        (self.folder / "udev" / "data" / f"b{numbers}").write_text("\n".join(lines))

    def kernel(self, number: int, **values: str | bytes) -> None:
        """Set attributes of a disk in sysfs: ``wwid``, ``serial``, ``model``, ``vpd_pg80`` below ``device``."""
        device = self.folder / "sys" / self.names[number] / "device"
        device.mkdir(exist_ok=True)
        for key, value in values.items():
            (device / key).write_bytes(value if isinstance(value, bytes) else f"{value}\n".encode())

    def link(self, name: str, number: int) -> str:
        """Make a link in /dev/disk/by-id that leads to a disk; return its path."""
        link = self.folder / "dev" / "disk" / "by-id" / name
        link.symlink_to(
            f"/dev/{self.names[number]}" if self.real else self.folder / "dev" / self.names[number]
        )
        return str(link)

    def path(self, number: int) -> str:
        """Return the path of the device that a script is given."""
        return f"/dev/{self.names[number]}" if self.real else str(self.folder / "dev" / self.names[number])

    def tool_that_writes(self, name: str) -> None:
        """Make a tool of this name that writes to every existing file among its arguments, as the real one would.

        ``zpool list`` and ``import`` find a pool once one was created.
        """
        self.tool(
            name,
            '#!/bin/sh\necho "NAME $*" >>"$DISKS/ran"\n'
            'case $1 in list | import) grep -q "zpool create" "$DISKS/ran"; exit ;; esac\n'
            'for word in "$@"; do\n    [ ! -e "$word" ] || printf made | REAL of="$word" conv=notrunc 2>/dev/null\n'
            "done\n".replace("NAME", name).replace("REAL", str(shutil.which("dd"))),
        )

    def ran(self) -> str:
        """Return the calls of such tools."""
        path = self.folder / "ran"
        return path.read_text() if path.exists() else ""

    def run(self, script: str, shell: str = "sh") -> subprocess.CompletedProcess[str]:
        """Run the script as root of a node would."""
        environment = {
            **os.environ,
            "DISKS": str(self.folder),
            "PATH": f"{self.folder / 'bin'}:/usr/sbin:/sbin:{os.environ['PATH']}",
        }
        script = script.replace("/opt/install/disk", f"{self.folder}/state/disk")
        script = script.replace("/etc/drbd.d", f"{self.folder}/state/drbd.d")
        command = shell.split()
        if self.real:
            command = [
                "unshare",
                "-m",
                "sh",
                "-c",
                _MOUNT,
                "-",
                str(self.folder),
                " ".join(self.names),
                shell,
            ]
        else:
            script = script.replace("/sys/class/block", f"{self.folder}/sys")
            script = re.sub(
                rf"(?<!{re.escape(str(self.folder))})/dev/(?!null|zero)", f"{self.folder}/dev/", script
            )
        return subprocess.run(
            command,
            input=script,
            text=True,
            capture_output=True,
            cwd=self.folder / "state",
            env=environment,
            timeout=60,
        )

    def hashes(self) -> list[str]:
        """Return hashes of everything on both disks, with caches flushed."""
        found = []
        for number, name in enumerate(self.names):
            if self.real:
                handle = os.open(f"/dev/{name}", os.O_RDONLY)
                os.fsync(handle)
                os.close(handle)
            image = self.folder / "images" / str(number) if self.real else self.folder / "dev" / name
            found.append(hashlib.sha256(image.read_bytes()).hexdigest())
        return found
