"""Which hypers mirror each other, and which share a VBC."""

from __future__ import annotations

from collections.abc import Iterable

from zones.core.rules.context import Context, Named


def pairs_of(ctx: Context) -> tuple[tuple[Named, ...], ...]:
    """Return the pairs of the file's hyper-pair nodes: as listed, else in hostname order; the last one may be alone."""
    nodes = ctx.with_role("hyper-pair")
    if not ctx.settings.pairs:
        return tuple(nodes[index : index + 2] for index in range(0, len(nodes), 2))
    by_address = {named.entry.address: named for named in nodes}
    position = {address: index for index, address in enumerate(by_address)}
    pairs = [
        tuple(by_address[address] for address in sorted(pair.addresses, key=lambda item: position[item]))
        for pair in ctx.settings.pairs
    ]
    return tuple(sorted(pairs, key=lambda pair: position[pair[0].entry.address]))


def vbc_groups(ctx: Context, carried: Iterable[str]) -> tuple[tuple[Named, ...], ...]:
    """Group hypers without a VBC, in hostname order of the groups' first members.

    Pairs stay together; the others are grouped by ``vbc_group_size``, the last group may be smaller.
    """
    settled = frozenset(carried)
    size = ctx.variables.integer("advance", "vbc_group_size") or 2
    free = [named for named in ctx.hypers if named.entry.address not in settled]
    rest = [named for named in free if named.entry.role != "hyper-pair"]
    groups = [tuple(rest[index : index + size]) for index in range(0, len(rest), size)]
    for pair in pairs_of(ctx):
        members = tuple(named for named in pair if named.entry.address not in settled)
        if members:
            groups.append(members)
    position = {named.entry.address: index for index, named in enumerate(ctx.hypers)}
    return tuple(sorted(groups, key=lambda group: position[group[0].entry.address]))
