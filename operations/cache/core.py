"""Parse memcached's list of keys (doc/protocol.txt of memcached) as it arrives. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.messages import message

DEFAULT_PORT = 11211
# The runbook's: which zones a user has. Unless these are deleted, a new zone stays invisible until they expire.
ZONE_PATTERN = r"Pitrix\.Zone\.Zone\.UserZone\.yunify"
MAX_SERVERS = 64
MAX_KEY = 250
_LINE_LIMIT = 8192
_ENCODED = re.compile(rb"%([0-9A-Fa-f]{2})")
_SERVER = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9][A-Za-z0-9._-]{0,252})(?::(?P<port>[0-9]{1,5}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class CacheServer:
    """The address on which a memcached listens."""

    host: str
    port: int = DEFAULT_PORT

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def parse_servers(text: str) -> tuple[CacheServer, ...]:
    """Parse ``HOST:PORT;HOST:PORT`` as the runbook writes it (commas work, too); return each server once.

    Raises:
        ValueError: with the part that does not name a server.
    """
    found = []
    for part in (word.strip() for word in re.split("[;,]", text)):
        if not part:
            continue
        match = _SERVER.fullmatch(part)
        port = int(match["port"] or DEFAULT_PORT) if match else 0
        if match is None or not 1 <= port <= 65535:
            raise ValueError(message("M01", "no_server", text=part[:60]))
        found.append(CacheServer(match["host"].strip("[]"), port))
    if not 0 < len(set(found)) <= MAX_SERVERS:
        raise ValueError(message("M01", "wrong_number", count=len(set(found)), limit=MAX_SERVERS))
    return tuple(dict.fromkeys(found))


class AnswerError(Exception):
    """The server answers something other than keys; ``kind``: busy, refused or garbage."""

    def __init__(self, kind: str, line: bytes) -> None:
        self.kind = kind
        super().__init__(line[:80].decode("utf-8", "replace"))


class KeyReader:
    """Parser of the answer to ``lru_crawler metadump all`` or ``stats cachedump``: feed it as it arrives, get keys."""

    def __init__(self) -> None:
        self.ended = False
        self._rest = b""

    @property
    def whole(self) -> bool:
        """Return whether the input so far ends with a complete line."""
        return not self._rest

    def feed(self, data: bytes) -> list[bytes]:
        """Return the keys that are now complete. Raises :class:`AnswerError`."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if len(self._rest) > _LINE_LIMIT:
            raise AnswerError("garbage", self._rest)
        found = []
        for line in lines:
            key = self._key(line.rstrip(b"\r"))
            if key is not None:
                found.append(key)
        return found

    def _key(self, line: bytes) -> bytes | None:
        if line.startswith(b"key="):
            # The crawler URL-encodes keys.
            return _ENCODED.sub(lambda match: bytes([int(match[1], 16)]), line[4:].split(b" ", 1)[0])
        if line.startswith(b"ITEM "):
            return line[5:].rsplit(b" [", 1)[0]
        if line == b"END":
            self.ended = True
        elif line.startswith(b"BUSY"):
            raise AnswerError("busy", line)
        elif line.startswith(b"NOTSTARTED"):
            # An empty server: there is nothing to walk over.
            self.ended = True
        elif line.startswith((b"ERROR", b"CLIENT_ERROR", b"SERVER_ERROR", b"BADCLASS", b"NOSPARE")):
            raise AnswerError("refused", line)
        elif line not in (b"", b"OK"):
            raise AnswerError("garbage", line)
        return None


def deletable(key: bytes) -> bool:
    """Return whether the text protocol can name the key: 1 to 250 bytes without blanks and control characters."""
    return 0 < len(key) <= MAX_KEY and not any(byte <= 32 or byte == 127 for byte in key)
