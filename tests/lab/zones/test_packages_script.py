"""Packages onto a machine where other programs install at the same time: the script with the real dpkg and apt-get.

They work in a folder of the test's own (dpkg(1), DPKG_ROOT and DPKG_ADMINDIR; apt.conf(5)), never on this machine's
packages.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from common.failure_reason import reason_of
from operations.packages.core import Package
from operations.scripts import component_script
from tests.support.memcacheds import need

TOOLS = "/usr/sbin:/usr/bin:/sbin:/bin"
HOLD = """
import fcntl, sys
files = [open(path, "w") for path in sys.argv[1:]]
for file in files:
    fcntl.lockf(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@dataclass
class Machine:
    """Folders that dpkg and apt-get take for a machine's, and tools beside them."""

    folder: Path
    tools: str = TOOLS

    def __post_init__(self) -> None:
        for name in ("root", "dpkg/info", "dpkg/updates", "packages", "bin", "pitrix/conf", "mirror"):
            (self.folder / name).mkdir(parents=True)
        for name in ("status", "available", "lock", "lock-frontend"):
            (self.folder / "dpkg" / name).touch()
        self.tool("supervisorctl", f'echo "$@" >>{self.folder}/supervised')
        self.tool("systemctl", "exit 0")

    def tool(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{self.folder}/bin:{self.tools}",
            "DPKG_ROOT": str(self.folder / "root"),
            "DPKG_ADMINDIR": str(self.folder / "dpkg"),
            "DPKG_FORCE": "not-root,script-chrootless,bad-path",
            "APT_CONFIG": str(self.folder / "apt.conf"),
            "WHERE": str(self.folder),
        }

    def start(self, component: str, settings: str = "", **values: str) -> subprocess.Popen[str]:
        script = component_script(component, settings, lock_wait_s=values.pop("lock_wait_s", "60"), **values)
        script = script.replace("/pitrix/", f"{self.folder}/pitrix/").replace("/var/", f"{self.folder}/var/")
        return subprocess.Popen(
            ["sh", "-c", script],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
        )

    def run(self, component: str, **values: str) -> tuple[int, str, str]:
        running = self.start(component, **values)
        out, err = running.communicate(timeout=120)
        return running.returncode, out, err

    def install(self, *site: Path, own: Sequence[Package] = (), **values: str) -> tuple[int, str, str]:
        return self.run("update_nodes", **self.delivery(*site, own=own), **values)

    def delivery(self, *site: Path, own: Sequence[Package] = ()) -> dict[str, str]:
        for item in own:
            (self.folder / "packages" / item.file_name).write_bytes(item.data)
        return {
            "package_folder": str(self.folder / "packages"),
            "site_files": "\n".join(path.name for path in site),
            "packages": "\n".join(f"{item.name}|{item.version}|{item.file_name}" for item in own),
        }

    def deb(
        self,
        name: str,
        version: str = "1",
        *,
        depends: str = "",
        postinst: str = "",
        conffile: str = "",
        folder: str = "packages",
    ) -> Path:
        """Make a package with dpkg-deb; ``conffile`` is the content of /etc/NAME.conf."""
        tree = self.folder / "tree" / f"{name}-{version}"
        (tree / "DEBIAN").mkdir(parents=True)
        (tree / "etc").mkdir()
        (tree / "etc" / f"{name}.conf").write_text(conffile or "a = 1\n")
        if conffile:
            (tree / "DEBIAN" / "conffiles").write_text(f"/etc/{name}.conf\n")
        (tree / "DEBIAN" / "control").write_text(
            f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: x <x@example.com>\n"
            + (f"Depends: {depends}\n" if depends else "")
            + "Description: of a test\n"
        )
        if postinst:
            script = tree / "DEBIAN" / "postinst"
            script.write_text(f"#!/bin/sh\nset -e\n{postinst}\n")
            script.chmod(0o755)
        path = self.folder / folder / f"{name}_{version}_all.deb"
        done = subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-b", str(tree), str(path)], capture_output=True
        )
        assert done.returncode == 0, done.stderr
        return path

    def status(self, name: str) -> str:
        done = subprocess.run(
            ["dpkg-query", "-W", "-f=${Version} ${Status}", name],
            capture_output=True,
            text=True,
            env=self.environment,
        )
        return done.stdout

    def dpkg(self, *args: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["dpkg", *args],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=self.environment,
        )

    @contextmanager
    def held(self, *names: str) -> Iterator[subprocess.Popen[str]]:
        """Hold these locks in another process, as dpkg and apt-get take them."""
        paths = [str(self.folder / name) for name in names]
        for path in paths:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        with subprocess.Popen(
            [sys.executable, "-c", HOLD, *paths], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout and process.stdin
            assert process.stdout.readline() == "held\n"
            yield process
            process.stdin.close()

    def apt(self) -> None:
        """Run apt-get, with ``mirror`` as its one repository."""
        for name in ("lists/partial", "cache/archives/partial", "etc", "log", "var/lib/apt/lists"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        here = self.folder
        index = subprocess.run(
            ["dpkg-scanpackages", "-m", "."], cwd=here / "mirror", capture_output=True, check=True
        )
        (here / "mirror" / "Packages").write_bytes(index.stdout)
        (here / "etc" / "sources.list").write_text(f"deb [trusted=yes] file:{here}/mirror ./\n")
        (here / "apt.conf").write_text(
            f'Dir::State "{here}";\nDir::State::status "{here}/dpkg/status";\nDir::State::lists "{here}/lists";\n'
            f'Dir::Cache "{here}/cache";\nDir::Etc "{here}/etc";\nDir::Etc::sourcelist "sources.list";\n'
            f'Dir::Etc::sourceparts "/dev/null";\nDir::Etc::preferencesparts "/dev/null";\n'
            f'Dir::Etc::parts "/dev/null";\nDir::Log "{here}/log";\nAPT::Sandbox::User "root";\n'
            'Acquire::Languages "none";\n'
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    for tool in ("dpkg", "dpkg-deb"):
        need(tool, "dpkg")
    return Machine(tmp_path)


OWN = [
    Package("pitrix-global-conf", "3.0+aa", {"/pitrix/conf/hosts": "10.0.0.1 a\n"}, "configuration"),
    Package("pitrix-vg-conf", "3.0+aa", {"/etc/supervisor/conf.d/vg.conf": "[program:a]\n"}, "services"),
]


def test_packages_come_and_are_left_alone_when_they_are_there(machine: Machine) -> None:
    code, out, err = machine.install(own=OWN)
    assert code == 0, err
    assert machine.status("pitrix-vg-conf") == "3.0+aa install ok installed"
    assert "pitrix-global-conf 3.0+aa installed\n" in out
    assert (machine.folder / "root/etc/supervisor/conf.d/vg.conf").read_text() == "[program:a]\n"
    code, out, err = machine.install(own=OWN)
    assert code == 0 and out.count("is already installed") == 2 and "Unpacking" not in out
    supervised = (machine.folder / "supervised").read_text().splitlines()
    assert [word for word in supervised if word != "status"] == ["reread", "update"] * 2


def test_the_same_version_in_another_epoch_is_another_version(machine: Machine) -> None:
    """Detect that dpkg, not allowed to downgrade, skipped the older version and still exited with 0."""
    machine.dpkg("-i", str(machine.deb("pitrix-vg-conf", "1:3.0+aa")))
    assert machine.status("pitrix-vg-conf") == "1:3.0+aa install ok installed"
    code, out, err = machine.install(own=OWN)
    assert code == 4 and "pitrix-vg-conf 3.0+aa" not in out
    assert "dpkg has not set up pitrix-vg-conf 3.0+aa: its state is 1:3.0+aa install ok installed\n" in err


def test_two_versions_of_a_package_of_a_site(machine: Machine) -> None:
    code, out, err = machine.install(
        machine.deb("aa-server", "1.0"), machine.deb("aa-server", "1.1"), own=OWN
    )
    assert code == 0, err
    assert machine.status("aa-server") == "1.1 install ok installed"
    assert "aa-server 1.1 installed" in out and "aa-server 1.0 installed" not in out


def test_packages_that_need_each_other_come_in_one_call(machine: Machine) -> None:
    second = machine.deb("aa-server", depends="zz-lib (>= 2)")
    first = machine.deb("zz-lib", "2", depends="pitrix-vg-conf")
    code, _, err = machine.install(second, first, own=OWN)
    assert code == 0, err
    assert machine.status("aa-server") == "1 install ok installed"


@pytest.mark.parametrize("lock", ["dpkg/lock-frontend", "dpkg/lock"])
def test_the_locks_of_dpkg_are_waited_for_and_their_holder_is_named(machine: Machine, lock: str) -> None:
    with machine.held(lock) as holder:
        running = machine.start("update_nodes", **machine.delivery(own=OWN))
        assert running.stdout
        line = running.stdout.readline()
        assert f"(pid {holder.pid}) is installing packages here: waiting up to " in line and "python" in line
        assert running.poll() is None and machine.status("pitrix-vg-conf") == ""
    _out, err = running.communicate(timeout=60)
    assert running.returncode == 0, err
    assert machine.status("pitrix-vg-conf") == "3.0+aa install ok installed"


def test_where_the_wait_ends_the_reason_says_who_has_them(machine: Machine) -> None:
    with machine.held("dpkg/lock-frontend") as holder:
        code, out, err = machine.install(own=OWN, lock_wait_s="3")
    assert code == 75
    reason = reason_of([err], [out])
    assert "is still installing packages here after" in reason and f"(pid {holder.pid})" in reason
    assert reason.endswith("after 3 s: wait until it has ended, then resume the job")


def test_a_lock_that_is_taken_after_the_look_is_met_by_trying_again(machine: Machine) -> None:
    """Retry on dpkg's own message: a lock may be missing in /proc/locks (another PID namespace) or taken later."""
    said = (
        "dpkg: error: dpkg frontend lock was locked by another process with pid 1717\n"
        "Note: removing the lock file is always wrong, can damage the locked area\n"
        "and the entire system. See <https://wiki.debian.org/Teams/Dpkg/FAQ#db-lock>."
    )
    machine.tool(
        "dpkg",
        f'case "$*" in *" -i "*) [ -e $WHERE/struck ] || {{ : >$WHERE/struck; echo "{said}" >&2; exit 2; }} ;; esac\n'
        'exec /usr/bin/dpkg "$@"',
    )
    code, out, err = machine.install(own=OWN)
    assert code == 0, err
    assert (
        "dpkg frontend lock was locked by another process with pid 1717) is installing packages here: waiting"
        in out
    )
    machine.tool("dpkg", f'case "$*" in *" -i "*) echo "{said}" >&2; exit 2 ;; esac\nexec /usr/bin/dpkg "$@"')
    code, out, err = machine.install(own=[Package("later", "1", {}, "x")], lock_wait_s="1")
    reason = reason_of([err], [out])
    assert code == 75
    assert "by another process with pid 1717) is still installing packages here after 1 s" in reason


def test_an_error_that_is_no_lock_is_not_waited_for(machine: Machine) -> None:
    bad = machine.folder / "packages" / "bad_1_all.deb"
    bad.write_bytes(b"not a package")
    begun = time.monotonic()
    code, out, err = machine.install(bad)
    assert code and "dpkg-deb: error: unexpected end of file in archive" in reason_of([err], [out])
    assert time.monotonic() - begun < 20


def test_a_file_that_a_person_changed_stays_and_nothing_is_asked(machine: Machine) -> None:
    assert machine.install(machine.deb("app", conffile="port = 1\n"))[0] == 0
    kept = machine.folder / "root/etc/app.conf"
    kept.write_text("port = 99\n")
    newer = machine.deb("app", "2", conffile="port = 2\n")
    asked = machine.dpkg("-i", str(newer))
    assert asked.returncode and "end of file on stdin at conffile prompt" in asked.stderr
    code, _, err = machine.install(newer)
    assert code == 0, err
    assert machine.status("app") == "2 install ok installed" and kept.read_text() == "port = 99\n"
    assert kept.with_name("app.conf.dpkg-dist").read_text() == "port = 2\n"


def test_what_an_interruption_left_half_done_is_finished_first(machine: Machine) -> None:
    broken = machine.deb("app", postinst="[ -e $WHERE/ready ] || { echo app: no license >&2; exit 1; }")
    code, out, err = machine.install(broken)
    assert code and machine.status("app") == "1 install ok half-configured"
    assert reason_of([err], [out]).startswith("app: no license (dpkg: error processing package app")
    (machine.folder / "ready").touch()
    code, out, err = machine.install(own=OWN)
    assert code == 0, err
    assert "packages were left half-installed here: running dpkg --configure -a" in out
    assert machine.status("app") == "1 install ok installed"


def test_a_package_of_somebody_else_that_stays_broken_does_not_keep_ours_out(machine: Machine) -> None:
    theirs = machine.deb("theirs", postinst="echo theirs: broken for ever >&2; exit 1")
    assert machine.dpkg("-i", str(theirs)).returncode
    code, _, err = machine.install(own=OWN)
    assert code == 0 and "theirs: broken for ever" in err
    assert machine.status("pitrix-vg-conf") == "3.0+aa install ok installed"


@pytest.fixture
def apt(machine: Machine) -> Machine:
    for tool in ("apt-get", "dpkg-scanpackages"):
        need(tool, "dpkg-dev")
    machine.deb("supervisor", "4.2", folder="mirror")
    machine.apt()
    # This machine may have a supervisor of its own: all of its tools but that.
    (machine.folder / "bin" / "supervisorctl").unlink()
    tools = machine.folder / "tools"
    tools.mkdir()
    for folder in TOOLS.split(":"):
        for tool in Path(folder).iterdir():
            if tool.name != "supervisorctl" and not (tools / tool.name).is_symlink():
                (tools / tool.name).symlink_to(tool)
    machine.tools = str(tools)
    return machine


SETTINGS = 'role="vg"\nzone_id="z1"\n'


def post(machine: Machine, **values: str) -> tuple[int, str, str]:
    running = start_post(machine, **values)
    out, err = running.communicate(timeout=120)
    return running.returncode, out, err


def start_post(machine: Machine, **values: str) -> subprocess.Popen[str]:
    return machine.start("post", SETTINGS, **values)


def test_lists_of_a_new_machine_are_read_before_it_is_said_that_a_package_is_missing(apt: Machine) -> None:
    code, out, err = post(apt)
    assert code == 0, err
    assert "running apt-get update, then trying again" in out
    assert apt.status("supervisor") == "4.2 install ok installed"
    assert (apt.folder / "pitrix/conf/role").read_text() == "vg\n"


@pytest.mark.parametrize("lock", ["dpkg/lock-frontend", "var/lib/apt/lists/lock"])
def test_apt_waits_for_the_lock_too(apt: Machine, lock: str) -> None:
    with apt.held(lock) as holder:
        running = start_post(apt)
        assert running.stdout
        assert running.stdout.readline() == "installing supervisor\n"
        assert f"(pid {holder.pid}) is installing packages here: waiting" in running.stdout.readline()
    out, err = running.communicate(timeout=60)
    assert running.returncode == 0, out + err
    assert apt.status("supervisor") == "4.2 install ok installed"


def test_apt_that_cannot_find_it_says_so(apt: Machine) -> None:
    (apt.folder / "mirror" / "Packages").write_text("")
    code, out, err = post(apt)
    assert code and "Unable to locate package supervisor" in reason_of([err], [out])


def test_apt_is_not_stopped_by_a_package_that_was_interrupted(apt: Machine) -> None:
    app = apt.deb("app", postinst="[ -e $WHERE/ready ] || exit 1")
    assert apt.dpkg("-i", str(app)).returncode
    (apt.folder / "ready").touch()
    code, _, err = post(apt)
    assert code == 0, err
    assert apt.status("app") == "1 install ok installed"
