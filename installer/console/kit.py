"""Every part of the pages in every state, on one page: what a change of the style sheet is looked at with, and tested."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from installer.console.labels import STATUSES, pill
from installer.console.nodes.forms import AddForm, DiskForm, ImportForm, SshForm

_TONES = ("idle", "info", "busy", "good", "warn", "bad")
_COLOURS = ("page", "bg", "sunk", "line", "edge", "text", "strong", "dim", "accent", "fill", "chosen")
_ROWS = (
    ("127.1.0.21", "pek3cr02n01", "available", "2×SSD 3.2 TB"),
    ("127.1.0.22", "pek3cr02n02", "collect_failed", ""),
    ("127.1.0.23", "pek3cr02n03", "active", "3×SSD 3.2 TB + 1×SATA 4 TB"),
)
_DIFF = """\
@@ -1,4 +1,4 @@
 os_version="20.04"
-vpool_layout="mirror"
+vpool_layout="raidz"
 data_disk_type="ssd"
"""
_SOURCE = ("zone_id: pek3c", "nodes:", "  127.1.0.21: {role: hyper-rep}", "  127.1.0.22: {role: vg}")


@cache
def icon_names() -> tuple[str, ...]:
    """Return the names of the sprite's icons."""
    sprite = Path(settings.BASE_DIR) / "static" / "console" / "icons.svg"
    return tuple(re.findall(r'id="([a-z]+)"', sprite.read_text()))


def kit_page(request: HttpRequest) -> HttpResponse:
    """Show all parts; nothing on the page does anything."""
    context = {
        **admin.site.each_context(request),
        "title": gettext("Parts of the pages"),
        "icons": icon_names(),
        "colours": _COLOURS,
        "tones": _TONES,
        "states": [pill(status) for status in STATUSES],
        "rows": [(address, name, pill(status), disks) for address, name, status, disks in _ROWS],
        "wrong": AddForm({"wrong-port": "70000", "wrong-user": "root"}, prefix="wrong"),
        "forms": [DiskForm(prefix="disk"), SshForm(prefix="ssh"), ImportForm(prefix="file")],
        "diff": _DIFF,
        "source": list(enumerate(_SOURCE, start=1)),
        "levels": ("debug", "success", "info", "warning", "error"),
    }
    return render(request, "console/kit.html", context)
