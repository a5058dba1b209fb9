"""What memcached says about its keys (doc/protocol.txt of memcached), and which of them a pattern matches. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

DEFAULT_PORT = 11211
# Which zones a user has: unless these are deleted, a new zone stays invisible until they expire.
ZONE_PATTERN = r"Pitrix\.Zone\.Zone\.UserZone\.yunify"
MAX_PATTERN = 200
MAX_SERVERS = 64
MAX_KEY = 250
_LINE_LIMIT = 8192
# A repeated group, or a repetition of one: the time for one key can double with each of its characters.
_SLOW = re.compile(r"(?<!\\)\)[+*{]|[+*}][+*{]")
_REPEATS = re.compile(r"(?<![\\(+*}])[+*{?]")
_MAX_REPEATS = 3
# What else these caches hold. A pattern that matches one of them matches more than lists of zones.
_OTHERS = (
    b"",
    *(bytes([byte]) for byte in range(33, 127)),
    *(bytes([byte]) * MAX_KEY for byte in b"aA0_-.:"),
    b"Pitrix.Session.Session.Token.sk-0123456789abcdefghij",
    b"Pitrix.User.User.Info.usr-8xQ2kLmN",
    b"Pitrix.User.UserQuota.Quota.yunify.usr-8xQ2kLmN",
    b"Pitrix.Instance.Instance.Status.i-7f3k2m9q",
    b"Pitrix.AccessKey.AccessKey.Key.yunify.QYACCESSKEYIDEXAMPLE",
    b":1:django.contrib.sessions.cache0123456789abcdefghijklmnopqrstuv",
    b"session:7c9e6679-7425-40de-944b-e07fc1f90ae7",
    b"9a0364b9e99bb480dd25e1f0284c8555",
)
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
            raise ValueError(f"{part[:60]!r} is no server: write HOST:PORT")
        found.append(CacheServer(match["host"].strip("[]"), port))
    if not 0 < len(set(found)) <= MAX_SERVERS:
        raise ValueError(f"{len(set(found))} servers are named: give 1 to {MAX_SERVERS}")
    return tuple(dict.fromkeys(found))


def compile_pattern(text: str) -> re.Pattern[bytes]:
    """Compile the regular expression that keys are searched for.

    Raises:
        ValueError: it is empty, too long or broken, could take forever, or matches other keys as well.
    """
    if not 0 < len(text) <= MAX_PATTERN:
        raise ValueError(f"the pattern has {len(text)} characters: give 1 to {MAX_PATTERN}")
    try:
        found = re.compile(text.encode())
    except UnicodeEncodeError:
        raise ValueError(f"the pattern {text!r} is not UTF-8 text: write it in ASCII characters") from None
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"the pattern {text!r} is no regular expression: {error}") from None
    if _SLOW.search(text) or len(_REPEATS.findall(text)) > _MAX_REPEATS:
        raise ValueError(
            f"the pattern {text!r} can take for ever: repeat no group and nothing twice, and at most "
            f"{_MAX_REPEATS} things"
        )
    other = next((key for key in _OTHERS if found.search(key)), None)
    if other is not None:
        what = f"such as {other.decode()!r}" if other else "even one without a character"
        raise ValueError(
            f"the pattern {text!r} also matches keys that are no lists of zones, {what}: write more of the key, "
            f"as in {ZONE_PATTERN}"
        )
    return found


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
