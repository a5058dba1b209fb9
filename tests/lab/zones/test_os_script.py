"""Component os: the machine's own name is its management address, by the real getent in a mount namespace."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.failure_reason import reason_of
from operations.scripts import component_script

NAME, ADDRESS = "devops1ar02n02", "172.16.80.22"
HOSTS = f"172.16.80.21 devops1ar02n01\n{ADDRESS} {NAME}\n172.16.80.23 devops1ar02n03\n"
SETTINGS = f'hostname="{NAME}"\nmgmt_network_address="{ADDRESS}"\n'


@dataclass
class Machine:
    """A machine's /etc, mounted over this one's in a namespace of its own, which also has a host name of its own."""

    folder: Path

    def write(self, path: str, text: str) -> None:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def hosts(self) -> str:
        return (self.folder / "etc/hosts").read_text()

    def run(self, before: str = "") -> tuple[int, str, str]:
        script = component_script("os", SETTINGS, settings_file=SETTINGS, hosts_file=HOSTS)
        script = script.replace("/pitrix/", f"{self.folder}/pitrix/")
        inside = (
            f"set -e; hostname before; mount --bind {self.folder}/etc /etc; {before}\n"
            f"mkdir -p {self.folder}/cloud /var/lib; mount --bind {self.folder}/var /var/lib\n{script}"
        )
        argv = ["unshare", "--user", "--map-root-user", "--mount", "--uts", "sh", "-c", inside]
        done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60)
        return done.returncode, done.stdout, reason_of([done.stderr]) if done.returncode else done.stderr

    def getent(self, name: str) -> str:
        inside = f"mount --bind {self.folder}/etc /etc; getent hosts {name}"
        argv = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        return done.stdout.split()[0] if done.stdout else ""


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    assert shutil.which("unshare") and shutil.which("getent")
    made = Machine(tmp_path)
    (tmp_path / "var").mkdir()
    made.write("etc/nsswitch.conf", "hosts: files dns\n")
    made.write("etc/resolv.conf", "")
    # Debian's awk is a link that leads through /etc.
    awk = Path(str(shutil.which("awk"))).resolve()
    (tmp_path / "etc/alternatives").mkdir()
    (tmp_path / "etc/alternatives/awk").symlink_to(awk)
    made.write("etc/hosts", "127.0.0.1 localhost\n")
    return made


@pytest.mark.parametrize(
    ("before", "kept"),
    [
        (f"127.0.0.1 localhost\n127.0.1.1 {NAME}\n", ["127.0.0.1 localhost"]),
        (f"127.0.1.1\t{NAME}.example.com\t{NAME}\n", [f"{ADDRESS} {NAME}.example.com"]),
        (f"127.0.0.1 localhost.lan {NAME.upper()}.lan\n", ["127.0.0.1 localhost.lan", f"{ADDRESS} {NAME.upper()}.lan"]),
        (f"10.9.9.9 {NAME}.other.example\n", [f"10.9.9.9 {NAME}.other.example"]),
        (f"127.0.0.1 localhost {NAME} x\n::1 {NAME} ip6-localhost\n", ["127.0.0.1 localhost x", "::1 ip6-localhost"]),
        (f"10.9.9.9 {NAME.upper()} # old\r\n10.9.9.8 devops1ar02n03\n", []),
        (f"{ADDRESS} {NAME} # by hand\n", [f"{ADDRESS} {NAME} # by hand"]),
        (f"# installer console: begin\n1.2.3.4 {NAME}\n1.2.3.5 other\n", ["1.2.3.5 other"]),
        (f"# installer console: begin\n1.2.3.4 {NAME}\n# installer console: end\n1.2.3.5 other\n", ["1.2.3.5 other"]),
        # Two beginnings and one end.
        ("# installer console: begin\n1.2.3.5 other\n# installer console: begin\n# installer console: end\n", ["1.2.3.5 other"]),
        (f"fe80::1%eth0 {NAME}\n127.0.1.1 {NAME}2\n", [f"127.0.1.1 {NAME}2"]),
        ("", []),
    ],
)  # fmt: skip
def test_the_machine_is_its_management_address(machine: Machine, before: str, kept: list[str]) -> None:
    machine.write("etc/hosts", before)
    code, out, err = machine.run()
    assert code == 0, err
    assert f"{NAME} is {ADDRESS}" in out
    for name, address in (
        (NAME, ADDRESS),
        ("devops1ar02n01", "172.16.80.21"),
        ("devops1ar02n03", "172.16.80.23"),
    ):
        assert machine.getent(name) == address
    lines = machine.hosts().splitlines()
    assert [line for line in lines if line in kept] == kept
    # What was put aside can be put back: it is there, word for word.
    for line in before.replace("\r", "").splitlines():
        assert (
            line in lines
            or f"# installer console: was {line}" in lines
            or "installer console" in line
            or "1.2.3.4" in line
        )
    again = machine.hosts()
    assert machine.run()[0] == 0 and machine.hosts() == again, "repeated, nothing changes"


def test_no_hosts_file_at_all(machine: Machine) -> None:
    (machine.folder / "etc/hosts").unlink()
    code, _, err = machine.run()
    assert code == 0 and machine.getent(NAME) == ADDRESS, err


def test_another_source_of_names_comes_first(machine: Machine) -> None:
    machine.write("etc/nsswitch.conf", "hosts: dns [!SUCCESS=return] files\n")
    code, _, reason = machine.run()
    assert code == 3
    assert reason.startswith(f"{NAME} is resolved to nothing here instead of {ADDRESS}")
    assert 'has "hosts: dns [!SUCCESS=return] files"; put files first there, then resume the job' in reason
    machine.write("etc/nsswitch.conf", "hosts: files\n")
    assert machine.run()[0] == 0, "the advice leads out"


def test_a_source_that_knows_the_name_by_ipv6_as_well_is_no_reason_to_stop(machine: Machine) -> None:
    """Accept a name that ``getent hosts`` resolves to fe80::… by myhostname: programs get the file's address."""
    real = shutil.which("getent")
    fake = machine.folder / "bin/getent"
    machine.write(
        "bin/getent", f'#!/bin/sh\n[ "$1" != hosts ] || {{ echo "fe80::1 $2"; exit 0; }}\nexec {real} "$@"\n'
    )
    fake.chmod(0o755)
    code, out, err = machine.run(f"PATH={fake.parent}:$PATH;")
    assert code == 0 and f"{NAME} is {ADDRESS}" in out, err


def test_a_getent_that_knows_one_question_only(machine: Machine) -> None:
    fake = machine.folder / "bin/getent"
    machine.write(
        "bin/getent", f'#!/bin/sh\n[ "$1" = hosts ] || exit 1\nexec {shutil.which("getent")} "$@"\n'
    )
    fake.chmod(0o755)
    code, out, err = machine.run(f"PATH={fake.parent}:$PATH;")
    assert code == 0 and f"{NAME} is {ADDRESS}" in out, err


def test_a_hosts_file_that_cannot_be_written(machine: Machine) -> None:
    locked = "mount --bind /etc/hosts /etc/hosts; mount -o remount,bind,ro /etc/hosts;"
    code, _, reason = machine.run(locked)
    assert code == 3 and reason.startswith("/etc/hosts cannot be written: it may be immutable")


def test_cloud_init_does_not_write_it_anew(machine: Machine) -> None:
    (machine.folder / "etc/cloud/cloud.cfg.d").mkdir(parents=True)
    code, _, err = machine.run()
    assert code == 0 and "warning" not in err
    text = (machine.folder / "etc/cloud/cloud.cfg.d/99_installer_console.cfg").read_text()
    assert "manage_etc_hosts: false" in text
    machine.write("var/cloud/instance/user-data.txt", "#cloud-config\nmanage_etc_hosts: true\n")
    code, _, err = machine.run()
    assert code == 0 and "cloud-init will rewrite /etc/hosts at the next boot" in err
