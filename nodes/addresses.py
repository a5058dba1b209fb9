"""Addresses as people write them: one per line, ranges, CIDR. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice
from typing import Any

from common.errors import Finding, Refused
from common.messages import Message, message
from common.pasted import pasted

FILE_LIMIT_BYTES = 1024 * 1024
ADDRESS_LIMIT = 4096
_DASH = re.compile(r"[ \t]*-[ \t]*")
_LEADING_ZERO = re.compile(r"(?:^|[.\-/])0\d")
# An open end ("10.0.0.5-") would mean everything up to 255 to nmap: most likely it is a truncated line.
_OCTETS = re.compile(r"[0-9]+(?:[-,][0-9]+)*(?:\.[0-9]+(?:[-,][0-9]+)*){3}", re.ASCII)


def read_ip_list(data: bytes, file: str) -> list[str]:
    """Parse the addresses of an ``IP_LIST`` file, in order, each once.

    ``#`` comments, blank lines, CRLF and a BOM are skipped; ``A-B``, ``10.0.0.11-13`` and CIDR are expanded.
    Raises :class:`Refused` with one finding for each bad line, and for an empty list.
    """
    if len(data) > FILE_LIMIT_BYTES:
        raise Refused.because(message("N01", "too_large"), file=file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = data[: error.start].count(b"\n") + 1
        raise Refused.because(message("N01", "not_utf8"), file=file, line=bad) from None
    found: list[str] = []
    findings: list[Finding] = []
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        _take(_before_comment(line), found, findings, file=file, line=number)
    return _checked(found, findings, file=file)


def read_addresses(words: Sequence[str]) -> list[str]:
    """Parse words typed on a command line or sent in a request in the same way; each may hold several addresses."""
    found: list[str] = []
    findings: list[Finding] = []
    for word in words:
        _take(str(word), found, findings, field="addresses")
    return _checked(found, findings, field="addresses")


def _before_comment(line: str) -> str:
    """Return the part before a comment, with the full-width ``＃`` where that begins it: the finding then names it."""
    ends = [index for index in (line.find("#"), line.find("\uff03") + 1 or -1) if index >= 0]
    return line[: min(ends)] if ends else line


def _take(text: str, found: list[str], findings: list[Finding], **place: Any) -> None:
    odd = list(pasted(text, **place))
    if odd:
        # Nothing else is reported for such a line: it may be a consequence.
        findings.extend(odd)
        return
    for word in _words(text):
        try:
            found.extend(_spread(word, ADDRESS_LIMIT - len(found)))
        except ValueError as error:
            findings.append(Finding(message("N02", "wrong", word=word[:80], what=error), **place))


def _words(text: str) -> Iterator[str]:
    """Split at blanks and commas; a dash keeps its two ends together, and 10.0.0.1,3-5 is one word."""
    for part in _DASH.sub("-", text).split():
        if _OCTETS.fullmatch(part):
            yield part
        else:
            yield from filter(None, part.split(","))


def _checked(found: list[str], findings: list[Finding], **place: Any) -> list[str]:
    if not found and not findings:
        findings.append(Finding(message("N03", "no_address"), **place))
    if findings:
        raise Refused(findings)
    return list(dict.fromkeys(found))


def _spread(word: str, room: int) -> Iterator[str]:
    if _LEADING_ZERO.search(word) and ":" not in word:
        raise ValueError(message("N02", "leading_zero"))
    if "/" in word:
        return _hosts(word, room)
    if _OCTETS.fullmatch(word) and not word.replace(".", "").isdigit():
        # 10.0.0.11-13 and 10.0.1-2.5, as nmap(1) writes them; few are, and this is slow to import.
        import netaddr

        if netaddr.valid_nmap_range(word):
            found = [str(address) for address in islice(netaddr.iter_nmap_range(word), room + 1)]
            _fits(len(found), room)
            return iter([str(_unicast(ip_address(address))) for address in found])
    first, dash, last = (part.strip() for part in word.partition("-"))
    if not dash:
        return iter([str(_unicast(_address(word)))])
    return _range(first, last, room)


def _range(first: str, last: str, room: int) -> Iterator[str]:
    if not first or not last:
        raise ValueError(message("N02", "one_end"))
    start, end = _unicast(_address(first)), _unicast(_address(last))
    if start.version != end.version:
        raise ValueError(message("N02", "two_families"))
    size = int(end) - int(start) + 1
    if size < 1:
        raise ValueError(message("N02", "backwards"))
    _fits(size, room)
    return iter([str(_unicast(start + offset)) for offset in range(size)])


def _hosts(word: str, room: int) -> Iterator[str]:
    try:
        network: IPv4Network | IPv6Network = ip_network(word, strict=True)
    except ValueError as error:
        raise ValueError(_no_network(word, str(error))) from None
    _fits(max(1, network.num_addresses - 2), room)
    return (str(_unicast(address)) for address in network.hosts())


def _address(word: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(word)
    except ValueError:
        raise ValueError(_no_address(word)) from None


def _no_address(word: str) -> Message:
    number = _above_255(word)
    if number:
        return message("N02", "address_above_255", number=number)
    return message("N02", "no_address")


def _above_255(word: str) -> int:
    """Return the number that makes four numbers no address; 0 for any other reason."""
    numbers = [int(part) for part in word.split(".") if part.isdigit() and len(part) < 10]
    return max(numbers) if len(numbers) == word.count(".") + 1 == 4 and max(numbers) > 255 else 0


def _no_network(word: str, reason: str) -> Message:
    if "host bits" in reason:
        network = ip_network(word, strict=False)
        return message("N02", "address_inside", network=network)
    number = _above_255(word.partition("/")[0])
    if number:
        return message("N02", "network_above_255", number=number)
    return message("N02", "no_network")


def _fits(size: int, room: int) -> None:
    if size > room:
        raise ValueError(message("N02", "too_many", count=size, limit=ADDRESS_LIMIT))


def _unicast(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the address of a machine in one spelling: an IPv4 address written as IPv6 becomes the IPv4 one."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255":
        raise ValueError(message("N02", "no_machine"))
    if getattr(address, "scope_id", None):
        raise ValueError(message("N02", "zone_index"))
    return address
