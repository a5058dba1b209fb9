"""The demo's site: its machines, and the configuration files of its zone."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

from lab.lab import Lab

ZONE = "devops1a"
PORT = 2222
GATEWAY = 1  # last number of the gateway of a demo's network


@dataclass(frozen=True)
class Machine:
    """A simulated server: last number of its address, host name, hardware."""

    number: int
    hostname: str
    profile: str
    role: str


KS = Machine(11, f"{ZONE}r01n01", "ks", "ks")
OLD_HYPERS = (
    Machine(12, f"{ZONE}r01n02", "hyper-repl", "hyper-repl"),
    Machine(13, f"{ZONE}r01n03", "hyper-repl", "hyper-repl"),
)
VG = Machine(20, f"{ZONE}r02n01", "vg", "vg")
NEW_HYPERS = (
    # One of its SSDs sits behind the RAID controller, which reports it as a SATA disk.
    Machine(21, f"{ZONE}r02n02", "hyper-repl-raid", "hyper-repl"),
    *(
        Machine(number, f"{ZONE}r02n{number - 19:02d}", "hyper-repl", "hyper-repl")
        for number in range(22, 27)
    ),
)
EXISTING = (KS, *OLD_HYPERS)
JOINING = (VG, *NEW_HYPERS)


@dataclass(frozen=True)
class Site:
    """Addresses of the demo's machines: ``127.NET.0.x``, so that two demos at once do not collide."""

    net: int
    folder: Path

    def address(self, machine: Machine) -> str:
        """Return the management address of a machine."""
        return f"127.{self.net}.0.{machine.number}"

    def build(self, password: str) -> None:
        """Create the machines; nothing of the console is on them."""
        lab = Lab(self.folder / "lab", port=PORT)
        for machine in (*EXISTING, *JOINING):
            # Nodes in service already run their services.
            programs = ("compute_server",) if machine in OLD_HYPERS else ()
            node = lab.add(
                machine.profile, self.address(machine), port=PORT, password=password, programs=programs
            )
            (node.root / "etc" / "hostname").write_text(f"{machine.hostname}\n")

    def ip_list(self, name: str, machines: tuple[Machine, ...]) -> Path:
        """Write an IP_LIST file."""
        path = self.folder / name
        path.write_text("# one address a line\n" + "".join(f"{self.address(item)}\n" for item in machines))
        return path

    def variables(self) -> Path:
        """Write ``variables.devops1a.yaml``: the running zone."""
        prefix = f"127.{self.net}.0"
        return self._write(
            f"variables.{ZONE}.yaml",
            f"""\
common:
  region_id: devops1
  console_id: qingcloud
  domain: demo.example.com
  cloud_type: private
  site_protocol: https
base:
  zone_id: {ZONE}
  deploy_mode: devops
  network_mode: sdn
  is_global_zone: 0
  installer_allocate_vbc: 1
  vm_base_network: 10.10.0.0/16
  vm_base_network_start: 10.10.50.0/24
  mgmt_network_gateway: {prefix}.1
  mgmt_network_dns_servers: [{prefix}.1]
advance:
  mgmt_network_pools: ['{prefix}.100/24-{prefix}.140/24']
  vip_pools: ['{prefix}.200/24-{prefix}.230/24']
""",
        )

    def settings(self) -> Path:
        """Write ``settings.devops1a.yaml``: the role of each machine, for adopting the zone."""
        roles = [f"  {self.address(KS)}: {{role: ks, sub_roles: [seed, snapshot, vbr]}}"]
        roles += [f"  {self.address(item)}: {{role: hyper-repl, sub_roles: [hyper]}}" for item in OLD_HYPERS]
        text = f"zone_id: {ZONE}\nroles:\n" + "\n".join(roles) + "\n"
        return self._write(f"settings.{ZONE}.yaml", text + self.running_vbc(OLD_HYPERS))

    def running_vbc(self, hypers: tuple[Machine, ...]) -> str:
        """Return the VBC that hypers in service share: machines in service are not allocated anything."""
        first, *_ = members = [self.address(item) for item in hypers]
        vip = f"127.{self.net}.0.200|{first}"
        return f"vbc:\n  - {{mgmt_ips: [{', '.join(members)}], ipv4_vbc: 10.10.50.0/24, ipv4_vip: {vip}}}\n"

    def scale_settings(self) -> Path:
        """Write ``scale_settings.devops1a.yaml``: one VG and six hypers join."""
        vg = self.address(VG)
        roles = [f"  {vg}: {{role: vg, sub_roles: [vgateway]}}"]
        roles += [f"  {self.address(item)}: {{role: hyper-repl, sub_roles: [hyper]}}" for item in NEW_HYPERS]
        eips = f"eips:\n  {vg}: ['139.198.10.0/24|.1']\n"
        return self._write(
            f"scale_settings.{ZONE}.yaml", f"zone_id: {ZONE}\nroles:\n" + "\n".join(roles) + f"\n{eips}"
        )

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text)
        return path


def free_net() -> tuple[int, socket.socket]:
    """Find a second number of 127.x where the lab's port is free; returns it with a socket that reserves it.

    Checking the addresses alone is not enough: they look free while another demo, which has checked as well, still
    builds its machines. So each demo first binds the gateway of its network, where no machine is, and holds it to its end.
    """
    for net in range(1, 250):
        held = socket.socket()
        try:
            # Without SO_REUSEADDR the kernel gives it to one process only, listening or not.
            held.bind((f"127.{net}.0.{GATEWAY}", PORT))
        except OSError:
            held.close()
            continue
        if _nobody_listens(f"127.{net}.0.{KS.number}"):
            return net, held
        held.close()
    raise SystemExit("no loopback network is free for the demo: are many demos running?")


def _nobody_listens(address: str) -> bool:
    """Check that no other lab, one outside our demos, uses this address."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, PORT))
        except OSError:
            return False
        return True


def free_port(wanted: int) -> socket.socket:
    """Return a socket that listens on ``wanted`` of 127.0.0.1, or on another free port when that is taken.

    It is passed to the web server as it is: a port that was only checked may be taken by another demo before the web
    server starts, and this demo would then talk to the console of that one.
    """
    for port in (wanted, 0):
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(("127.0.0.1", port))
            held.listen()  # two may be bound to one port until one of them listens
        except OSError:
            held.close()
            continue
        return held
    raise SystemExit("no port is free on 127.0.0.1")
