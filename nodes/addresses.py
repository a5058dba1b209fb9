"""Addresses as people write them: one per line, ranges, CIDR. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import islice
from typing import Any

import netaddr

from common.errors import Finding, Refused
from common.messages import message
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
        raise Refused.because(message("N01", "file_larger_than"), file=file)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        bad = data[: error.start].count(b"\n") + 1
        raise Refused.because(message("N01", "file_not_utf"), file=file, line=bad) from None
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
            findings.append(Finding(message("N02", word=word[:80], error=error), **place))


def _words(text: str) -> Iterator[str]:
    """Split at blanks and commas; a dash keeps its two ends together, and 10.0.0.1,3-5 is one word."""
    for part in _DASH.sub("-", text).split():
        if _OCTETS.fullmatch(part):
            yield part
        else:
            yield from filter(None, part.split(","))


def _checked(found: list[str], findings: list[Finding], **place: Any) -> list[str]:
    if not found and not findings:
        findings.append(Finding(message("N03", "no_address_given"), **place))
    if findings:
        raise Refused(findings)
    return list(dict.fromkeys(found))


def _spread(word: str, room: int) -> Iterator[str]:
    if _LEADING_ZERO.search(word) and ":" not in word:
        raise ValueError("has a number with a leading zero, which can be read in two ways: write it without")
    if "/" in word:
        return _hosts(word, room)
    if _OCTETS.fullmatch(word) and netaddr.valid_nmap_range(word) and not word.replace(".", "").isdigit():
        # 10.0.0.11-13 and 10.0.1-2.5, as nmap(1) writes them.
        found = [str(address) for address in islice(netaddr.iter_nmap_range(word), room + 1)]
        _fits(len(found), room)
        return iter([str(_unicast(ip_address(address))) for address in found])
    first, dash, last = (part.strip() for part in word.partition("-"))
    if not dash:
        return iter([str(_unicast(_address(word)))])
    return _range(first, last, room)


def _range(first: str, last: str, room: int) -> Iterator[str]:
    if not first or not last:
        raise ValueError("is a range with one end only")
    start, end = _unicast(_address(first)), _unicast(_address(last))
    if start.version != end.version:
        raise ValueError("is a range with ends of different IP versions")
    size = int(end) - int(start) + 1
    if size < 1:
        raise ValueError("is a range that ends before it starts")
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
        raise ValueError(f"is not an address{_why_not(word)}") from None


def _why_not(word: str) -> str:
    numbers = [int(part) for part in word.split(".") if part.isdigit() and len(part) < 10]
    if len(numbers) == word.count(".") + 1 == 4 and max(numbers) > 255:
        return f": {max(numbers)} is above 255"
    return ""


def _no_network(word: str, reason: str) -> str:
    if "host bits" in reason:
        network = ip_network(word, strict=False)
        return f"is an address inside the network {network}: write that, or the address without its mask"
    return f"is not a network{_why_not(word.partition('/')[0])}"


def _fits(size: int, room: int) -> None:
    if size > room:
        raise ValueError(f"stands for {size} addresses, too many at once (the limit is {ADDRESS_LIMIT})")


def _unicast(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the address of a machine in one spelling: an IPv4 address written as IPv6 becomes the IPv4 one."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    if address.is_multicast or address.is_unspecified or str(address) == "255.255.255.255":
        raise ValueError("is not the address of a machine")
    if getattr(address, "scope_id", None):
        raise ValueError("has a zone index, which belongs to one machine only")
    return address
