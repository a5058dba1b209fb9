"""List filters; only those present in the request are applied. The only module that imports django-filter."""

from __future__ import annotations

from typing import Any

from django import forms
from django_filters import rest_framework as given  # type: ignore[import-untyped]

Backend = given.DjangoFilterBackend


class Filters(given.FilterSet):  # type: ignore[misc]
    """Base of all filter sets. Subclasses declare each filter; none is derived from the model."""

    class Meta:
        fields: list[str] = []


def text(field_name: str | None = None, lookup_expr: str = "exact") -> Any:
    """Match a text exactly."""
    return given.CharFilter(field_name=field_name, lookup_expr=lookup_expr)


class _YesNoField(forms.CharField):
    """Accepts only true or false. The standard field reads other values as *not given* and returns everything."""

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
    """Match ``true`` or ``false``."""
    return _YesNo()


def address(field_name: str | None = None) -> Any:
    """Match an IP address. Any other text is refused instead of matching no row."""
    return _Address(field_name=field_name)


def one_of(choices: Any, field_name: str | None = None) -> Any:
    """Match one of several choices."""
    return given.ChoiceFilter(field_name=field_name, choices=choices)


def any_of(choices: Any) -> Any:
    """Match any of one or more choices: ``?status=new&status=available``."""
    return given.MultipleChoiceFilter(choices=choices)


def takes_several(item: Any) -> bool:
    """Decide whether a filter may be given more than once."""
    return isinstance(item, given.MultipleChoiceFilter)
