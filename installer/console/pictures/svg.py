"""Build SVG as text: a short list of elements and attributes, all values escaped, no style, no script, no outside link."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

from django.utils.safestring import SafeString

from common.text import plain

_TAGS = frozenset(
    {*("svg", "g", "rect", "circle", "path", "line", "polygon", "text"), *("title", "defs", "pattern")}
)
_ATTRIBUTES = frozenset(
    {
        *("class", "id", "role", "aria-label", "aria-hidden", "focusable", "fill", "transform"),
        *("x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "width", "height", "d", "points"),
        *("viewBox", "preserveAspectRatio", "patternUnits"),
    }
)
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_ -]*")
_PATTERN = re.compile(r"url\(#pic-[a-z-]+\)")
_CHECKED = {"class": _WORD, "id": _WORD, "role": _WORD, "fill": _PATTERN}


def element(tag: str, *children: SafeString | str, **attributes: object) -> SafeString:
    """Return an element; children that are no elements are text, and attributes that are None are left out.

    Underscores in names stand for dashes, ``class_`` for ``class``, a tuple for several words. Raises ValueError for
    anything but the elements and attributes of pictures, so that nothing a node sends can become markup.
    """
    if tag not in _TAGS:
        raise ValueError(tag)
    head = tag + "".join(_written(name, value) for name, value in attributes.items() if value is not None)
    body = "".join(child if isinstance(child, SafeString) else text(child) for child in children)
    return SafeString(f"<{head}>{body}</{tag}>" if body else f"<{head}/>")


def text(value: str) -> SafeString:
    """Return text without control characters, escaped."""
    if value.isascii() and value.isprintable():
        return SafeString(escape(value))
    return SafeString(escape(plain(value).replace("\n", " ")))


def share(part: float) -> str:
    """Return a part of the whole (0 to 1) as a percentage, at most three decimals."""
    return f"{number(part * 100)}%"


def number(value: float) -> str:
    """Return a coordinate: the same in each language, no longer than needed."""
    return f"{value:.3f}".rstrip("0").rstrip(".") or "0"


def text_px(value: str, size_px: float = 12) -> float:
    """Estimate how wide a text of the interface is; full-width characters count double."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in value)
    return (len(value) + wide) * size_px * 0.58


# Widths in CSS pixels at which labels appear (see pictures.css).
WIDTHS = (120, 160, 200, 240, 280, 340, 420, 520, 640, 800, 1000, 1200)


def fitting(label: str, part: float) -> int:
    """Return how wide a picture must be to show the label in a box of that share of it; 0 where it never fits."""
    needed = (text_px(label) + 12) / part if part > 0 else WIDTHS[-1] + 1
    return next((width for width in WIDTHS if needed <= width), 0)


def labels(variants: tuple[str, ...], part: float, **place: object) -> Iterator[SafeString]:
    """Yield text elements for one place of that share: of the variants, longest first, always the longest that fits."""
    until = 0
    for variant in variants:
        if not variant:
            continue
        width = fitting(variant, part)
        if not width or (until and width >= until):
            continue
        class_ = (f"pic-w{width}", f"pic-u{until}" if until else "")
        yield element("text", variant, class_=class_, **place)
        until = width


def _written(name: str, value: object) -> str:
    name = name.rstrip("_").replace("_", "-")
    if name not in _ATTRIBUTES:
        raise ValueError(name)
    if isinstance(value, tuple):
        shown = " ".join(filter(None, value))
    else:
        shown = number(value) if isinstance(value, float) else str(value)
    if name in _CHECKED and not _CHECKED[name].fullmatch(shown):
        raise ValueError(f"{name}={shown!r}")
    return f' {name}="{text(shown)}"'


def patterns() -> SafeString:
    """Return what pictures fill shapes with besides colour; once on a page, before the first picture."""
    size = {"width": 8, "height": 8, "patternUnits": "userSpaceOnUse"}
    return element(
        "svg",
        element(
            "defs",
            element("pattern", element("path", d="M-2 10 10-2M-2 2 2-2M6 10 10 6"), id="pic-hatch", **size),
            element("pattern", element("path", d="M0 0 8 8M8 0 0 8"), id="pic-cross", **size),
            element(
                "pattern",
                element("circle", cx=2, cy=2, r=1),
                element("circle", cx=6, cy=6, r=1),
                id="pic-dots",
                **size,
            ),
            element("pattern", element("path", d="M0 2H8M0 6H8"), id="pic-lines", **size),
        ),
        class_="pic-defs",
        width=0,
        height=0,
        aria_hidden="true",
        focusable="false",
    )
