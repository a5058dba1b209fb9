"""Display of a status: a tone (colour) and a symbol, so that colour vision is not needed."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

# status -> (tone, symbol). One table: a word means the same wherever it appears.
_LOOKS: dict[str, tuple[str, str]] = {
    "new": ("idle", "○"),
    "collecting": ("busy", "●"),
    "available": ("info", "✓"),
    "collect_failed": ("bad", "✕"),
    "configured": ("info", "◆"),
    "scaling": ("busy", "●"),
    "scale_failed": ("bad", "✕"),
    "active": ("good", "✓"),
    "retired": ("idle", "–"),
    "queued": ("idle", "○"),
    "running": ("busy", "●"),
    "paused": ("warn", "‖"),
    "cancelling": ("warn", "■"),
    "cancelled": ("warn", "■"),
    "succeeded": ("good", "✓"),
    "failed": ("bad", "✕"),
    "pending": ("idle", "○"),
    "skipped": ("idle", "–"),
    "alive": ("good", "✓"),
    "dead": ("bad", "✕"),
    "draft": ("warn", "?"),
    "approved": ("info", "✓"),
    "applied": ("good", "✓"),
    "rejected": ("bad", "✕"),
    "superseded": ("idle", "–"),
    "error": ("bad", "✕"),
    "warning": ("warn", "!"),
    "info": ("info", "i"),
    "added": ("good", "+"),
    "changed": ("warn", "~"),
    "removed": ("bad", "−"),
    "same": ("idle", "="),
}

STATUSES = tuple(_LOOKS)

# status -> what a person reads.
_WORDS: dict[str, Promise] = {
    "new": gettext_lazy("new"),
    "collecting": gettext_lazy("collecting"),
    "available": gettext_lazy("available"),
    "collect_failed": gettext_lazy("collect failed"),
    "configured": gettext_lazy("configured"),
    "scaling": gettext_lazy("scaling"),
    "scale_failed": gettext_lazy("scale failed"),
    "active": gettext_lazy("active"),
    "retired": gettext_lazy("retired"),
    "queued": gettext_lazy("queued"),
    "running": gettext_lazy("running"),
    "paused": gettext_lazy("paused"),
    "cancelling": gettext_lazy("cancelling"),
    "cancelled": gettext_lazy("cancelled"),
    "succeeded": gettext_lazy("succeeded"),
    "failed": gettext_lazy("failed"),
    "pending": gettext_lazy("pending"),
    "skipped": gettext_lazy("skipped"),
    "alive": gettext_lazy("alive"),
    "dead": gettext_lazy("dead"),
    "draft": gettext_lazy("draft"),
    "approved": gettext_lazy("approved"),
    "applied": gettext_lazy("applied"),
    "rejected": gettext_lazy("rejected"),
    "superseded": gettext_lazy("superseded"),
    "error": gettext_lazy("error"),
    "warning": gettext_lazy("warning"),
    "info": gettext_lazy("info"),
    "added": gettext_lazy("added"),
    "changed": gettext_lazy("changed"),
    "removed": gettext_lazy("removed"),
    "same": gettext_lazy("unchanged"),
}


def look(status: str) -> tuple[str, str]:
    """Return tone and symbol of a status; an unknown one looks idle."""
    return _LOOKS.get(status, ("idle", "○"))


def pill(status: str, text: str = "") -> SafeString:
    """Render the coloured label of a status."""
    tone, symbol = look(status)
    return format_html(
        '<span class="con-pill con-{}"><span aria-hidden="true">{}</span> {}</span>',
        tone,
        symbol,
        text or words(status),
    )


def words(status: str) -> str:
    """Render a status in words: ``collect failed``."""
    return str(_WORDS.get(status) or status.replace("_", " "))
