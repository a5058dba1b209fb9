"""The checklist of tasks on the global side when a zone joins its region. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from common.wording import _, translated, worded
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


def _item(key: str, title: str, how: str, **params: Any) -> ChecklistItem:
    return ChecklistItem(key, worded(title, params), worded(how, params))


def _network(facts: JoinFacts) -> Iterator[ChecklistItem]:
    zones = {"zone": facts.zone_id, "global_zone": facts.global_zone_id}
    if facts.gateway and facts.global_gateway and facts.gateway != facts.global_gateway:
        yield _item(
            "management-route",
            _("The two management networks are routed to each other"),
            _(
                "On {global_gateway} (gateway of {global_zone}), add a route to the management network of {zone}, and on "
                "{gateway} a route back."
            ),
            gateway=facts.gateway,
            global_gateway=facts.global_gateway,
            **zones,
        )
    if facts.sdn:
        yield _item(
            "return-routes",
            _("The VBC return routes of {zone} are on the management gateway"),
            _("Paste the routes from the zone's page, or from dump_vbc_route {zone}-hyper, on {gateway}."),
            gateway=facts.gateway or translated(_("the gateway of its management network")),
            **zones,
        )
    listeners = zone_listeners(global_protocol=facts.global_protocol, fusion=facts.fusion)
    yield _item(
        "web-services-reached",
        _("The proxies of {zone} reach the global web services"),
        _(
            "From {proxies}, connect to {web_services} on ports {ports}; a firewall between the sites must allow "
            "this."
        ),
        proxies=_listed(facts.proxies),
        web_services=_listed(facts.web_services),
        ports=[spec.server_port for spec in listeners],
        **zones,
    )


def _front_gate(facts: JoinFacts) -> Iterator[ChecklistItem]:
    params = {
        "zone": facts.zone_id,
        "global_proxies": _listed(facts.global_proxies),
        "proxies": _listed(facts.proxies),
    }
    yield _item(
        "front-gate-reached",
        _("The global proxies reach the front gate of {zone}"),
        _("From {global_proxies}, connect to {proxies} on the port of the front gate."),
        **params,
    )
    yield _item(
        "front-gate-listener",
        _("Every global proxy has the listener front-gate-{zone}"),
        _(
            "Add the output of render_front_gate -z {zone} --port PORT to haproxy.cfg on {global_proxies}, check it with "
            "haproxy -c -f, then run service haproxy reload: on one proxy first, and on the next when it answers."
        ),
        **params,
    )


def _region(facts: JoinFacts) -> Iterator[ChecklistItem]:
    yield _item(
        "cached-zones",
        _("No memcached of the region holds an outdated zone list"),
        _("clear_zone_cache -z {zone} --dry-run reports 0 matching keys on {caches}."),
        zone=facts.zone_id,
        caches=_listed(facts.caches),
    )
    yield _item(
        "services",
        _("{services:and} have been restarted and are running"),
        _("supervisorctl status on {web_services}: RUNNING since the zone was installed."),
        services=list(GLOBAL_SERVICES),
        web_services=_listed(facts.web_services),
    )
    if facts.qemu_version and facts.global_qemu_version and facts.qemu_version != facts.global_qemu_version:
        yield _item(
            "qemu",
            _("server.yaml of {global_zone} lists QEMU {version}"),
            _(
                "{global_zone} runs {global_version}: set_qemu_version, build_global_conf, then update_nodes all "
                "pitrix-global-conf."
            ),
            global_zone=facts.global_zone_id,
            version=facts.qemu_version,
            global_version=facts.global_qemu_version,
        )
    if facts.boss:
        yield _item(
            "boss-statistics",
            _("BOSS V2 has recalculated its statistics"),
            _("rebuild_cache -z {global_zone} ({boss})."),
            global_zone=facts.global_zone_id,
            boss=_listed(facts.boss),
        )


def _seen(facts: JoinFacts) -> Iterator[ChecklistItem]:
    yield _item(
        "zone-visible",
        _("A user sees {zone} in the console"),
        _(
            "describe-users -u USER lists {zone} in region_infos. If it does not, restart memcached on {caches} at a quiet "
            "time: for a moment, users cannot sign in to the console."
        ),
        zone=facts.zone_id,
        caches=_listed(facts.caches),
    )


def _listed(addresses: Sequence[str]) -> str:
    return ", ".join(addresses) or translated(_("(none registered)"))
