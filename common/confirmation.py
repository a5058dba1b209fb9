"""Confirm an irreversible action by naming its objects and giving a reason: the same in all interfaces.

======  =================================================================================================
P80     an irreversible action is not confirmed, or something else is
P81     no reason is given for an irreversible action
======  =================================================================================================
"""

from __future__ import annotations

from collections.abc import Sequence

from common.errors import Finding, Refused
from common.messages import Message, message, phrase
from common.wording import _

# For more objects than this, their number is typed instead of each name.
NAMED = 5


def expected_words(names: Sequence[str]) -> tuple[str, ...]:
    """Return what a person types to confirm: each name, or the number of many."""
    distinct = tuple(dict.fromkeys(names))
    return distinct if len(distinct) <= NAMED else (str(len(distinct)),)


def asked_for(names: Sequence[str]) -> Message:
    """Describe what has to be typed: ``the host name pek3cr01n11``, ``the number of nodes, 12``."""
    words = expected_words(names)
    if len(words) == 1 and len(set(names)) > 1:
        return phrase(_("the number of nodes, {n}"), n=words[0])
    template = _("the host name {names}") if len(words) == 1 else _("the host names {names}")
    return phrase(template, names=" ".join(words))


def check_confirmed(names: Sequence[str], *, confirm: str, what: str, reason: str | None = None) -> None:
    """Raise :class:`Refused` unless ``confirm`` names exactly these objects; ``what`` describes the action.

    ``reason``: also refused when empty; None where no reason is required.
    """
    findings = []
    given = {word.lower() for word in confirm.replace(",", " ").split()}
    wanted = {word.lower() for word in expected_words(names)}
    if given != wanted:
        asked = asked_for(names)
        findings.append(
            Finding(
                message("P80", "other_typed", what=what, typed=confirm.strip()[:200], names=asked)
                if given
                else message("P80", "not_confirmed", what=what, names=asked),
                field="confirm",
            )
        )
    if reason is not None and not reason.strip():
        findings.append(Finding(message("P81", what=what), field="reason"))
    if findings:
        raise Refused(findings)
