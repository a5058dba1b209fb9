"""The rules of the domain, R01 to R25: pure functions from a context to findings."""

from zones.core.rules.context import Context
from zones.core.rules.reconfigure import renamed_from
from zones.core.rules.registry import RULES, Rule, check

__all__ = ["RULES", "Context", "Rule", "check", "renamed_from"]
