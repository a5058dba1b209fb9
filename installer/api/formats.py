"""Renderer selection: by ``Accept``, or by ``?format=`` where an endpoint has several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer


class Formats(DefaultContentNegotiation):
    """Treats an unknown format as an invalid parameter, not as an unknown URL."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> Any:
        """Select the renderers of a format. Raises :class:`ValidationError`."""
        every = list(renderers)
        found = [renderer for renderer in every if renderer.format == format]
        if not found:
            names = dict.fromkeys(str(renderer.format) for renderer in every)
            raise ValidationError({"format": [f"use {' or '.join(names)}, or leave it out"]})
        return found
