"""Filters of lists; only those that were sent are applied. The one place that imports django-filter."""

from __future__ import annotations

from typing import Any

from django_filters import rest_framework as given  # type: ignore[import-untyped]

Backend = given.DjangoFilterBackend


class Filters(given.FilterSet):  # type: ignore[misc]
    """Subclasses name their filters one by one: none comes from the model by itself."""

    class Meta:
        fields: list[str] = []


def text(field_name: str | None = None, lookup_expr: str = "exact") -> Any:
    """Equal to a text."""
    return given.CharFilter(field_name=field_name, lookup_expr=lookup_expr)


def yes_no() -> Any:
    """``true`` or ``false``."""
    return given.BooleanFilter()


def one_of(choices: Any, field_name: str | None = None) -> Any:
    """One of several words."""
    return given.ChoiceFilter(field_name=field_name, choices=choices)


def any_of(choices: Any) -> Any:
    """One or several words: ``?status=new&status=available``."""
    return given.MultipleChoiceFilter(choices=choices)
