"""Filters of lists; only those that were sent are applied. The one place that imports django-filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django_filters import rest_framework as given  # type: ignore[import-untyped]

Backend = given.DjangoFilterBackend


class Filters(given.FilterSet):  # type: ignore[misc]
    """Subclasses name their filters one by one: none comes from the model by itself."""

    class Meta:
        fields: list[str] = []


def text(field_name: str | None = None, lookup_expr: str = "exact") -> Any:
    """Equal to a text."""
    return given.CharFilter(field_name=field_name, lookup_expr=lookup_expr)


class _YesNoField(forms.CharField):
    """The usual one takes what it does not know for *not asked*, and answers with everything."""

    def clean(self, value: Any) -> Any:
        text = str(value or "").strip().lower()
        if text in ("true", "false"):
            return text == "true"
        if text:
            raise forms.ValidationError("use true or false")
        return None


class _YesNo(given.BooleanFilter):  # type: ignore[misc]
    field_class = _YesNoField

    def __init__(self) -> None:
        super().__init__(widget=forms.TextInput)


class _Address(given.CharFilter):  # type: ignore[misc]
    field_class = forms.GenericIPAddressField


def yes_no() -> Any:
    """``true`` or ``false``."""
    return _YesNo()


def address(field_name: str | None = None) -> Any:
    """An IP address: another text is refused, and not taken for an address that no row has."""
    return _Address(field_name=field_name)


def one_of(choices: Any, field_name: str | None = None) -> Any:
    """One of several words."""
    return given.ChoiceFilter(field_name=field_name, choices=choices)


def any_of(choices: Any) -> Any:
    """One or several words: ``?status=new&status=available``."""
    return given.MultipleChoiceFilter(choices=choices)


def takes_several(item: Any) -> bool:
    """Whether a filter may be given more than once."""
    return isinstance(item, given.MultipleChoiceFilter)
