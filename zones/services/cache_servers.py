"""One memcached over its text protocol: keys that match are found and deleted, nothing else is touched."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheClientError, MemcacheError, MemcacheServerError

from zones.core.memcached import MAX_KEY, AnswerError, CacheServer, KeyReader, deletable

ANSWER_S = 5.0
TOTAL_S = 120.0
_BATCH = 500
_CHUNK = 1 << 18
_PASSES = 5


class TooLong(TimeoutError):
    """The server answers, but without an end."""


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


def on_all(
    servers: Sequence[CacheServer], pattern: re.Pattern[bytes], *, delete: bool, answer_s: float = ANSWER_S
) -> list[ServerKeys]:
    """Ask every server at once, and delete what matches; one that does not answer keeps none of the others back."""
    with ThreadPoolExecutor(max_workers=len(servers), thread_name_prefix="memcached") as pool:
        return list(
            pool.map(lambda server: on_one(server, pattern, delete=delete, answer_s=answer_s), servers)
        )


def on_one(
    server: CacheServer, pattern: re.Pattern[bytes], *, delete: bool, answer_s: float = ANSWER_S
) -> ServerKeys:
    """The matching keys of one server, deleted if asked for. Never raises for what the server does."""
    client = Client((server.host, server.port), connect_timeout=answer_s, timeout=answer_s, no_delay=True)
    try:
        found = _find(client, server, pattern)
        if delete and found.keys:
            found = _delete(client, server, pattern, found)
        return found
    except TooLong:
        return ServerKeys(server, error=f"it does not come to the end of its keys within {TOTAL_S:.0f} s")
    except TimeoutError:
        return ServerKeys(server, error=f"it does not answer within {answer_s:.0f} s")
    except OSError as error:
        return ServerKeys(server, error=f"it cannot be reached: {error.strerror or error}")
    except AnswerError as error:
        return ServerKeys(server, error=f"it answers {error}: is this a memcached?")
    except (MemcacheClientError, MemcacheServerError) as error:
        said = error.args[0] if error.args else b""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        return ServerKeys(server, error=f"it refuses: {text[:80] or type(error).__name__}")
    except MemcacheError as error:
        return ServerKeys(server, error=f"the connection ended early: {error or type(error).__name__}")
    except (ValueError, IndexError, KeyError):
        # What the library makes of an answer that no memcached gives.
        return ServerKeys(server, error="it answers what is not understood: is this a memcached?")
    finally:
        client.close()


def _find(client: Client, server: CacheServer, pattern: re.Pattern[bytes]) -> ServerKeys:
    until = time.monotonic() + TOTAL_S
    # The walk over the hash table sees every key; older servers know only the walk over the LRU lists,
    # which can miss keys that move meanwhile, and the oldest only dump pages of each slab class.
    for command in (b"lru_crawler metadump hash", b"lru_crawler metadump all"):
        try:
            seen, keys = _matching(_patiently(client, command, until), pattern)
            return ServerKeys(server, seen, tuple(keys))
        except AnswerError as error:
            if error.kind == "garbage":
                raise
            client.close()
    seen, keys = 0, []
    slabs = _slabs(client)
    for slab in slabs:
        dumped = _ask(client, b"stats cachedump %d 0" % slab, until)
        slab_seen, slab_keys = _matching(dumped, pattern)
        seen += slab_seen
        keys += slab_keys
    return ServerKeys(server, seen, tuple(keys), incomplete=seen < sum(slabs.values()))


def _patiently(client: Client, command: bytes, until: float) -> Iterator[bytes]:
    """The dump of the crawler, which serves one at a time; after a few seconds of BUSY it is given up."""
    for _ in range(20):
        try:
            yield from _ask(client, command, until)
            return
        except AnswerError as error:
            if error.kind != "busy":
                raise
            time.sleep(0.25)
    raise AnswerError("busy", b"BUSY")


def _ask(client: Client, command: bytes, until: float) -> Iterator[bytes]:
    if client.sock is None:
        client._connect()
    assert client.sock is not None
    client.sock.sendall(command + b"\r\n")
    reader = KeyReader()
    while not reader.ended:
        data = client.sock.recv(_CHUNK)
        if not data:
            raise ConnectionResetError(0, "it closed the connection")
        if time.monotonic() > until:
            raise TooLong
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


def _delete(client: Client, server: CacheServer, pattern: re.Pattern[bytes], first: ServerKeys) -> ServerKeys:
    """Delete in batches, then look again: what a dump has missed, or was written meanwhile, goes too."""
    deleted: dict[bytes, None] = {}
    found = first
    for _ in range(_PASSES):
        wanted = [key for key in found.keys if deletable(key)]
        for start in range(0, len(wanted), _BATCH):
            client.delete_many(wanted[start : start + _BATCH], noreply=False)
        deleted.update(dict.fromkeys(wanted))
        found = _find(client, server, pattern)
        if not any(deletable(key) for key in found.keys):
            break
    # What was deleted and is there again was written by a service in use, with what is true by now.
    stayed = [key for key in found.keys if key not in deleted]
    error = f"{len(stayed)} matching keys could not be deleted" if stayed else ""
    return ServerKeys(server, first.seen, tuple(deleted), found.incomplete, len(deleted), error)
