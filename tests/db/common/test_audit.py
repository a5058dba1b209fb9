"""The audit keeps messages as code and parameters."""

from __future__ import annotations

import pytest

from common import audit
from common.actor import Actor
from common.codes import CODES
from common.codes.registry import Code, Says
from common.errors import Finding
from common.messages import Message, message
from common.models import AuditEntry

pytestmark = pytest.mark.django_db


def test_messages_are_put_into_words_when_they_are_shown(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    says = {"": Says("{names} wait", "look at {names}")}
    monkeypatch.setitem(CODES, "Y01", Code("Y01", "A code", "Because.", "Do.", says=says))
    said = message("Y01", names=["a"])
    audit.record(
        actor, "look", "z", why=said, left=[Finding(said, level="warning", field="f")], kept={"code": "x"}
    )
    detail = AuditEntry.objects.get().detail
    assert detail["why"] == {"code": "Y01", "says": "", "params": {"names": ["a"]}}
    assert audit.worded(detail) == {
        "why": "a wait: look at a",
        "left": ["Y01 warning f: a wait -> look at a"],
        "kept": {"code": "x"},
    }
    audit.record(actor, "look", "z", why=Message.literal("no answer"))
    assert audit.worded(AuditEntry.objects.first().detail) == {"why": "no answer"}
