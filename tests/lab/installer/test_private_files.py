"""What the console keeps is private: no other user of the installer can read it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from installer.environment import ConfigurationError, data_dir

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o710, 0o701, 0o770, 0o777, 0o704])
def test_a_folder_that_is_open_is_refused_with_the_command(tmp_path: Path, mode: int) -> None:
    folder = tmp_path / "with blank"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(ConfigurationError, match=f"mode 0{mode:o}") as refused:
        data_dir({"INSTALLER_DATA_DIR": str(folder)}, tmp_path)
    command = str(refused.value).rpartition(": ")[2]
    (folder / "old").write_text("a key")
    subprocess.run(command, shell=True, check=True)
    assert data_dir({"INSTALLER_DATA_DIR": str(folder)}, tmp_path) == folder
    assert stat.S_IMODE((folder / "old").stat().st_mode) & 0o077 == 0


def test_a_new_folder_is_closed(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        folder = data_dir({}, tmp_path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


LOOK = """
from pathlib import Path
from django.conf import settings
from django.contrib.auth.models import User
from common.ssh import keypair
keypair.ensure(settings.INSTALLER_SSH_KEY)
User.objects.update(first_name="x")
(settings.DATA_DIR / "build" / "z1-1").mkdir(parents=True)
(settings.DATA_DIR / "build" / "z1-1" / "new.deb").write_bytes(b"x")
for path in settings.DATA_DIR.rglob("*"):
    print(f"{path.stat().st_mode & 0o777:o} {path.relative_to(settings.DATA_DIR)}")
"""


def test_every_file_is_private_whatever_the_umask(tmp_path: Path) -> None:
    """Keep the database and its companions, key, secret and packages private: real commands under umask 000."""
    data = tmp_path / "data"
    environment = {
        **{
            key: value
            for key, value in os.environ.items()
            if key not in ("DATABASE_URL", "INSTALLER_SSH_KEY")
        },
        "INSTALLER_DATA_DIR": str(data),
        "DJANGO_SUPERUSER_USERNAME": "admin",
        "DJANGO_SUPERUSER_PASSWORD": "only-for-tests-1",
        "LOOK": LOOK,
    }
    script = f"""umask 000
{sys.executable} manage.py migrate --verbosity 0
{sys.executable} manage.py first_administrator >/dev/null
{sys.executable} manage.py shell --no-imports -c "$LOOK"
"""
    done = subprocess.run(
        ["sh", "-euc", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    modes = {name: mode for mode, name in (line.split(" ", 1) for line in done.stdout.splitlines())}
    kept = {
        "installer.sqlite3",
        "installer.sqlite3-wal",
        "installer.sqlite3-shm",
        "secret_key",
        "ssh/id_ed25519",
    }
    assert kept <= set(modes)
    assert {mode for name, mode in modes.items() if (data / name).is_dir()} == {"700"}
    assert {name: mode for name, mode in modes.items() if mode not in ("600", "700")} == {}
    assert modes["installer.sqlite3-wal"] == modes["build/z1-1/new.deb"] == "600"


def test_the_web_server_makes_private_files_too() -> None:
    code = "import os; import installer.wsgi; print(oct(os.umask(0)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0o77"


def test_a_command_says_it_in_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    done = subprocess.run(
        [sys.executable, "manage.py", "get_status"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "INSTALLER_DATA_DIR": str(tmp_path)},
    )
    assert done.returncode == 1 and "chmod -R go-rwx" in done.stderr and "Traceback" not in done.stderr
