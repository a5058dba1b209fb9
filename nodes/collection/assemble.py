"""Join the sections of one collection into the facts of one machine."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping

from common.messages import phrase
from common.wording import _
from nodes.collection.clock import Heard, read_clock
from nodes.collection.dead_drives import warn_of_dead_drives
from nodes.collection.disks import find_disks
from nodes.collection.disks_in_use import keep_from_use
from nodes.collection.drives import with_drives
from nodes.collection.frames import Section
from nodes.collection.links import with_links
from nodes.collection.machine import (
    read_cpu,
    read_hostname,
    read_kernel,
    read_memory,
    read_os,
    read_product,
    read_qemu,
    warn_without_root,
)
from nodes.collection.multipath import fold_silent_paths
from nodes.collection.network import Network, read_network
from nodes.collection.nics import find_nics
from nodes.collection.osdisk import find_os_disk
from nodes.collection.run_parsers import Reader
from nodes.collection.signatures import read_content, warn_of_unread
from nodes.collection.storage import read_storage
from nodes.facts import DiskFacts, NicFacts, NodeFacts, OsDiskFacts
from nodes.parsers import by_id, udev_links


def assemble(sections: Mapping[str, Section], mgmt_address: str, heard: Heard | None = None) -> NodeFacts:
    """Build the facts from ``sections``; ``mgmt_address`` is the address at which the machine was reached.

    ``heard`` is when, for the offset of its clock; None for output of another time.

    Raises: CollectionError when a required fact is not available, ParseError when a tool printed rubbish.
    """
    address = _normal(mgmt_address)
    reader = Reader(sections)
    warn_without_root(reader)
    kernel = read_kernel(reader)
    hostname = read_hostname(reader)
    cpu = read_cpu(reader, kernel)
    memory_bytes = read_memory(reader)
    system = read_os(reader, kernel)
    os_disk, data_disks = read_disks(reader)
    network = read_network(reader)
    nics = find_nics(network, address)
    return NodeFacts(
        hostname=hostname,
        product=read_product(reader),
        cpu=cpu,
        memory_bytes=memory_bytes,
        os=system,
        os_disk=os_disk,
        data_disks=data_disks,
        networks=nics,
        default_gateway=network.routes[0].gateway if network.routes else "",
        default_interface=network.routes[0].interface if network.routes else "",
        mgmt_interface=_mgmt_interface(reader, network, nics, address),
        qemu_version=read_qemu(reader),
        clock=read_clock(reader, heard),
        warnings=_all_warnings(reader),
    )


def read_disks(reader: Reader) -> tuple[OsDiskFacts | None, tuple[DiskFacts, ...]]:
    """Return the OS disk and the others. Raises: CollectionError, ParseError."""
    links = reader.optional("by-id", by_id.parse) or {}
    claims = reader.optional("udev-links", udev_links.parse) or {}
    storage = read_storage(reader, links)
    warn_of_dead_drives(reader, storage)
    content = read_content(reader)
    disks = fold_silent_paths(reader, storage, find_disks(storage, links, content))
    disks = with_drives(storage, with_links(reader, storage, disks, links, claims))
    warn_of_unread(reader, content, disks)
    os_disk, legs = find_os_disk(reader, storage, disks)
    others = tuple(disk for disk in dict.fromkeys(disks.values()) if disk not in legs)
    return os_disk, keep_from_use(reader, storage, os_disk, others)


def _normal(address: str) -> str:
    """Return ``address`` in the spelling of ip(8); a host name stays as it is."""
    try:
        return str(ipaddress.ip_address(address.strip()))
    except ValueError:
        return address


def _mgmt_interface(reader: Reader, network: Network, nics: tuple[NicFacts, ...], address: str) -> str:
    for nic in nics:
        if any(item.split("/")[0] == address for item in nic.addresses):
            return nic.name
    default = network.routes[0].interface if network.routes else ""
    own = next((link.name for link in network.links if any(a.address == address for a in link.addresses)), "")
    where = (
        phrase(
            _("The address {address}, at which this machine was reached, is on {own}, not on a port"),
            address=address,
            own=own,
        )
        if own
        else phrase(
            _(
                "No network interface carries {address}, the address at which this machine was reached (address "
                "translation, or a floating address?)"
            ),
            address=address,
        )
    )
    if default:
        reader.warn(
            _("{where}: check which interface is the management interface; {default} has the default route."),
            where=where,
            default=default,
        )
    else:
        reader.warn(_("{where}: check which interface is the management interface."), where=where)
    return ""


def _all_warnings(reader: Reader) -> tuple[str, ...]:
    if "*" in reader.sections:
        reader.warn(
            _("The output of the collection script was cut off: facts may be missing. Collect again.")
        )
    return tuple(reader.warnings)
