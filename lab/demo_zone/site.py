"""Two zones of one region: their machines and configuration files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lab.demo.site import PORT, Machine, Site
from lab.lab import Lab

OLD, NEW = "devops1a", "devops1b"
OLD_KS = Machine(11, f"{OLD}r01n01", "ks", "ks")
OLD_HYPERS = tuple(
    Machine(number, f"{OLD}r01n{number - 10:02d}", "hyper-repl", "hyper-repl") for number in (12, 13)
)
NEW_KS = Machine(31, f"{NEW}r01n01", "ks", "ks")
NEW_HYPERS = tuple(
    Machine(number, f"{NEW}r01n{number - 30:02d}", "hyper-repl", "hyper-repl") for number in (32, 33)
)
WEB = tuple(Machine(number, f"{OLD}-webservice{number - 51}", "ks", "") for number in (51, 52))
PROXIES = tuple(Machine(number, f"{NEW}-proxy{number - 71}", "ks", "") for number in (71, 72))
# Memcached only: it needs no login.
ZOOCASSA = (61, 62)
EXISTING, JOINING = (OLD_KS, *OLD_HYPERS), (NEW_KS, *NEW_HYPERS)
PROGRAMS = {
    **dict.fromkeys(OLD_HYPERS, ("compute_server",)),
    **dict.fromkeys(WEB, ("ws_server", "billing_resource")),
}
HAPROXY = """\
# kept by the people of the site
defaults
    mode tcp
    timeout connect 2s
    timeout client 60s
    timeout server 60s
"""


@dataclass(frozen=True)
class ZoneSite(Site):
    """The demo's machines in ``127.NET.0.x``."""

    def at(self, number: int) -> str:
        """Return the address with that last number."""
        return f"127.{self.net}.0.{number}"

    def build(self, password: str) -> None:
        """Create the machines."""
        lab = Lab(self.folder / "lab", port=PORT)
        for machine in (*EXISTING, *JOINING, *WEB, *PROXIES):
            node = lab.add(
                machine.profile,
                self.address(machine),
                port=PORT,
                password=password,
                programs=PROGRAMS.get(machine, ()),
            )
            (node.root / "etc" / "hostname").write_text(f"{machine.hostname}\n")
            if machine in PROXIES:
                path = node.root / "etc" / "haproxy" / "haproxy.cfg"
                path.parent.mkdir()
                path.write_text(HAPROXY)

    def variables_of(self, zone: str) -> Path:
        """Write ``variables.ZONE.yaml`` of either zone."""
        old = zone == OLD
        number, vips = (10, "200/24-{0}.219") if old else (20, "220/24-{0}.239")
        prefix = f"127.{self.net}.0"
        given = (
            f"{{webservice: {self._list(WEB)}, zoocassa: ['{self.at(61)}', '{self.at(62)}']}}"
            if old
            else f"{{proxy: {self._list(PROXIES)}}}"
        )
        return self._write(
            f"variables.{zone}.yaml",
            f"""\
common:
  region_id: devops1
  console_id: qingcloud
  domain: demo.example.com
  cloud_type: private
  site_protocol: http
base:
  zone_id: {zone}
  deploy_mode: devops
  network_mode: sdn
  is_global_zone: {int(old)}
  installer_allocate_vbc: 1
  vm_base_network: 10.{number}.0.0/16
  vm_base_network_start: 10.{number}.50.0/24
  mgmt_network_gateway: {prefix}.1
  mgmt_network_dns_servers: [{prefix}.1]
advance:
  mgmt_network_pools: ['{prefix}.{100 if old else 141}/24-{prefix}.{140 if old else 180}/24']
  vip_pools: ['{prefix}.{vips.format(prefix)}/24']
  mgmt_network_address: {given}
""",
        )

    def settings_of(self, zone: str) -> Path:
        """Write ``settings.ZONE.yaml`` of either zone."""
        machines = EXISTING if zone == OLD else JOINING
        subs = {"ks": "seed, snapshot, vbr", "hyper-repl": "hyper"}
        lines = [
            f"  {self.address(item)}: {{role: {item.role}, sub_roles: [{subs[item.role]}]}}"
            for item in machines
        ]
        text = f"zone_id: {zone}\nroles:\n" + "\n".join(lines) + "\n"
        return self._write(
            f"settings.{zone}.yaml", text + (self.running_vbc(OLD_HYPERS) if zone == OLD else "")
        )

    def _list(self, machines: tuple[Machine, ...]) -> str:
        return str([self.address(item) for item in machines])
