"""Columns that store code and parameters; the sentence is made when it is shown, in the reader's language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from django.db import models

from common.errors import Finding
from common.messages import Message


class MessageField(models.TextField):  # type: ignore[type-arg]
    """A :class:`Message`, stored as JSON; text of another source is stored, and comes back, as it is."""

    def deconstruct(self) -> Any:
        """Return the field as migrations know it: the column is a text."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def get_prep_value(self, value: Any) -> Any:
        """Return what is stored."""
        if isinstance(value, Message) and not value.is_text:
            return _dumped(value)
        # What a node said may look like a stored message, and is none.
        if isinstance(value, str) and value.startswith("{"):
            return _dumped(Message.literal(str(value)))
        return super().get_prep_value(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the message in the language of this request."""
        if isinstance(value, str) and value.startswith("{"):
            try:
                return Message.from_stored(json.loads(value))
            except (ValueError, TypeError, KeyError, AttributeError):
                return value  # an earlier release stored what a node said
        return value


class MessagesField(models.JSONField):
    """A list of :class:`Message`, each stored as code and parameters; texts are stored as they are."""

    def deconstruct(self) -> Any:
        """Return the field as migrations know it: the column is JSON."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return what is stored."""
        if isinstance(value, list | tuple):
            value = [item.stored() if isinstance(item, Message) else item for item in value]
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the sentences in the language of this request."""
        found = super().from_db_value(value, expression, connection)
        if not isinstance(found, list):
            return found
        return [Message.from_stored(item) if isinstance(item, dict) else item for item in found]


class FindingsField(models.JSONField):
    """A list of :class:`Finding`, each stored as code, parameters and place."""

    def deconstruct(self) -> Any:
        """Return the field as migrations know it: the column is JSON."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        """Return what is stored."""
        if isinstance(value, Iterable) and not isinstance(value, str | dict):
            value = [item.stored() if isinstance(item, Finding) else item for item in value]
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the findings; what is looked up inside the JSON comes back as it is."""
        found = super().from_db_value(value, expression, connection)
        return [Finding.from_stored(item) for item in found] if isinstance(found, list) else found


def _dumped(value: Message) -> str:
    return json.dumps(value.stored(), ensure_ascii=False)
