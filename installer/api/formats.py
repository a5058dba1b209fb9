"""Which renderer answers: ``Accept``, or ``?format=`` where an endpoint has several."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rest_framework.exceptions import ValidationError
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer


class Formats(DefaultContentNegotiation):
    """A format that does not exist is a wrong parameter, and not an address that does not exist."""

    def filter_renderers(self, renderers: Iterable[BaseRenderer], format: str) -> Any:
        """The renderers of that format. Raises :class:`ValidationError`."""
        every = list(renderers)
        found = [renderer for renderer in every if renderer.format == format]
        if not found:
            names = dict.fromkeys(str(renderer.format) for renderer in every)
            raise ValidationError({"format": [f"use {' or '.join(names)}, or leave it out"]})
        return found
