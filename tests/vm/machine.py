"""The guest as a process of qemu, with a Debian on LVM on a mirror of two disks, reached at 127.0.0.1."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.vm.drives import CDROM, DATA_DISKS, OS_DISKS, STICK, Drive
from tests.vm.talk import Agent, Qmp

ADDRESS = "127.0.0.1"
HOSTNAME = "z1ar01n01"
MEMORY_MIB = 1024
CARDS = {"mgmt": "52:54:00:00:01:01", "spare": "52:54:00:00:01:02"}
PRODUCT = {"vendor": "Rehearsal", "name": "Model 1", "serial": "VM-0001"}
# An emulated processor on a busy host takes its time.
BOOT_S = 600


class Machine:
    """Boots when made; ``agent`` and ``qmp`` are the ways in; :meth:`close` ends it."""

    def __init__(self, folder: Path, image: Path, accel: str) -> None:
        self.folder, self.port = folder, _free_port()
        # A socket's name holds 107 bytes, pytest's folders may be longer.
        self._sockets = Path(tempfile.mkdtemp(prefix="vm-"))
        self.agent = Agent(self._sockets / "agent")
        for drive in OS_DISKS:
            base = image / f"{drive.name}.qcow2"
            subprocess.run(
                ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", base, self.backing(drive)],
                check=True,
            )
        for drive in (*DATA_DISKS, STICK, CDROM):
            with self.backing(drive).open("wb") as file:
                file.truncate(drive.size_bytes)
        with (folder / "qemu.log").open("wb") as log:
            self.process = subprocess.Popen(self._command(image, accel), stdout=log, stderr=log)
        try:
            self.until((self._sockets / "qmp").exists, "qemu does not start", 30)
            self.qmp = Qmp(self._sockets / "qmp")
            self.agent.wait(BOOT_S)
        except BaseException:
            self.process.kill()
            raise

    def backing(self, drive: Drive) -> Path:
        """Return the file on the host that backs a disk."""
        return self.folder / f"{drive.name}.{'qcow2' if drive in OS_DISKS else 'raw'}"

    def _command(self, image: Path, accel: str) -> list[str]:
        # It ends with the tests, also when they are killed.
        words = ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64"]
        words += ["-machine", "q35", "-accel", accel, "-cpu", "max", "-smp", "2"]
        words += ["-m", str(MEMORY_MIB), "-nodefaults", "-display", "none"]
        words += ["-kernel", str(image / "vmlinuz"), "-initrd", str(image / "initrd")]
        words += ["-append", "root=/dev/mapper/system-root ro console=ttyS0 quiet net.ifnames=1"]
        words += ["-serial", f"file:{self.folder}/console.log"]
        words += ["-qmp", f"unix:{self._sockets}/qmp,server=on,wait=off"]
        words += ["-chardev", f"socket,id=agent,path={self._sockets}/agent,server=on,wait=off"]
        words += ["-device", "virtio-serial-pci"]
        words += ["-device", "virtserialport,chardev=agent,name=org.qemu.guest_agent.0"]
        product = f"manufacturer={PRODUCT['vendor']},product={PRODUCT['name']},serial={PRODUCT['serial']}"
        words += ["-smbios", f"type=1,{product}"]
        words += ["-netdev", f"user,id=mgmt,hostfwd=tcp:{ADDRESS}:{self.port}-:22"]
        words += ["-device", f"virtio-net-pci,netdev=mgmt,id=card0,mac={CARDS['mgmt']}"]
        words += ["-netdev", "user,id=spare,restrict=on"]
        words += ["-device", f"e1000e,netdev=spare,id=card1,mac={CARDS['spare']}"]
        words += ["-device", "virtio-scsi-pci,id=scsi0", "-device", "qemu-xhci,id=xhci"]
        for drive in (*OS_DISKS, *DATA_DISKS, STICK, CDROM):
            words += ["-blockdev", json.dumps(self._blockdev(drive))]
            words += ["-device", json.dumps(drive.arguments())]
        return words

    def _blockdev(self, drive: Drive) -> dict[str, Any]:
        path = self.backing(drive)
        return {
            "driver": path.suffix[1:],
            "node-name": f"b-{drive.name}",
            "discard": "unmap",
            "read-only": drive is CDROM,
            "file": {"driver": "file", "filename": str(path)},
        }

    def until(self, condition: Callable[[], Any], what: str, timeout_s: float = 60) -> Any:
        """Poll until ``condition`` holds and return its value."""
        deadline = time.monotonic() + timeout_s
        while not (value := condition()):
            assert self.process.poll() is None, (self.folder / "qemu.log").read_text()
            assert time.monotonic() < deadline, f"{what}\n{self.console()}"
            time.sleep(0.2)
        return value

    def console(self) -> str:
        """Return the end of what the guest printed on its serial line."""
        path = self.folder / "console.log"
        return path.read_text(errors="replace")[-2000:] if path.exists() else ""

    def swap(self, drive: Drive, serial: str, wwn: str) -> None:
        """Pull a disk out and put another one of the same size and content into its slot, power on."""
        self.qmp("device_del", id=drive.name)
        gone = f"! lsblk -dno SERIAL | grep -q {drive.serial} && echo gone"
        self.until(lambda: self.agent.run(gone, expect=None), "the disk is not let go")
        self.qmp("device_add", **drive.arguments(serial, wwn))
        there = f"udevadm settle; lsblk -dno SERIAL | grep {serial}"
        self.until(lambda: self.agent.run(there, expect=None), "the new disk is not seen")

    def close(self) -> None:
        """Power off, as by the switch."""
        self.process.kill()
        self.process.wait()
        self.qmp.close()
        shutil.rmtree(self._sockets, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        port: int = probe.getsockname()[1]
        return port
