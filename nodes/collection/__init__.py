"""Collect the facts of one machine in one round trip: a script to send, and a reader of its output."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from nodes.collection import frames
from nodes.collection.assemble import assemble
from nodes.collection.clock import Heard
from nodes.collection.errors import CollectionError
from nodes.facts import NodeFacts
from nodes.parsers.errors import FactsError, ParseError

__all__ = ["CollectionError", "FactsError", "Heard", "ParseError", "assemble", "build_command", "read"]

# In this order: script.sh ends with the call that starts everything.
_PARTS = ("helpers.sh", "machine.sh", "storage.sh", "network.sh", "script.sh")
_NONCE = re.compile(r"[A-Za-z0-9]{8,64}")


def build_command(nonce: str) -> tuple[list[str], bytes]:
    """Return ``(argv, stdin)`` to run on the machine: ``sh -s -- NONCE`` (man sh(1)) with the script as its input.

    ``nonce`` is 8 to 64 letters and digits, new for each run. Raises: ValueError for any other.
    """
    if not _NONCE.fullmatch(nonce):
        raise ValueError("a nonce is 8 to 64 letters and digits")
    return ["sh", "-s", "--", nonce], _script()


def read(stdout: bytes, nonce: str, mgmt_address: str, heard: Heard | None = None) -> NodeFacts:
    """Parse the output of the script into facts; ``mgmt_address`` is the address at which the machine was reached.

    ``heard``: when it was sent and answered, for the offset of the machine's clock.

    Raises: FactsError (ParseError or CollectionError) whose text says what is missing and what to do.
    """
    return assemble(frames.parse(stdout, nonce), mgmt_address, heard)


@cache
def _script() -> bytes:
    return b"\n".join(Path(__file__).with_name(part).read_bytes() for part in _PARTS)
