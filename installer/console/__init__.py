"""The admin console: read-only lists and our own pages, whose buttons each call one service function."""

import installer.console.accounts
import installer.console.audit
import installer.console.jobs.admin
import installer.console.jobs.workers
import installer.console.nodes.admin
import installer.console.operations.scale_outs
import installer.console.plans.admin
import installer.console.tokens
import installer.console.zones.admin
import installer.console.zones.networks  # noqa: F401
