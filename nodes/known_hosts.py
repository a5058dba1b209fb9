"""A known_hosts file of OpenSSH (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT): its host keys for an address. Pure."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

from common.errors import Finding, Refused
from common.messages import Message, message
from common.pasted import pasted
from common.ssh.types import is_host_key

MAX_LINES = 20_000
# Hashed names cannot be indexed: each is tried for each node.
_MAX_TRIES = 4_000_000
# The key types that our SSH client accepts from a server.
_KINDS = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa")
_HASHED = re.compile(r"\|1\|([A-Za-z0-9+/=]{1,64})\|([A-Za-z0-9+/=]{1,64})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: names as written there, and ``TYPE BASE64``."""

    names: tuple[str, ...]
    key: str
    revoked: bool = False

    def is_of(self, name: str) -> bool:
        """Check whether the line is for that host, or revokes a key for it; ``!`` excludes."""
        found = False
        for pattern in self.names:
            if pattern.startswith("|1|"):
                found = found or _is_hash_of(pattern, name)
            elif pattern.startswith("!"):
                if _fits(pattern[1:], name):
                    return False
            else:
                found = found or _fits(pattern, name)
        return found


@dataclass(frozen=True, slots=True)
class KnownHosts:
    """The valid lines, and sentences about those that were skipped."""

    entries: tuple[Entry, ...]
    notes: tuple[Message, ...] = ()

    def keys_of(self, address: str, port: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the known and the revoked keys, looked up like ssh(1).

        A port other than 22 is looked up as ``[ADDRESS]:PORT`` first, then by the address alone.
        """
        names = [address] if port == 22 else [f"[{address}]:{port}", address]
        revoked = [item.key for item in self.entries if item.revoked and any(map(item.is_of, names))]
        for name in names:
            known = [item.key for item in self.entries if not item.revoked and item.is_of(name)]
            if known:
                return tuple(dict.fromkeys(known)), tuple(dict.fromkeys(revoked))
        return (), tuple(dict.fromkeys(revoked))


def read_known_hosts(data: bytes, file: str = "") -> KnownHosts:
    """Parse the file. Raises :class:`Refused` with a finding for each invalid line."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused.because(
            message("N83", "no_text"),
            file=file,
            line=line,
        ) from None
    lines = text.splitlines()
    if len(lines) > MAX_LINES:
        raise Refused.because(message("N83", "too_long", lines=MAX_LINES), file=file)
    entries: list[Entry] = []
    notes: list[Message] = []
    findings: list[Finding] = []
    for number, text_line in enumerate(lines, 1):
        words = text_line.split()
        if not words or words[0].startswith("#"):
            continue
        read = _line(words)
        if isinstance(read, Entry):
            entries.append(read)
        elif read.says in _SKIPPED:
            name = file or "known_hosts"
            notes.append(message("N83", "line_skipped", file=name, line=number, why=read))
        else:
            findings += list(pasted(text_line, file=file, line=number)) or [
                Finding(read, file=file, line=number)
            ]
    if findings:
        raise Refused(findings)
    if not entries:
        raise Refused.because(
            message("N83", "all_skipped", notes=notes[:5]) if notes else message("N83", "no_key"),
            file=file,
        )
    return KnownHosts(tuple(entries), tuple(notes))


# Lines of these kinds are skipped, and mentioned.
_SKIPPED = ("authority", "key_type_unused")


def _line(words: Sequence[str]) -> Entry | Message:
    """Parse one line; return what is wrong instead, or why it is skipped."""
    marker = words[0] if words[0].startswith("@") else ""
    rest = words[1:] if marker else words
    if marker == "@cert-authority":
        return message("N83", "authority")
    if marker not in ("", "@revoked"):
        return message("N83", "unknown_marker", marker=marker[:40])
    if len(rest) < 3:
        return message("N83", "no_entry")
    names, kind, key = rest[0], rest[1], f"{rest[1]} {rest[2]}"
    if not is_host_key(key):
        return message("N83", "damaged_key", names=names[:40], type=kind[:40])
    if kind not in _KINDS:
        return message("N83", "key_type_unused", type=kind[:40], types=_KINDS)
    patterns = (
        tuple(name for name in names.lower().split(",") if name) if not names.startswith("|") else (names,)
    )
    if names.startswith("|") and not _HASHED.fullmatch(names):
        return message("N83", "damaged_hash")
    return Entry(patterns, key, revoked=marker == "@revoked")


def refuse_too_many(known: KnownHosts, nodes: int, file: str = "") -> None:
    """Raise :class:`Refused` when looking up hashed names would take minutes."""
    hashed = sum(name.startswith("|1|") for entry in known.entries for name in entry.names)
    if hashed * nodes * 2 > _MAX_TRIES:
        raise Refused.because(
            message("N83", "too_many_hashes", hashed=hashed, nodes=nodes),
            file=file,
        )


def _fits(pattern: str, name: str) -> bool:
    """Match ``*`` and ``?`` as in ssh_config(5), nothing else; many stars cost no more than a few."""
    at = place = 0
    star, tried = -1, 0
    while place < len(name):
        if at < len(pattern) and pattern[at] == "*":
            star, tried = at, place
            at += 1
        elif at < len(pattern) and pattern[at] in ("?", name[place]):
            at, place = at + 1, place + 1
        elif star >= 0:
            tried += 1
            at, place = star + 1, tried
        else:
            return False
    return not pattern[at:].strip("*")


def _is_hash_of(hashed: str, name: str) -> bool:
    match = _HASHED.fullmatch(hashed)
    if not match:
        return False
    try:
        salt, digest = (base64.b64decode(part, validate=True) for part in match.groups())
    except ValueError:
        return False
    return hmac.compare_digest(hmac.new(salt, name.encode(), hashlib.sha1).digest(), digest)
