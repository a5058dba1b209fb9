"""Every recorded output is read by a test, or listed here with the reason why none of it is ours to read.

A file counts as read when the folder's name and its own both stand in one test (its parameters, its body and the
functions of its module that it calls); an f-string or a pattern with ``*`` names all files that it fits. A name that
stands in one row with a folder counts for that folder only.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.support.sections import FIXTURES

TESTS = Path(__file__).resolve().parents[2]

NOT_OURS = {
    "*/SOURCE.txt": "where the outputs come from",
    "pve-*/*_smart": "wear and health of a drive: no fact of a node",
    "pve-*/*_smart_expected.json": "wear and health of a drive: no fact of a node",
    "pve-*/*_health": "wear and health of a drive: no fact of a node",
    "node-debug-dashboard-k8s-node/dmesg-iso.txt": "the kernel's log",
    "node-debug-dashboard-k8s-node/etcd-status.json": "state of a cluster",
    "node-debug-dashboard-k8s-node/proc-pid-*.txt": "state of a process",
    "hwbench-lscpu-nvme-numa/ipmitool-1818.txt": "sensors",
    "hwbench-lscpu-nvme-numa/numa-2domains.txt": "which memory is near which core: no fact of a node",
    "infix-bridge-mdb/ethtool_--json_e1.json": "modes of a port; speed and link come from the kernel's files",
    "infix-containers-netns/ip_-j_netns_list.json": "names of namespaces; their links are not listed to us",
    "infix-system/df_*": "how full file systems are",
    "insights-dmidecode-odd/multipath-v4-ll.txt": "multipath -ll: LUNs and their paths come from lsblk and the kernel",
    "jc-centos-7.7/free.txt": "memory comes from /proc/meminfo",
    "jc-centos-7.7/lsusb.txt": "what is on USB comes from the path of the disk",
    "jc-ubuntu-18.04/df-h.txt": "rounded; df.txt is read",
    "jc-linux-proc/diskstats": "traffic of disks",
    "jc-linux-proc/net_*": "links and routes come from ip",
    "jc-linux-proc/partitions": "block devices come from lsblk",
    "jc-linux-proc/scsi_scsi": "of the time before sysfs",
    "jc-linux-proc/uptime": "how long a machine runs",
    "jc-linux-proc/version": "the kernel's release comes from uname",
    "node-exporter-proc/diskstats": "traffic of disks",
}


def _modules() -> Iterator[ast.Module]:
    for path in sorted(TESTS.glob("*/nodes/**/test_*.py")):
        if path != Path(__file__).resolve():
            yield ast.parse(path.read_text(encoding="utf-8"))


def _texts(node: ast.AST) -> Iterator[str]:
    """Return text constants; the holes of an f-string become ``*``."""
    if isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    else:
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)


def _tests() -> Iterator[list[ast.AST]]:
    """Return each test with everything in its module that it names."""
    for module in _modules():
        own: dict[str, ast.AST] = {}
        for node in module.body:
            names = [node.name] if isinstance(node, ast.FunctionDef) else []
            names += [part.id for part in getattr(node, "targets", []) if isinstance(part, ast.Name)]
            own.update(dict.fromkeys(names, node))
        for name in own:
            if name.startswith("test_"):
                yield [own[part] for part in _reached(name, own)]


def _reached(name: str, own: dict[str, ast.AST]) -> set[str]:
    found: set[str] = set()
    pending = [name]
    while pending:
        current = pending.pop()
        if current in own and current not in found:
            found.add(current)
            pending += [node.id for node in ast.walk(own[current]) if isinstance(node, ast.Name)]
    return found


def _named(parts: list[ast.AST], folders: set[str]) -> Iterator[tuple[str, str]]:
    """Return ``(folder, name or pattern)`` of what one test names."""
    words = {text for part in parts for text in _texts(part)}
    rows = [
        {text for child in ast.iter_child_nodes(node) for text in _own_text(child)}
        for part in parts
        for node in ast.walk(part)
        if isinstance(node, ast.Tuple | ast.Call)
    ]
    together = {(folder, word) for row in rows for folder in row & folders for word in row - folders}
    bound = {word for _, word in together}
    yield from together
    yield from ((folder, word) for folder in words & folders for word in words - folders - bound)


def _own_text(node: ast.AST) -> Iterator[str]:
    return _texts(node) if isinstance(node, ast.Constant | ast.JoinedStr) else iter(())


def _fits(path: str, word: str) -> bool:
    return path == word or (len(word.replace("*", "")) > 3 and "*" in word and fnmatchcase(path, word))


@pytest.fixture(scope="module")
def recorded_paths() -> list[str]:
    if not FIXTURES.is_dir():
        pytest.skip("the recorded hardware is not here")
    return sorted(path.relative_to(FIXTURES).as_posix() for path in FIXTURES.rglob("*") if path.is_file())


@pytest.fixture(scope="module")
def unread(recorded_paths: list[str]) -> list[str]:
    """Return outputs that no test names together with their folder."""
    folders = {path.partition("/")[0] for path in recorded_paths}
    told: dict[str, set[str]] = {folder: set() for folder in folders}
    for parts in _tests():
        for folder, word in _named(parts, folders):
            told[folder].add(word)
    split = (path.partition("/") for path in recorded_paths)
    return [
        f"{folder}/{name}" for folder, _, name in split if not any(_fits(name, word) for word in told[folder])
    ]


def test_every_recorded_output_is_read_or_not_ours(unread):
    missing = [path for path in unread if not any(fnmatchcase(path, pattern) for pattern in NOT_OURS)]
    assert missing == []


def test_every_machine_has_a_test(recorded_paths, unread):
    folders = {path.partition("/")[0] for path in recorded_paths}
    assert len(folders) == 86
    assert folders == {path.partition("/")[0] for path in recorded_paths if path not in unread}


def test_no_reason_stands_for_what_is_read_after_all(recorded_paths, unread):
    for pattern in NOT_OURS:
        named = [path for path in recorded_paths if fnmatchcase(path, pattern)]
        assert named, f"{pattern} names nothing"
        assert [path for path in named if path not in unread] == []
