"""All rules by code, and the one function that runs them all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from common.codes import CODES
from common.codes.registry import Level
from common.errors import Finding
from zones.core.rules import addresses, disks, eips, nodes, reconfigure, roles, variables, vbcs
from zones.core.rules.context import Context


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its code, which says what it means, and the function that checks it."""

    code: str
    check: Callable[[Context], Iterable[Finding]]

    @property
    def level(self) -> Level:
        """Return the heaviest level of its findings."""
        return CODES[self.code].level


_ALL = (
    Rule("R01", roles.r01),
    Rule("R02", roles.r02),
    Rule("R03", roles.r03),
    Rule("R04", eips.r04),
    Rule("R05", eips.r05),
    Rule("R06", vbcs.r06),
    Rule("R07", vbcs.r07),
    Rule("R08", variables.r08),
    Rule("R09", variables.r09),
    Rule("R10", variables.r10),
    Rule("R11", variables.r11),
    Rule("R12", roles.r12),
    Rule("R13", roles.r13),
    Rule("R14", roles.r14),
    Rule("R15", nodes.r15),
    Rule("R16", nodes.r16),
    Rule("R17", disks.r17),
    Rule("R18", eips.r18),
    Rule("R19", nodes.r19),
    Rule("R20", nodes.r20),
    Rule("R21", nodes.r21),
    Rule("R22", variables.r22),
    Rule("R23", reconfigure.r23),
    Rule("R24", addresses.r24),
    Rule("R25", nodes.r25),
)

RULES: dict[str, Rule] = {rule.code: rule for rule in _ALL}


def check(ctx: Context) -> list[Finding]:
    """Return the findings of loading and of every rule, sorted by file, line and code; each sentence once."""
    found = [*ctx.documents.findings]
    for rule in RULES.values():
        found.extend(rule.check(ctx))
    return sorted(dict.fromkeys(found), key=_place)


def _place(item: Finding) -> tuple[str, int, str, str, str]:
    return item.file, item.line or 0, item.code, item.node, item.detail
