"""The seven example zones with the machines they are meant for; run as a module it writes the golden files anew."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from lab import profiles
from zones.core.documents import load_settings, load_variables
from zones.core.plan import PlanResult, make_plan
from zones.core.plan_input import Documents
from zones.core.world import DiskView, NicView, NodeView, World

FOLDER = Path(__file__).parents[4] / "zones" / "archives"
GOLDEN = Path(__file__).parent / "golden" / "archives"
NAMES = (
    *("devops/devops1a", "devops/devops1b"),
    *("fusion/devops1a", "fusion/devops1b", "fusion/devops1c"),
    *("standard/devops1a", "standard/devops1b"),
)


def load(name: str) -> Documents:
    """Load the documents of an example; a finding of loading fails the test."""
    zone_id = name.partition("/")[2]
    files = {
        stem: (FOLDER / name / f"{stem}.{zone_id}.yaml").read_bytes() for stem in ("settings", "variables")
    }
    settings, first = load_settings(f"settings.{zone_id}.yaml", files["settings"], "zone")
    variables, second = load_variables(f"variables.{zone_id}.yaml", files["variables"])
    assert settings is not None and variables is not None, (first, second)
    assert not first and not second
    return Documents("zone", settings, variables)


def plan(name: str, edit: Any = None) -> PlanResult:
    """Plan an example over machines of the lab's profiles."""
    documents = load(name)
    nodes = tuple(
        machine(entry.role, entry.address, index, documents.settings.zone_id)
        for index, entry in enumerate(documents.settings.roles.values(), 1)
    )
    return make_plan(documents, World(nodes=nodes))


def machine(role: str, address: str, index: int, zone_id: str) -> NodeView:
    """Return a machine as its collection would describe one of the profile that goes with the role."""
    data = profiles.load(role, address, index)
    disks = {bool(item.get("os")): [] for item in data["disks"]} | {True: [], False: []}
    for item in data["disks"]:
        disks[bool(item.get("os"))].append(_disk(item))
    nics = tuple(_nic(item) for item in data["nics"])
    route = data["routes"][0]
    return NodeView(
        node_id=f"n-{index:08d}",
        address=address,
        hostname=f"{zone_id}r01n{index:02d}",
        status="available",
        cpu_arch=data["arch"],
        cpu_cores=data["cpu"]["sockets"] * data["cpu"]["cores_per_socket"],
        memory_bytes=data["memory_kib"] * 1024,
        os_name=data["os"]["id"],
        os_version=data["os"]["version_id"],
        host_key_fingerprint=f"SHA256:{index:043d}",
        qemu_version=data["qemu_version"] or "",
        os_disk=disks[True][0],
        data_disks=tuple(disks[False]),
        nics=nics,
        mgmt_interface=next(nic.name for nic in nics if nic.address == address),
        default_interface=route["dev"],
        default_gateway=route["via"],
    )


def _disk(item: dict[str, Any]) -> DiskView:
    kind = "sata" if item["rota"] else "ssd"
    bus = "ata" if item.get("tran") == "sata" else "scsi"
    model = item["model"].replace(" ", "_")
    by_id = f"{bus}-{model}_{item['serial']}"
    return DiskView(
        item["name"], kind, item["size"], by_id, f"0x{item['wwn']}", item["serial"], item["model"]
    )


def _nic(item: dict[str, Any]) -> NicView:
    address, _, prefix = next(iter(item.get("addresses", ())), "").partition("/")
    return NicView(
        name=item["name"],
        mac=item["mac"],
        type=item["type"],
        address=address,
        prefix=int(prefix) if prefix else None,
        bond_mode=item.get("mode", ""),
        slaves=tuple(item.get("slaves", ())),
        vlan_id=item.get("id"),
        raw_device=item.get("link_to", ""),
    )


def golden_text(result: PlanResult) -> str:
    """Return findings and every rendered file, one after another."""
    blocks = [f"==> findings <==\n{_lines(item.sentence() for item in result.findings)}"]
    blocks += [f"==> {item.path} <==\n{item.content}" for item in result.files]
    return "\n".join(blocks)


def _lines(items: Iterable[str]) -> str:
    return "".join(f"{item}\n" for item in items)


def golden_path(name: str) -> Path:
    """Return where the golden file of an example lies."""
    return GOLDEN / f"{name.replace('/', '-')}.txt"


if __name__ == "__main__":
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for example in NAMES:
        golden_path(example).write_text(golden_text(plan(example)))
