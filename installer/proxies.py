"""The client address of a request: the peer's, or the one reported by a trusted proxy."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# The peer of a socket file has no address.
UNIX = "unix"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_SAID_BY_PROXIES = (
    "HTTP_FORWARDED",
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_X_FORWARDED_PORT",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_SSL",
    "HTTP_X_REAL_IP",
)
_MAX_HOPS = 20


class ProxyMiddleware:
    """Sets ``REMOTE_ADDR`` to the client's address; removes what untrusted peers claim about it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with the client's address."""
        peer = str(request.META.get("REMOTE_ADDR") or "")
        trusted: Sequence[Network | str] = settings.INSTALLER_TRUSTED_PROXIES
        if _is_proxy(peer, trusted):
            said = str(request.META.get("HTTP_X_FORWARDED_FOR") or "")
            request.META["REMOTE_ADDR"] = client_address(peer, said, trusted)
        else:
            for name in _SAID_BY_PROXIES:
                request.META.pop(name, None)
        return self.get_response(request)


def client_address(peer: str, said: str, trusted: Sequence[Network | str]) -> str:
    """Return the last ``X-Forwarded-For`` address that is not a trusted proxy: earlier ones may be forged."""
    address = peer
    for word in reversed(said.split(",")[-_MAX_HOPS:]):
        found = _address(word)
        if not found:
            break
        address = found
        if not _is_proxy(found, trusted):
            break
    return address


def _address(word: str) -> str:
    """Normalise an address for counting and logging: no port, IPv4 as IPv4; empty when invalid."""
    text = word.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ipaddress.ip_address(text)
    except ValueError:
        return ""
    return str(getattr(parsed, "ipv4_mapped", None) or parsed)


def _is_proxy(address: str, trusted: Sequence[Network | str]) -> bool:
    if not address:
        return UNIX in trusted
    found = _address(address)
    if not found:
        return False
    parsed = ipaddress.ip_address(found)
    return any(parsed in network for network in trusted if not isinstance(network, str))
