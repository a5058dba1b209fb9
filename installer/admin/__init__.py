"""The admin console: read-only lists and pages of our own, whose buttons each call one service function."""

from installer.admin import accounts, audit, jobs, networks, nodes, plans, tokens, workers, zones

__all__ = ["accounts", "audit", "jobs", "networks", "nodes", "plans", "tokens", "workers", "zones"]
