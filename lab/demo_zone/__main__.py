"""``python -m lab.demo_zone [--once] [--port N]``: what ``make demo-zone`` runs."""

from __future__ import annotations

import sys

from lab.demo.__main__ import main
from lab.demo_zone.runbook import ZoneRunbook
from lab.demo_zone.site import ZoneSite

if __name__ == "__main__":
    sys.exit(main(ZoneRunbook, ZoneSite, "make demo-zone"))
