"""All codes of findings, refusals and failures, by domain; each has one meaning."""

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
    orders,
    packages,
    plans,
    qemu,
    region,
    requests,
    routes,
    rules,
    scale_outs,
    ssh,
    templates,
    zones,
)
from common.codes.registry import Code, by_code, explanation

__all__ = ["CODES", "Code", "explanation"]

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
    orders.CODES,
    plans.CODES,
    qemu.CODES,
    rules.CODES,
    scale_outs.CODES,
    ssh.CODES,
    templates.CODES,
    accounts.CODES,
    routes.CODES,
    requests.CODES,
    commands.CODES,
    zones.CODES,
)
