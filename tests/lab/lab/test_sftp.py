"""Files over SFTP and SCP: the same files that commands see, never one of the host."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paramiko
import pytest

from lab import Node

from .conftest import Ssh, connect


@pytest.fixture
def files(node: Node, ssh: Ssh) -> Iterator[paramiko.SFTPClient]:
    with connect(node, "root", key=ssh.key) as client:
        yield client.open_sftp()


def test_what_is_put_is_what_a_command_reads(
    files: paramiko.SFTPClient, node: Node, ssh: Ssh, tmp_path: Path
) -> None:
    data = os.urandom(3_000_000)
    (tmp_path / "up").write_bytes(data)
    files.put(str(tmp_path / "up"), "/opt/up")
    assert ssh.run(node, "cat /opt/up").stdout == data
    files.get("/opt/up", str(tmp_path / "down"))
    assert (tmp_path / "down").read_bytes() == data


def test_mode_times_and_listing(files: paramiko.SFTPClient, node: Node, ssh: Ssh) -> None:
    with files.open("/opt/settings", "w") as file:
        file.write(b"a=1\n")
    files.chmod("/opt/settings", 0o600)
    files.utime("/opt/settings", (1_000_000_000, 1_000_000_000))
    assert ssh.out(node, "stat -c '%a %Y %s' /opt/settings").split() == ["600", "1000000000", "4"]
    listed = {entry.filename: stat.S_IMODE(entry.st_mode or 0) for entry in files.listdir_attr("/opt")}
    assert listed == {"settings": 0o600}
    files.truncate("/opt/settings", 2)
    assert files.stat("/opt/settings").st_size == 2


def test_folders_renames_and_links(files: paramiko.SFTPClient) -> None:
    files.mkdir("/opt/install")
    for name in ("one", "two"):
        with files.open(f"/opt/install/{name}", "w") as file:
            file.write(name)
    with pytest.raises(OSError, match="exists"):
        files.rename("/opt/install/one", "/opt/install/two")
    files.posix_rename("/opt/install/one", "/opt/install/two")
    files.symlink("two", "/opt/install/link")
    assert files.readlink("/opt/install/link") == "two"
    assert files.open("/opt/install/link").read() == b"one"
    assert files.normalize("/opt/../opt/install/./link") == "/opt/install/two"
    with pytest.raises(OSError):
        files.rmdir("/opt/install")
    for name in ("link", "two"):
        files.remove(f"/opt/install/{name}")
    files.rmdir("/opt/install")
    with pytest.raises(FileNotFoundError):
        files.stat("/opt/install")


def test_append_exclusive_and_read_write(files: paramiko.SFTPClient) -> None:
    with files.open("/opt/log", "w") as file:
        file.write("one\n")
    with files.open("/opt/log", "a") as file:
        file.write("two\n")
    with pytest.raises(OSError):
        files.open("/opt/log", "wx")
    with files.open("/opt/log", "r+") as file:
        file.seek(4)
        file.write("TWO")
        file.seek(0)
        assert file.read() == b"one\nTWO\n"


def test_no_path_leads_out_of_the_node(files: paramiko.SFTPClient, node: Node, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("of the host")
    up = "../" * 40
    files.symlink(str(secret), "/opt/absolute")
    files.symlink(f"{up}{secret}", "/opt/relative")
    files.symlink("/", "/opt/top")
    files.symlink(str(tmp_path), "/opt/folder")
    for path in (
        str(secret),
        f"{up}{secret}",
        "/opt/absolute",
        "/opt/relative",
        f"/opt/top{secret}",
        "/opt/folder/secret",
    ):
        with pytest.raises(OSError):
            files.open(path).read()
        with pytest.raises(OSError):
            files.open(
                path.replace("secret", "planted") if path.endswith("secret") else f"{path}/planted", "w"
            )
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["secret"]
    assert set(files.listdir("/opt/top")) == {entry.name for entry in node.root.iterdir()}


def test_a_loop_of_links_is_an_error_and_not_a_hang(files: paramiko.SFTPClient) -> None:
    files.symlink("/opt/b", "/opt/a")
    files.symlink("/opt/a", "/opt/b")
    with pytest.raises(OSError):
        files.stat("/opt/a")
    with pytest.raises(OSError):
        files.open("/opt/a/c", "w")


@pytest.mark.parametrize("old_protocol", [[], ["-O"]])
def test_scp_both_ways(node: Node, ssh: Ssh, tmp_path: Path, old_protocol: list[str]) -> None:
    (tmp_path / "file").write_text("content")
    argv = ssh.argv(node, program="scp") + old_protocol
    for pair in (
        [tmp_path / "file", f"root@{node.address}:/opt/"],
        [f"root@{node.address}:/opt/file", tmp_path / "back"],
    ):
        subprocess.run([*argv, *pair], check=True, timeout=30, capture_output=True)
    assert (tmp_path / "back").read_text() == "content"
