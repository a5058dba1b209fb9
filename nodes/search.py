"""Search for nodes by what people know of them: address, host name, serial number, MAC, public id."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.db.models import Q, QuerySet

from nodes.models import NetworkInterface, Node

_MAC = re.compile(r"[0-9a-f]{1,2}([:-][0-9a-f]{0,2})*|[:-][0-9a-f:-]*|[0-9a-f]{3,}", re.I | re.A)
# As switches print it: 5254.0012.3456.
_DOTTED = re.compile(r"[0-9a-f]{4}\.[0-9a-f]{4}(\.[0-9a-f]{1,4})?", re.I | re.A)


def matching(nodes: QuerySet[Node], words: Iterable[str]) -> QuerySet[Node]:
    """Keep the nodes that have every word somewhere in their address, host name, serial number, MACs or public id.

    A subquery for each word finds nodes in the narrow indexes of nodes.migrations.0002_search, and no join makes a node
    come twice.
    """
    for word in words:
        own = Node.objects.order_by().filter(
            Q(node_id__icontains=word)
            | Q(mgmt_address__icontains=word)
            | Q(hostname__icontains=word)
            | Q(product_serial__icontains=word)
        )
        found = own.values_list("pk")
        mac = as_mac(word)
        if mac:
            ports = NetworkInterface.objects.order_by().filter(mac__icontains=mac)
            found = found.union(ports.values_list("node_id"))
        nodes = nodes.filter(pk__in=found)
    return nodes


def as_mac(word: str) -> str:
    """Return the part of a MAC as it is stored (``52:54:00``); empty where the word cannot be one."""
    if _DOTTED.fullmatch(word):
        digits = word.replace(".", "")
        return ":".join(digits[place : place + 2] for place in range(0, len(digits), 2))
    return word.replace("-", ":") if _MAC.fullmatch(word) else ""
