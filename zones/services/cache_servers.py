"""One memcached over its text protocol: keys that match are found and deleted, nothing else is touched."""

from __future__ import annotations

import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from pymemcache.client.base import Client
from pymemcache.exceptions import (
    MemcacheClientError,
    MemcacheError,
    MemcacheServerError,
    MemcacheUnexpectedCloseError,
    MemcacheUnknownCommandError,
)

from zones.core.memcached import MAX_KEY, AnswerError, CacheServer, KeyReader, deletable

ANSWER_S = 5.0
TOTAL_S = 120.0
_BATCH = 500
_CHUNK = 1 << 18
_PASSES = 5


class TooLong(TimeoutError):
    """The server answers, but without an end."""


class Stopped(Exception):
    """Whoever asked for it wants no more of it."""


@dataclass(slots=True)
class _Visit:
    """One server while it is asked; ``deleted``: matching keys that are gone, in their order."""

    client: Client
    server: CacheServer
    pattern: re.Pattern[bytes]
    stop: Callable[[], bool]
    seen: int = 0
    deleted: dict[bytes, None] = field(default_factory=dict)

    def go_on(self) -> None:
        """Raises :class:`Stopped`."""
        if self.stop():
            raise Stopped


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """What a server holds: ``seen`` keys in all, ``keys`` that match; ``error`` when it could not be asked.

    ``incomplete``: it shows only a part of its keys. ``deleted`` counts matching keys that are gone now.
    """

    server: CacheServer
    seen: int = 0
    keys: tuple[bytes, ...] = ()
    incomplete: bool = False
    deleted: int = 0
    error: str = ""


def _never() -> bool:
    return False


def on_all(
    servers: Sequence[CacheServer],
    pattern: re.Pattern[bytes],
    *,
    delete: bool,
    answer_s: float = ANSWER_S,
    stop: Callable[[], bool] = _never,
) -> list[ServerKeys]:
    """Ask every server at once, and delete what matches; one that does not answer keeps none of the others back.

    ``stop`` is asked again and again, from several threads; once it says so, nothing more is deleted.
    """

    def one(server: CacheServer) -> ServerKeys:
        return on_one(server, pattern, delete=delete, answer_s=answer_s, stop=stop)

    with ThreadPoolExecutor(max_workers=len(servers), thread_name_prefix="memcached") as pool:
        return list(pool.map(one, servers))


def on_one(
    server: CacheServer,
    pattern: re.Pattern[bytes],
    *,
    delete: bool,
    answer_s: float = ANSWER_S,
    stop: Callable[[], bool] = _never,
) -> ServerKeys:
    """The matching keys of one server, deleted if asked for. Never raises for what the server does."""
    client = Client((server.host, server.port), connect_timeout=answer_s, timeout=answer_s, no_delay=True)
    visit = _Visit(client, server, pattern, stop)
    try:
        found = _find(visit)
        visit.seen = found.seen
        return _delete(visit, found) if delete and found.keys else found
    except Stopped:
        error = "stopped before it was done"
    except TooLong:
        error = f"it does not come to the end of its keys within {TOTAL_S:.0f} s"
    except TimeoutError:
        error = f"it does not answer within {answer_s:.0f} s"
    except OSError as problem:
        error = f"it cannot be reached: {problem.strerror or problem}"
    except AnswerError as problem:
        error = f"it answers {problem}: is this a memcached?"
    except MemcacheUnexpectedCloseError:
        error = "it closed the connection while keys were deleted"
    except (MemcacheClientError, MemcacheServerError) as problem:
        said = problem.args[0] if problem.args else b""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        error = f"it refuses: {text[:80] or type(problem).__name__}"
    except MemcacheError as problem:
        error = f"the connection ended early: {problem or type(problem).__name__}"
    except (ValueError, IndexError, KeyError):
        # What the library makes of an answer that no memcached gives.
        error = "it answers what is not understood: is this a memcached?"
    finally:
        client.close()
    return ServerKeys(server, visit.seen, tuple(visit.deleted), deleted=len(visit.deleted), error=error)


def _find(visit: _Visit) -> ServerKeys:
    until = time.monotonic() + TOTAL_S
    # The walk over the hash table sees every key; older servers know only the walk over the LRU lists,
    # which can miss keys that move meanwhile, and the oldest only dump pages of each slab class.
    for command in (b"lru_crawler metadump hash", b"lru_crawler metadump all"):
        walk = _Walk()
        try:
            seen, keys = _matching(_patiently(visit, command, until, walk), visit.pattern)
        except AnswerError as error:
            if error.kind == "garbage":
                raise
            visit.client.close()
            continue
        if not walk.silent:
            return ServerKeys(visit.server, seen, tuple(keys))
        # 1.4.31 to 1.5.1 end a dump without END (memcached issue 667): whether it was whole, their count says.
        visit.client.close()
        if seen >= sum(_slabs(visit.client).values()):
            return ServerKeys(visit.server, seen, tuple(keys))
    seen, found = 0, dict.fromkeys(keys if walk.silent else ())
    slabs = _slabs(visit.client)
    for slab in slabs:
        dumped = _ask(visit, b"stats cachedump %d 0" % slab, until)
        slab_seen, slab_keys = _matching(dumped, visit.pattern)
        seen += slab_seen
        found.update(dict.fromkeys(slab_keys))
    return ServerKeys(visit.server, seen, tuple(found), incomplete=seen < sum(slabs.values()))


@dataclass(slots=True)
class _Walk:
    """How the dump of the crawler ended: ``silent`` without END, behind a whole line."""

    silent: bool = False


def _patiently(visit: _Visit, command: bytes, until: float, walk: _Walk) -> Iterator[bytes]:
    """The dump of the crawler, which serves one at a time; after a few seconds of BUSY it is given up."""
    for _ in range(20):
        try:
            yield from _ask(visit, command, until, walk)
            return
        except AnswerError as error:
            if error.kind != "busy":
                raise
            time.sleep(0.25)
    raise AnswerError("busy", b"BUSY")


def _ask(visit: _Visit, command: bytes, until: float, walk: _Walk | None = None) -> Iterator[bytes]:
    """The keys of one dump; with ``walk`` silence behind a whole line is an end, too."""
    visit.go_on()
    client = visit.client
    if client.sock is None:
        client._connect()
    assert client.sock is not None
    client.sock.sendall(command + b"\r\n")
    reader = KeyReader()
    silent = True
    while not reader.ended:
        try:
            data = client.sock.recv(_CHUNK)
        except TimeoutError:
            if walk is None or not reader.whole:
                raise
            walk.silent = True
            return
        visit.go_on()
        if not data:
            hint = ": does it speak the text protocol, without SASL and TLS?" if silent else ""
            raise ConnectionResetError(0, "it closed the connection" + hint)
        if time.monotonic() > until:
            raise TooLong
        silent = False
        yield from reader.feed(data)


def _matching(keys: Iterator[bytes], pattern: re.Pattern[bytes]) -> tuple[int, list[bytes]]:
    seen, found = 0, []
    for key in keys:
        seen += 1
        # Longer ones are no keys of a memcached: nobody knows how long a pattern takes for them.
        if len(key) <= MAX_KEY and pattern.search(key):
            found.append(key)
    return seen, found


def _slabs(client: Client) -> dict[int, int]:
    """How many items each slab class has."""
    found = {}
    for name, value in client.stats("items").items():
        parts = name.split(b":")
        if len(parts) == 3 and parts[2] == b"number" and parts[1].isdigit():
            found[int(parts[1])] = int(value)
    return found


def _delete(visit: _Visit, first: ServerKeys) -> ServerKeys:
    """Delete in batches, then look again: what a dump has missed, or was written meanwhile, goes too."""
    found = first
    for _ in range(_PASSES):
        plain = [key for key in found.keys if deletable(key)]
        for start in range(0, len(plain), _BATCH):
            visit.go_on()
            batch = plain[start : start + _BATCH]
            visit.client.delete_many(batch, noreply=False)
            visit.deleted.update(dict.fromkeys(batch))
        gone = _delete_odd(visit, [key for key in found.keys if not deletable(key)])
        found = _find(visit)
        if not gone and not any(deletable(key) for key in found.keys):
            break
    # What was deleted and is there again was written by a service in use, with what is true by now.
    stayed = [key for key in found.keys if key not in visit.deleted]
    error = (
        f"{len(stayed)} matching keys have blanks or control characters, and this memcached is too old to delete "
        "such keys (1.6.9 is not): they go when they expire, or when it is restarted"
        if stayed
        else ""
    )
    keys = tuple(visit.deleted)
    return ServerKeys(visit.server, first.seen, keys, found.incomplete, len(keys), error)


def _delete_odd(visit: _Visit, keys: Sequence[bytes]) -> int:
    """Delete keys that only the binary protocol can write, by their base64 (``md KEY b``, doc/protocol.txt).

    How many are gone: none where the server does not know the command.
    """
    gone = 0
    for key in keys:
        visit.go_on()
        try:
            answer = visit.client.raw_command(b"md %s b" % b64encode(key), end_tokens=b"\r\n")
        except MemcacheUnknownCommandError:
            break
        if answer.startswith((b"HD", b"NF")):
            visit.deleted[key] = None
            gone += 1
    return gone
