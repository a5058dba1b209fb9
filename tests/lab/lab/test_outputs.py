"""What is generated for a described machine without a node is what the collection script reads inside one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lab import Lab, outputs, profiles
from nodes.collection import build_command, frames

from .conftest import Ssh

NONCE = "0123456789abcdef"
MACHINES = Path(__file__).resolve().parents[2] / "machines"
# Not from the description; /proc/self/mounts shows the kernel's view (lab/README.md), /proc/mounts is compared.
NOT_DESCRIBED = {
    *("meta", "clock", "clock-end", "timedatectl", "chronyc", "ntpq", "qemu", "hostname"),
    *("mounts", "no-block-device", "wipefs", "pvs", "zpool", "mdstat", "bonding", "vlan", "udev-links"),
}


@pytest.mark.parametrize(
    "profile",
    [
        "hyper-pieces",
        "hyper-old",
        str(MACHINES / "live-lun-over-two-paths.yaml"),
        str(MACHINES / "arrays-root-on-volume.yaml"),
        str(MACHINES / "pc-encrypted-root-two-usb.yaml"),
        str(MACHINES / "laptop-full-of-containers.yaml"),
    ],
)
def test_generated_sections_are_those_of_a_node(lab: Lab, ssh: Ssh, profile: str) -> None:
    node = lab.add(profile, authorized_keys=[ssh.public])
    argv, script = build_command(NONCE)
    done = ssh.run(node, " ".join(argv), input=script)
    found = frames.parse(done.stdout, NONCE)
    facts = node.facts()
    generated = outputs.sections(facts, outputs.Form(facts["util_linux"]), node.address)
    compared = generated.keys() - NOT_DESCRIBED
    assert {
        "lsblk-json",
        "sysfs-block",
        "sysfs-net",
        "ip-link",
        "ip-addr",
        "dmidecode",
        "cpuinfo",
    } <= compared
    assert ssh.out(node, "cat /proc/mounts") == generated["mounts"]
    for name in sorted(compared):
        assert found[name].status == "ok", (name, found[name])
        assert tidy(name, found[name].stdout) == tidy(name, generated[name]), name


def tidy(name: str, text: str) -> list[str]:
    """Return the lines without the dates that a listing adds."""
    if name == "by-id":
        return sorted(match[0] for match in re.finditer(r"\S+ -> \S+", text))
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def test_every_profile_has_the_sections_of_every_form() -> None:
    for profile in profiles.names():
        facts = profiles.load(profile, "127.1.0.11", 1)
        for form in outputs.FORMS.values():
            assert {"uname", f"lsblk-{form.lsblk}", "sysfs-net", "lscpu"} <= outputs.sections(
                facts, form
            ).keys()
