"""Display of a status: a tone (colour) and a symbol, so that colour vision is not needed."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString

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
    return status.replace("_", " ")
