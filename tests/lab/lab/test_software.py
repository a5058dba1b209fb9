"""Packages, services, programs, networks and the machine's own description."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from lab import Lab, Node

from .conftest import Ssh


def _tar(files: dict[str, tuple[str, int]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, (text, mode) in files.items():
            info = tarfile.TarInfo(f"./{name}")
            info.size, info.mode, info.uid, info.gid = len(text.encode()), mode, 1234, 1234
            archive.addfile(info, io.BytesIO(text.encode()))
    return buffer.getvalue()


def make_deb(
    path: Path,
    name: str,
    version: str,
    files: dict[str, str],
    scripts: dict[str, str] | None = None,
    architecture: str = "all",
) -> Path:
    """Write a Debian package (deb(5)) without dpkg-deb."""
    control = {
        "control": (
            f"Package: {name}\nVersion: {version}\nArchitecture: {architecture}\nDescription: test\n",
            0o644,
        )
    }
    control |= {key: (text, 0o755) for key, text in (scripts or {}).items()}
    members = {
        "debian-binary": b"2.0\n",
        "control.tar.gz": _tar(control),
        "data.tar.gz": _tar({key: (text, 0o644) for key, text in files.items()}),
    }
    with path.open("wb") as file:
        file.write(b"!<arch>\n")
        for member, data in members.items():
            file.write(f"{member:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode())
            file.write(data + b"\n" * (len(data) % 2))
    return path


def _push(node: Node, ssh: Ssh, path: Path) -> str:
    assert ssh.run(node, f"cat >/opt/{path.name}", input=path.read_bytes()).returncode == 0
    return f"/opt/{path.name}"


PROGRAM = "[program:compute_server]\ncommand=/pitrix/bin/compute_server\n"


def test_a_package_is_unpacked_its_scripts_run_and_its_version_known(
    node: Node, ssh: Ssh, tmp_path: Path
) -> None:
    scripts = {
        "preinst": "#!/bin/sh\nmkdir -p /var/lib/pitrix\n",
        "postinst": '#!/bin/sh\necho "$1 $2" >/opt/ran\n',
    }
    files = {"pitrix/conf/server.yaml": "a: 1\n", "etc/supervisor/conf.d/compute_server.conf": PROGRAM}
    first = _push(node, ssh, make_deb(tmp_path / "one.deb", "pitrix-hyper", "1.0", files, scripts))
    ssh.out(node, f"dpkg -i {first}")
    query = "dpkg-query -W -f='${Package} ${Version} ${Status}\\n' pitrix-hyper"
    assert ssh.out(node, query) == "pitrix-hyper 1.0 install ok installed\n"
    assert ssh.out(node, "cat /pitrix/conf/server.yaml /opt/ran") == "a: 1\nconfigure \n"
    second = _push(
        node, ssh, make_deb(tmp_path / "two.deb", "pitrix-hyper", "1.1", {"pitrix/new": "x"}, scripts)
    )
    ssh.out(node, f"apt-get install -y {second}")
    assert ssh.out(node, f"{query}; cat /opt/ran").split()[1:] == [
        "1.1",
        "install",
        "ok",
        "installed",
        "configure",
        "1.0",
    ]
    ssh.out(node, "apt-get remove -y pitrix-hyper")
    assert ssh.run(node, query).returncode == 1 and ssh.run(node, "test -e /pitrix/new").returncode == 1


def test_a_package_that_cannot_be_installed_says_why(node: Node, ssh: Ssh, tmp_path: Path) -> None:
    broken = tmp_path / "broken.deb"
    broken.write_bytes(b"no archive")
    half = tmp_path / "half.deb"
    whole = make_deb(tmp_path / "whole.deb", "p", "1", {"opt/p": "x" * 5000}).read_bytes()
    half.write_bytes(whole[: len(whole) - 100])
    cases = [
        (broken, b"not a Debian binary archive"),
        (half, b"p"),
        (
            make_deb(tmp_path / "arm.deb", "p", "1", {}, architecture="arm64"),
            b"does not match system (amd64)",
        ),
        (
            make_deb(tmp_path / "fails.deb", "f", "1", {}, {"postinst": "#!/bin/sh\nexit 9\n"}),
            b"exit status 9",
        ),
        (make_deb(tmp_path / "usr.deb", "u", "1", {"usr/share/u": "x"}), b"Read-only"),
    ]
    for path, said in cases:
        done = ssh.run(node, f"dpkg -i {_push(node, ssh, path)}")
        assert done.returncode == 1 and said in done.stderr, path.name
        assert b"Traceback" not in done.stderr
    assert ssh.out(node, "dpkg-query -W -f='${Status}' f") == "install ok half-configured"
    assert ssh.run(node, "dpkg -i /opt/none.deb").returncode == 1


def test_apt_knows_its_repository_and_nothing_else(node: Node, ssh: Ssh) -> None:
    ssh.out(node, "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y -q drbd-utils vlan")
    assert ssh.out(node, "dpkg-query -W -f='${Version}' drbd-utils") == "9.11.0-1build1"
    missing = ssh.run(node, "apt-get install -y no-such-package")
    assert missing.returncode == 100 and b"Unable to locate package" in missing.stderr


def test_programs_come_and_go_with_their_files(node: Node, ssh: Ssh) -> None:
    assert ssh.out(node, "supervisorctl status") == ""
    ssh.out(node, f"printf '{PROGRAM}' >/etc/supervisor/conf.d/a.conf")
    assert ssh.out(node, "supervisorctl reread") == "compute_server: available\n"
    assert ssh.out(node, "supervisorctl update") == "compute_server: added process group\n"
    assert ssh.out(node, "supervisorctl status").split()[:2] == ["compute_server", "RUNNING"]
    assert (
        ssh.out(node, "supervisorctl restart compute_server")
        == "compute_server: stopped\ncompute_server: started\n"
    )
    ssh.out(node, "supervisorctl stop all")
    stopped = ssh.run(node, "supervisorctl status")
    assert stopped.returncode == 3 and b"STOPPED" in stopped.stdout
    assert ssh.run(node, "supervisorctl start ws_server").returncode == 1
    ssh.out(node, "rm /etc/supervisor/conf.d/a.conf; supervisorctl update")
    assert ssh.out(node, "supervisorctl status") == ""


def test_services_of_the_profile_and_of_unit_files(node: Node, ssh: Ssh) -> None:
    assert ssh.out(node, "systemctl is-active chrony") == "active\n"
    ssh.out(node, "systemctl stop chrony")
    assert ssh.run(node, "systemctl is-active chrony").returncode == 3
    assert ssh.run(node, "systemctl restart ghost").returncode == 5
    ssh.out(node, "echo '[Service]' >/etc/systemd/system/ghost.service; systemctl daemon-reload")
    ssh.out(node, "systemctl enable --now ghost")
    assert ssh.out(node, "systemctl is-active ghost; systemctl is-enabled ghost") == "active\nenabled\n"


def test_addresses_are_shown_in_every_form(node: Node, ssh: Ssh) -> None:
    assert f"inet {node.address}/24" in ssh.out(node, "ip -o addr show dev bond0")
    links = {link["ifname"]: link for link in json.loads(ssh.out(node, "ip -j -d addr"))}
    assert links["bond0"]["linkinfo"]["info_data"]["mode"] == "802.3ad"
    assert links["eth1"]["linkinfo"]["info_slave_data"]["perm_hwaddr"] != links["eth1"]["address"]
    assert links["eth1"]["address"] == ssh.out(node, "cat /sys/class/net/eth1/address").strip()
    assert ssh.out(node, "ip route show default").split()[:5] == [
        "default",
        "via",
        _gateway(node),
        "dev",
        "bond0",
    ]
    assert ssh.out(
        node,
        "cat /sys/class/net/eth0/master/ifindex; basename $(readlink -f /sys/class/net/eth0/device/driver)",
    ) == ("4\nixgbe\n")
    assert "bond mode 802.3ad" in ssh.out(node, "ip -o -d link show bond0")


def test_routes_and_addresses_can_be_changed(node: Node, ssh: Ssh) -> None:
    ssh.out(
        node,
        "ip route add 10.10.50.0/24 via 172.16.80.200; ip addr add 10.1.2.3/16 dev eth0; ip link set eth0 mtu 9000",
    )
    assert "10.10.50.0/24 via 172.16.80.200" in ssh.out(node, "ip route")
    assert "10.1.2.3/16" in ssh.out(node, "ip -4 -o addr") and "mtu 9000" in ssh.out(
        node, "ip link show eth0"
    )
    again = ssh.run(node, "ip route add 10.10.50.0/24 via 172.16.80.200")
    assert again.returncode == 2 and b"File exists" in again.stderr
    assert ssh.run(node, "ip link show eth9").returncode == 1


def test_the_machine_describes_itself(node: Node, ssh: Ssh) -> None:
    assert "Serial Number: NR" in ssh.out(node, "dmidecode -t 1")
    assert (
        ssh.out(node, "dmidecode -s system-manufacturer").strip()
        == ssh.out(node, "cat /sys/class/dmi/id/sys_vendor").strip()
    )
    assert "Socket(s):                       2" in ssh.out(node, "lscpu")
    assert ssh.out(node, "qemu-system-x86_64 --version").startswith("QEMU emulator version 2.11.1\n")
    assert "MZ7LH3T2HAJR" in ssh.out(node, "smartctl -i /dev/sdb")


def test_a_machine_without_qemu_has_none(lab: Lab, ssh: Ssh) -> None:
    node = lab.add("vg", authorized_keys=[ssh.public])
    # Whether or not this host has one: it cannot be run on the node.
    assert ssh.run(node, "qemu-system-x86_64 --version").returncode in (126, 127)
    assert ssh.run(node, "[ -x /usr/bin/qemu-system-x86_64 ]").returncode == 1


def test_a_host_name_lasts_as_long_as_a_real_one(lab: Lab, node: Node, ssh: Ssh) -> None:
    ssh.out(node, "hostname pek3ar01n09")
    assert ssh.out(node, "hostname; uname -n").split() == ["pek3ar01n09"] * 2
    ssh.out(node, "hostnamectl set-hostname pek3ar01n10")
    assert ssh.out(node, "hostname; cat /etc/hostname").split() == ["pek3ar01n10"] * 2


@pytest.mark.parametrize("word", ["; rm -rf /", "$(reboot)", "\u2603", "x" * 5000])
def test_odd_arguments_are_refused_without_a_traceback(node: Node, ssh: Ssh, word: str) -> None:
    from shlex import quote

    for tool in ("lsblk", "zpool create", "ip addr add", "ip link set", "dpkg -i", "systemctl start", "parted -s", "sgdisk -n",
                 "drbdadm up", "supervisorctl start", "dmidecode -t", "dd if=/dev/sdb bs=", "apt-get install"):  # fmt: skip
        done = ssh.run(node, f"{tool} {quote(word)}")
        assert done.returncode != 0, tool
        assert b"Traceback" not in done.stderr, (tool, done.stderr)


def _gateway(node: Node) -> str:
    return node.address.rpartition(".")[0] + ".1"
