"""What has to be done on the global side when a zone joins its region, as a checklist for people. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from operations.supervisor.core import GLOBAL_SERVICES
from zones.core.rendering.haproxy import zone_listeners


@dataclass(frozen=True, slots=True)
class JoinFacts:
    """The zone that joins and its region's global zone; machines by management address.

    ``gateway`` and ``global_gateway`` are those of the two management networks; empty: unknown.
    """

    zone_id: str
    global_zone_id: str
    sdn: bool
    fusion: bool
    global_protocol: str
    proxies: tuple[str, ...] = ()
    global_proxies: tuple[str, ...] = ()
    web_services: tuple[str, ...] = ()
    caches: tuple[str, ...] = ()
    boss: tuple[str, ...] = ()
    gateway: str = ""
    global_gateway: str = ""
    qemu_version: str = ""
    global_qemu_version: str = ""


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """``key`` is its permanent name; ``title`` is what is true once it is done, ``how`` what to do and to check."""

    key: str
    title: str
    how: str


def join_checklist(facts: JoinFacts) -> tuple[ChecklistItem, ...]:
    """Return the items that these facts call for, in the order of work.

    Raises:
        ValueError: the protocol of the global site is neither http nor https.
    """
    return (*_network(facts), *_front_gate(facts), *_region(facts), *_seen(facts))


def _network(facts: JoinFacts) -> Iterator[ChecklistItem]:
    if facts.gateway and facts.global_gateway and facts.gateway != facts.global_gateway:
        yield ChecklistItem(
            "management-route",
            "The two management networks know the way to each other",
            f"On {facts.global_gateway} (gateway of {facts.global_zone_id}) a route to the management network of "
            f"{facts.zone_id}, on {facts.gateway} one back.",
        )
    if facts.sdn:
        yield ChecklistItem(
            "return-routes",
            f"The VBC return routes of {facts.zone_id} are on the management gateway",
            f"Paste the routes of the zone's page, or of dump_vbc_route {facts.zone_id}-hyper, on "
            f"{facts.gateway or 'the gateway of its management network'}.",
        )
    ports = ", ".join(
        str(spec.server_port)
        for spec in zone_listeners(global_protocol=facts.global_protocol, fusion=facts.fusion)
    )
    yield ChecklistItem(
        "web-services-reached",
        f"The proxies of {facts.zone_id} reach the global web services",
        f"From {_listed(facts.proxies)} connect to {_listed(facts.web_services)} on ports {ports}; "
        "a firewall between the sites must let them through.",
    )


def _front_gate(facts: JoinFacts) -> Iterator[ChecklistItem]:
    yield ChecklistItem(
        "front-gate-reached",
        f"The global proxies reach the front gate of {facts.zone_id}",
        f"From {_listed(facts.global_proxies)} connect to {_listed(facts.proxies)} on the port of the front gate.",
    )
    yield ChecklistItem(
        "front-gate-listener",
        f"Every global proxy has the listener front-gate-{facts.zone_id}",
        f"Put what render_front_gate -z {facts.zone_id} --port PORT prints into haproxy.cfg on "
        f"{_listed(facts.global_proxies)}, check it with haproxy -c -f, then service haproxy reload: one proxy, "
        "look whether it answers, then the next.",
    )


def _region(facts: JoinFacts) -> Iterator[ChecklistItem]:
    yield ChecklistItem(
        "cached-zones",
        "No memcached of the region holds an old list of zones",
        f"clear_zone_cache -z {facts.zone_id} --dry-run names 0 matching keys on {_listed(facts.caches)}.",
    )
    yield ChecklistItem(
        "services",
        f"{' and '.join(GLOBAL_SERVICES)} were restarted and run",
        f"supervisorctl status on {_listed(facts.web_services)}: RUNNING since the zone was installed.",
    )
    if facts.qemu_version and facts.global_qemu_version and facts.qemu_version != facts.global_qemu_version:
        yield ChecklistItem(
            "qemu",
            f"server.yaml of {facts.global_zone_id} lists QEMU {facts.qemu_version}",
            f"{facts.global_zone_id} runs {facts.global_qemu_version}: set_qemu_version, build_global_conf, then "
            "update_nodes all pitrix-global-conf.",
        )
    if facts.boss:
        yield ChecklistItem(
            "boss-statistics",
            "BOSS V2 has counted again",
            f"rebuild_cache -z {facts.global_zone_id} ({_listed(facts.boss)}).",
        )


def _seen(facts: JoinFacts) -> Iterator[ChecklistItem]:
    yield ChecklistItem(
        "zone-visible",
        f"A user sees {facts.zone_id} in the console",
        f"describe-users -u USER names {facts.zone_id} in region_infos. If it does not, restart memcached on "
        f"{_listed(facts.caches)} at a quiet hour: for a moment people cannot log in to the console.",
    )


def _listed(addresses: Sequence[str]) -> str:
    return ", ".join(addresses) or "(none is known here)"
