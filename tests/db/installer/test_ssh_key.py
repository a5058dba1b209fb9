"""The installer's public key: the same on all three faces, and never the private one."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from common.ssh import keypair
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(data_dir: Path, settings: Any) -> str:
    return keypair.ensure(Path(settings.INSTALLER_SSH_KEY))


def test_show_ssh_key_prints_a_line_for_authorized_keys(run: Any, line: str, tmp_path: Path) -> None:
    shown = run("show_ssh_key")
    assert shown.code == 0 and shown.out == f"{line}\n"
    (tmp_path / "key.pub").write_text(shown.out)
    done = subprocess.run(
        ["ssh-keygen", "-l", "-f", tmp_path / "key.pub"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split()[1] == shown.err.strip()


def test_the_key_is_made_when_there_is_none_yet(run: Any, data_dir: Path, settings: Any) -> None:
    assert not Path(settings.INSTALLER_SSH_KEY).exists()
    first = run("show_ssh_key")
    assert first.out.startswith("ssh-ed25519 AAAA") and run("show_ssh_key").out == first.out


def test_rest_and_page_show_the_same(line: str, client: Client) -> None:
    client.force_login(make_user("vera", "viewer"))
    answer = client.get("/api/v1/nodes/ssh-key/").json()
    assert answer["public_key"] == line and answer["fingerprint"].startswith("SHA256:")
    listed = client.get("/admin/nodes/node/").content.decode()
    assert "/admin/nodes/node/key/" in listed
    page = client.get("/admin/nodes/node/key/").content.decode()
    assert line in page and answer["fingerprint"] in page and "PRIVATE" not in page
    client.logout()
    assert client.get("/api/v1/nodes/ssh-key/").status_code in (401, 403)
    assert client.get("/admin/nodes/node/key/").status_code == 302


def test_a_key_that_cannot_be_read_is_a_sentence(
    run: Any, data_dir: Path, settings: Any, client: Client
) -> None:
    Path(settings.INSTALLER_SSH_KEY).parent.mkdir(parents=True, exist_ok=True)
    Path(settings.INSTALLER_SSH_KEY).write_text("no key")
    shown = run("show_ssh_key")
    assert shown.code == 1 and "cannot be read" in shown.err and shown.out == ""
    client.force_login(make_user("vera", "viewer"))
    assert "cannot be read" in client.get("/admin/nodes/node/key/").content.decode()
