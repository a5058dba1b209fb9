"""The scripts of components, whole as sent to a node: every shell there can read them, shellcheck finds nothing."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from operations import scripts as install

# No components: what others begin with.
SHARED = {"settings", *(name for names in install._SHARED.values() for name in names)}
COMPONENTS = sorted(install._FILES.keys() - SHARED)


@pytest.mark.parametrize("component", COMPONENTS)
@pytest.mark.parametrize("argv", [["dash", "-n"], ["bash", "-n"], ["busybox", "sh", "-n"]], ids=" ".join)
def test_every_shell_reads_it(component: str, argv: list[str]) -> None:
    if shutil.which(argv[0]) is None:
        pytest.skip(f"{argv[0]} is not installed here")
    done = subprocess.run(argv, input=install.component_script(component), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("component", COMPONENTS)
def test_shellcheck_finds_nothing(component: str) -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed here (apt-get install shellcheck)")
    # What the values before the script assign is not known there.
    argv = ["shellcheck", "-s", "sh", "-e", "SC2154", "-"]
    done = subprocess.run(argv, input=install.component_script(component), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
