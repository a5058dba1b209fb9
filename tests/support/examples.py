"""How many examples a statement is tried with: all of them by ``make test``, fewer by ``make test-quick``."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import transaction
from hypothesis import settings

Item = TypeVar("Item")

# Of the profile that is loaded, in percent of those of make test; see tests/conftest.py.
SHARE = settings().max_examples


def examples(count: int, **more: Any) -> settings:
    """Return the settings of a property that ``make test`` tries with so many examples."""
    return settings(max_examples=max(5, count * SHARE // 100), **more)


def some(items: Sequence[Item], of: str) -> Sequence[Item]:
    """Return all items, or for ``make test-quick`` every third, beginning with another one for each name ``of``."""
    return items if SHARE >= 100 else items[zlib.crc32(of.encode()) % min(3, len(items)) :: 3]


@contextmanager
def alone(example: str) -> Iterator[None]:
    """Name the example if it fails, and take back afterwards what it stores: the next one begins with the same rows."""
    with named(example), transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def named(example: str) -> Iterator[None]:
    """Add to an assertion that fails which of several examples it was."""
    try:
        yield
    except AssertionError as error:
        error.add_note(example)
        raise
