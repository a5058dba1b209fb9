"""Every code that a finding, a refusal or a failure may carry: one meaning each, by domain."""

from __future__ import annotations

from common.codes import (
    accounts,
    addresses,
    cache,
    changes,
    command_line,
    commands,
    documents,
    edits,
    files,
    groups,
    haproxy,
    jobs,
    nodes,
    packages,
    plans,
    qemu,
    region,
    requests,
    routes,
    rules,
    templates,
    zones,
)
from common.codes.registry import Code, by_code, explanation
from common.errors import NotFound

__all__ = ["CODES", "Code", "explanation", "find_code"]

CODES = by_code(
    addresses.CODES,
    command_line.CODES,
    documents.CODES,
    edits.CODES,
    files.CODES,
    groups.CODES,
    haproxy.CODES,
    packages.CODES,
    jobs.CODES,
    changes.CODES,
    region.CODES,
    cache.CODES,
    nodes.CODES,
    plans.CODES,
    qemu.CODES,
    rules.CODES,
    templates.CODES,
    accounts.CODES,
    routes.CODES,
    requests.CODES,
    commands.CODES,
    zones.CODES,
)


def find_code(text: str) -> Code:
    """Look up a code, in upper or lower case. Raises :class:`NotFound`."""
    found = CODES.get(text.strip().upper())
    if found is None:
        raise NotFound.because(
            "C18",
            f"there is no code {text.strip()[:20]}",
            "explain without a code lists all of them",
            field="code",
        )
    return found
