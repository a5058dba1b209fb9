"""known_hosts files as OpenSSH reads them: compared with ssh-keygen -F, which looks names up as ssh(1) does."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from common.actor import Actor
from common.errors import Refused
from common.ssh.types import fingerprint
from jobs.models import Event, Job
from nodes.known_hosts import read_known_hosts
from nodes.models import Node
from nodes.services.add import add_nodes
from nodes.services.establish import establish_ssh
from tests.factories import host_key

ONE, TWO, THREE = host_key(1), host_key(2), host_key(3)


def found_by_ssh(path: Path, name: str) -> set[str]:
    """Return the keys that ssh-keygen(1) finds under a name."""
    done = subprocess.run(
        ["ssh-keygen", "-F", name, "-f", path], capture_output=True, text=True, check=False, timeout=60
    )
    lines = [line for line in done.stdout.splitlines() if line and not line.startswith(("#", "@"))]
    return {" ".join(line.split()[1:3]) for line in lines}


def test_names_are_looked_up_as_openssh_does(tmp_path: Path) -> None:
    """Look up plain and hashed names, ports, patterns, exclusions and several keys, in random files."""
    chance = random.Random(5)
    addresses = ["10.0.0.1", "10.0.0.21", "10.0.1.2", "fd00::1"]
    patterns = [
        "10.0.0.1",
        "10.0.0.*",
        "10.0.?.2*",
        "*",
        "!10.0.0.21",
        "[10.0.0.1]:2222",
        "fd00::1",
        "other",
        "1*.*.*.1",
    ]
    for number in range(40):
        path = tmp_path / f"known{number}"
        lines = ["# made by a test", ""]
        for _ in range(chance.randint(1, 6)):
            names = ",".join(chance.sample(patterns, chance.randint(1, 3)))
            lines.append(f"{names} {host_key(chance.randint(1, 4))} a comment")
        path.write_text("\n".join(lines) + "\n")
        if number % 2:
            done = subprocess.run(
                ["ssh-keygen", "-H", "-f", path], capture_output=True, timeout=60, check=False
            )
            assert done.returncode == 0, done.stderr
        known = read_known_hosts(path.read_bytes())
        for address in addresses:
            assert set(known.keys_of(address, 22)[0]) == found_by_ssh(path, address), path.read_text()
            with_port = found_by_ssh(path, f"[{address}]:2222")
            # Without one under its port ssh(1) takes that of the address (sshconnect.c, check_host_key).
            assert set(known.keys_of(address, 2222)[0]) == (with_port or found_by_ssh(path, address))


def test_markers_are_revoked_or_passed_over_in_words() -> None:
    text = f"@revoked * {TWO}\n@cert-authority *.site {THREE}\n10.0.0.1 {ONE}\n10.0.0.1 ssh-dss AAAAB3NzaC1kc3MAAAAB\n"
    known = read_known_hosts(text.encode(), "kh")
    assert known.keys_of("10.0.0.1", 22) == ((ONE,), (TWO,))
    assert known.keys_of("10.0.0.9", 22) == ((), (TWO,))
    assert [note.split(": ")[0] for note in known.notes] == ["kh:2", "kh:4"]
    assert "@cert-authority is ignored" in known.notes[0] and "ssh-dss is ignored" in known.notes[1]


def test_a_file_that_is_none_is_refused_line_by_line() -> None:
    bad = f"10.0.0.1 ssh-ed25519\n10.0.0.2 ssh-rsa {ONE.split()[1]}\n10.0.0.3 {ONE}\n@strange a {ONE}\n|1|x {TWO}\n"
    with pytest.raises(Refused) as caught:
        read_known_hosts(bad.encode(), "kh")
    assert [(item.code, item.line) for item in caught.value.findings] == [
        ("N83", 1),
        ("N83", 2),
        ("N83", 4),
        ("N83", 5),
    ]
    for nothing in (b"", b"# only this\n", b"\xff\xfe\x00", b"@cert-authority * " + THREE.encode() + b"\n"):
        with pytest.raises(Refused):
            read_known_hosts(nothing, "kh")


def test_many_stars_cost_nothing() -> None:
    stars = "*a" * 500 + "b"
    known = read_known_hosts(f"{stars} {ONE}\n".encode() * 50)
    assert known.keys_of("a" * 60, 22) == ((), ())


@pytest.mark.django_db(transaction=True)
def test_nodes_that_the_file_does_not_have_are_not_trusted_unasked(actor: Actor) -> None:
    add_nodes(addresses=["10.0.0.1-10.0.0.3"], actor=actor)
    Node.objects.filter(mgmt_address="10.0.0.3").update(
        host_key=THREE, host_key_fingerprint=fingerprint(THREE)
    )
    every = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
    text = f"10.0.0.1 {ONE}\n10.0.0.3 {TWO}\n@cert-authority * {ONE}\n".encode()
    with pytest.raises(Refused) as caught:
        establish_ssh(addresses=every, actor=actor, known_hosts=text, file="kh")
    assert [(item.code, item.node) for item in caught.value.findings] == [
        ("N85", "10.0.0.2"),
        ("N84", "10.0.0.3"),
    ]
    assert fingerprint(THREE) in str(caught.value) and fingerprint(TWO) in str(caught.value)
    assert not Job.objects.exists()
    job = establish_ssh(
        addresses=every,
        actor=actor,
        known_hosts=text,
        file="kh",
        accept_new=True,
        replace_host_keys=["10.0.0.3"],
    )
    assert job.params["known_hosts"]["10.0.0.1"] == {"keys": [ONE], "revoked": []}
    assert job.params["known_hosts"]["10.0.0.3"]["keys"] == [TWO]
    assert Event.objects.filter(job=job, line__startswith="kh:3: @cert-authority is ignored").exists()
