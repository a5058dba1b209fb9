"""The reason of a failed command: real last lines of real tools, and the line that a person needs of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from common.failure_reason import MAX_CHARS, reason_of

# (what standard error was, the reason)
CASES = {
    "dpkg lock": (
        "dpkg: error: dpkg frontend lock was locked by another process with pid 1717\n"
        "Note: removing the lock file is always wrong, can damage the locked area\n"
        "and the entire system. See <https://wiki.debian.org/Teams/Dpkg/FAQ#db-lock>.\n",
        "dpkg: error: dpkg frontend lock was locked by another process with pid 1717",
    ),
    "two packages with one file": (
        "dpkg: error processing archive b.deb (--unpack):\n"
        " trying to overwrite '/usr/bin/x', which is also in package a 1.0\n"
        "dpkg-deb: error: paste subprocess was killed by signal (Broken pipe)\n"
        "Errors were encountered while processing:\n b.deb\n",
        "dpkg: error processing archive b.deb (--unpack): trying to overwrite '/usr/bin/x', which is also in package a 1.0",
    ),
    "what a package needs": (
        "The following packages have unmet dependencies:\n foo : Depends: bar (>= 2) but 1 is to be installed\n"
        "E: Unable to correct problems, you have held broken packages.\n",
        "The following packages have unmet dependencies: foo : Depends: bar (>= 2) but 1 is to be installed",
    ),
    "dpkg lock of 1.19": (
        "dpkg: error: dpkg status database is locked by another process\n",
        "dpkg: error: dpkg status database is locked by another process",
    ),
    "apt lock": (
        "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1717 (unattended-upgr)\n"
        "N: Be aware that removing the lock file is not a solution and may break your system.\n"
        "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?\n",
        "E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 1717 (unattended-upgr)",
    ),
    "apt lists lock": (
        "E: Could not get lock /var/lib/apt/lists/lock - open (11: Resource temporarily unavailable)\n"
        "E: Unable to lock directory /var/lib/apt/lists/\n",
        "E: Could not get lock /var/lib/apt/lists/lock - open (11: Resource temporarily unavailable)",
    ),
    "conffile prompt": (
        "dpkg: error processing package app (--install):\n"
        " end of file on stdin at conffile prompt\n"
        "Errors were encountered while processing:\n"
        " app\n",
        "dpkg: error processing package app (--install): end of file on stdin at conffile prompt",
    ),
    "script of a package": (
        "app: cannot reach the license server\n"
        "dpkg: error processing package app (--configure):\n"
        " installed app package post-installation script subprocess returned error exit status 1\n"
        "Errors were encountered while processing:\n"
        " app\n"
        "E: Sub-process /usr/bin/dpkg returned an error code (1)\n",
        "app: cannot reach the license server (dpkg: error processing package app (--configure): installed app "
        "package post-installation script subprocess returned error exit status 1)",
    ),
    "dependencies": (
        "dpkg: dependency problems prevent configuration of two:\n"
        " two depends on one; however:\n"
        "  Package one is not installed.\n"
        "\n"
        "dpkg: error processing package two (--install):\n"
        " dependency problems - leaving unconfigured\n"
        "Errors were encountered while processing:\n"
        " two\n",
        "dpkg: dependency problems prevent configuration of two: two depends on one; however: "
        "Package one is not installed.",
    ),
    "damaged archive": (
        "dpkg-deb: error: 'a.deb' is not a Debian format archive\n"
        "dpkg: error processing archive a.deb (--install):\n"
        " dpkg-deb --control subprocess returned error exit status 2\n"
        "Errors were encountered while processing:\n"
        " a.deb\n",
        "dpkg-deb: error: 'a.deb' is not a Debian format archive (dpkg: error processing archive a.deb (--install): "
        "dpkg-deb --control subprocess returned error exit status 2)",
    ),
    "apt without network": (
        "E: Failed to fetch http://deb.debian.org/debian/pool/main/s/supervisor.deb  Temporary failure resolving "
        "'deb.debian.org'\n"
        "E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?\n",
        "E: Failed to fetch http://deb.debian.org/debian/pool/main/s/supervisor.deb  Temporary failure resolving "
        "'deb.debian.org'",
    ),
    "apt with debconf's noise": (
        "debconf: unable to initialize frontend: Dialog\n"
        "debconf: (TERM is not set, so the dialog frontend is not usable.)\n"
        "debconf: falling back to frontend: Readline\n"
        "dpkg-preconfigure: unable to re-open stdin: \n"
        "E: Unable to locate package supervisor\n",
        "E: Unable to locate package supervisor",
    ),
    "only noise before the error": (
        "perl: warning: Setting locale failed.\n"
        "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem. \n"
        "debconf: falling back to frontend: Teletype\n",
        "E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem.",
    ),
    "apt clock": (
        "E: Release file for http://a/b/InRelease is not valid yet (invalid for another 3h 2min 1s). Updates for "
        "this repository will not be applied.\n",
        "E: Release file for http://a/b/InRelease is not valid yet (invalid for another 3h 2min 1s). Updates for "
        "this repository will not be applied.",
    ),
    "apt repository": (
        "E: The repository 'http://a bookworm Release' does not have a Release file.\n"
        "N: Updating from such a repository can't be done securely, and is therefore disabled by default.\n"
        "N: See apt-secure(8) manpage for repository creation and user configuration details.\n",
        "E: The repository 'http://a bookworm Release' does not have a Release file.",
    ),
    "zpool in use": (
        "invalid vdev specification\n"
        "use '-f' to override the following errors:\n"
        "/dev/sdb1 is part of active pool 'tank'\n",
        "invalid vdev specification: /dev/sdb1 is part of active pool 'tank'",
    ),
    "zpool busy": (
        "cannot create 'vpool': one or more devices is currently unavailable\n",
        "cannot create 'vpool': one or more devices is currently unavailable",
    ),
    "zpool without module": (
        "The ZFS modules are not loaded.\nTry running '/sbin/modprobe zfs' as root to load them.\n",
        "The ZFS modules are not loaded.",
    ),
    "drbdadm": (
        "0: Failure: (104) Can not open backing device.\n"
        "Command 'drbdsetup attach 0 /dev/sdb /dev/sdb internal' terminated with exit code 10\n",
        "0: Failure: (104) Can not open backing device.",
    ),
    "drbdadm config": (
        "/etc/drbd.d/vm.res:6: in resource vm, on h2 { ... }:\n\tIP 10.0.0.2 not found on this host.\n",
        "/etc/drbd.d/vm.res:6: in resource vm, on h2 { ... }: IP 10.0.0.2 not found on this host.",
    ),
    "mkfs": (
        "mke2fs 1.47.0 (5-Feb-2023)\n/dev/sdb is apparently in use by the system; will not make a filesystem here!\n",
        "/dev/sdb is apparently in use by the system; will not make a filesystem here!",
    ),
    "mount": (
        "mount: /pitrix: wrong fs type, bad option, bad superblock on /dev/sdb, missing codepage or helper program, "
        "or other error.\n       dmesg(1) may have more information after failed mount system call.\n",
        "mount: /pitrix: wrong fs type, bad option, bad superblock on /dev/sdb, missing codepage or helper program, "
        "or other error.",
    ),
    "systemctl": (
        "Job for supervisor.service failed because the control process exited with error code.\n"
        'See "systemctl status supervisor.service" and "journalctl -xeu supervisor.service" for details.\n',
        "Job for supervisor.service failed because the control process exited with error code.",
    ),
    "no systemd": (
        "System has not been booted with systemd as init system (PID 1). Can't operate.\n"
        "Failed to connect to bus: Host is down\n",
        "System has not been booted with systemd as init system (PID 1). Can't operate.",
    ),
    "haproxy": (
        "[NOTICE]   (30742) : haproxy version is 2.6.12-1+deb12u4\n"
        "[ALERT]    (30742) : config : parsing [h.cfg:2] : unknown keyword 'foo' in 'global' section\n"
        "[ALERT]    (30742) : config : Error(s) found in configuration file : h.cfg\n"
        "[ALERT]    (30742) : config : Fatal errors found in configuration.\n",
        "[ALERT]    (30742) : config : parsing [h.cfg:2] : unknown keyword 'foo' in 'global' section",
    ),
    "python": (
        "Traceback (most recent call last):\n"
        '  File "manage.py", line 3, in <module>\n'
        "    raise error()\n"
        "KeyError: 'zone'\n"
        "\n"
        "During handling of the above exception, another exception occurred:\n"
        "\n"
        "Traceback (most recent call last):\n"
        '  File "/usr/lib/python3/dist-packages/psycopg2/__init__.py", line 122, in connect\n'
        "    conn = _connect(dsn, connection_factory=connection_factory, **kwasync)\n"
        'psycopg2.OperationalError: connection to server at "pg0", port 5432 failed: Connection refused\n'
        "\tIs the server running on that host and accepting TCP/IP connections?\n",
        'psycopg2.OperationalError: connection to server at "pg0", port 5432 failed: Connection refused',
    ),
    "dash": ("./j-1-1.sh: 7: zpool: not found\n", "./j-1-1.sh: 7: zpool: not found"),
    "bash": ("bash: line 3: zpool: command not found\n", "bash: line 3: zpool: command not found"),
    "busybox": ("sh: zpool: not found\n", "sh: zpool: not found"),
    "curl": (
        "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
        "  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0\n"
        "curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server\n",
        "curl: (7) Failed to connect to 127.0.0.1 port 1 after 0 ms: Couldn't connect to server",
    ),
    "ssh": (
        "Pseudo-terminal will not be allocated because stdin is not a terminal.\n"
        "ssh: connect to host 127.0.0.1 port 1: Connection refused\n",
        "ssh: connect to host 127.0.0.1 port 1: Connection refused",
    ),
    "tar": (
        "tar: /nope: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now\n",
        "tar: /nope: Cannot open: No such file or directory",
    ),
    "rsync": (
        'rsync: [sender] link_stat "/nope" failed: No such file or directory (2)\n'
        "rsync error: some files/attrs were not transferred (see previous errors) (code 23) at main.c(1338)\n",
        'rsync: [sender] link_stat "/nope" failed: No such file or directory (2)',
    ),
    "make": (
        "cc: fatal error: no input files\ncompilation terminated.\nmake: *** [Makefile:3: all] Error 1\n",
        "cc: fatal error: no input files",
    ),
    "useradd": ("useradd: user 'yop' already exists\n", "useradd: user 'yop' already exists"),
    "modprobe": (
        "modprobe: FATAL: Module drbd not found in directory /lib/modules/5.10.0-8-amd64\n",
        "modprobe: FATAL: Module drbd not found in directory /lib/modules/5.10.0-8-amd64",
    ),
    "pip": (
        "ERROR: Could not find a version that satisfies the requirement nope (from versions: none)\n"
        "ERROR: No matching distribution found for nope\n"
        "WARNING: You are using pip version 20.3.4; however, version 23.0 is available.\n"
        "You should consider upgrading via the 'python3 -m pip install --upgrade pip' command.\n",
        "ERROR: No matching distribution found for nope",
    ),
    "usage": (
        "mkfs.ext4: invalid option -- 'Z'\nUsage: mkfs.ext4 [-c|-l filename] [-b block-size]\n\t[-C cluster-size]\n",
        "mkfs.ext4: invalid option -- 'Z'",
    ),
    "try --help": (
        "sort: unrecognized option '--nope'\nTry 'sort --help' for more information.\n",
        "sort: unrecognized option '--nope'",
    ),
    "killed": ("working\nKilled\n", "Killed"),
    "our own sentence after a tolerated error": (
        "Failed to stop haproxy.service: Unit haproxy.service not loaded.\n"
        "error: interface bond0 does not carry 10.0.0.2: collect the node again\n",
        "interface bond0 does not carry 10.0.0.2: collect the node again",
    ),
    "nothing speaks of an error": ("one\ntwo\n\n  \n", "two"),
    "notes only": ("Note: nothing else\n", "Note: nothing else"),
    "nothing": ("\n \n", ""),
}


@pytest.mark.parametrize("name", CASES)
def test_the_line_that_says_why(name: str) -> None:
    text, wanted = CASES[name]
    assert reason_of(text.splitlines()) == wanted
    assert reason_of([text]) == wanted, "however it is cut"
    quiet = reason_of([], text.splitlines())
    assert quiet == wanted, "on standard output, where nothing else was said"


@pytest.mark.parametrize(
    ("err", "out", "wanted"),
    [
        ("", "compute_server: ERROR (no such process)\n", "compute_server: ERROR (no such process)"),
        ("", "unix:///run/supervisor.sock no such file\n", "unix:///run/supervisor.sock no such file"),
        (
            "options.py:298: UserWarning: Supervisord is running as root\n",
            "unix:///run/supervisor.sock refused connection\n",
            "unix:///run/supervisor.sock refused connection",
        ),
        ("cp: cannot stat 'a': No such file\n", "x: ERROR (spawn error)\n", "cp: cannot stat 'a': No such file"),
        ("it is Tuesday\n", "0 errors, 3 missing\n", "it is Tuesday"),
        ("", "host name is devops1ar02n02\n", "host name is devops1ar02n02"),
    ],
)  # fmt: skip
def test_standard_output_counts_where_standard_error_says_little(err: str, out: str, wanted: str) -> None:
    assert reason_of([err], [out]) == wanted


def test_hostile_output_is_bounded_and_quick() -> None:
    begun = time.monotonic()
    for text in (
        "a:" * 2_000_000,
        "error: " + "x" * 1_000_000,
        "E: \n" * 300_000,
        "error:\n" + " y\n" * 300_000,
        "Traceback (most recent call last):\n" * 50_000,
        "-" * 900_000 + "!",
        " ".join(["exited"] * 200_000),
    ):
        assert len(reason_of([text])) <= MAX_CHARS
    assert time.monotonic() - begun < 5


# The supervisor of requirements-dev.txt stands beside Python.
PATH = f"{Path(sys.executable).parent}:/usr/sbin:/sbin:{os.environ['PATH']}"
REAL = [
    (["dash", "-c", "zpool_x list"], "zpool_x: not found"),
    (["busybox", "sh", "-c", "zpool_x list"], "zpool_x: not found"),
    (["mount", "/nonexistent", "/mnt"], "special device /nonexistent does not exist"),
    (["tar", "xf", "/nonexistent"], "/nonexistent: Cannot open: No such file or directory"),
    (["dpkg", "-i", "/nonexistent.deb"], "cannot access archive '/nonexistent.deb'"),
    (["haproxy", "-c", "-f", "/nonexistent"], "/nonexistent"),
    ([sys.executable, "-c", "import no_such_module"], "ModuleNotFoundError: No module named 'no_such_module'"),
    (["supervisorctl", "-s", "unix:///nonexistent.sock", "status"], "unix:///nonexistent.sock no such file"),
    (["ip", "link", "set", "nosuch0", "up"], 'Cannot find device "nosuch0"'),
]  # fmt: skip


@pytest.mark.parametrize(("argv", "wanted"), REAL, ids=[Path(argv[0]).name for argv, _ in REAL])
def test_tools_of_this_machine(argv: list[str], wanted: str) -> None:
    tool = shutil.which(argv[0], path=PATH)
    assert tool, f"{argv[0]} is needed: scripts/test-packages.sh installs it"
    done = subprocess.run(
        [tool, *argv[1:]], capture_output=True, text=True, env={"LC_ALL": "C", "PATH": PATH}, timeout=30
    )
    assert done.returncode and wanted in reason_of([done.stderr], [done.stdout])
