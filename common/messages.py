"""Messages for people, stored as code and parameters and put into words when they are shown. No Django here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Self

from common.codes import CODES
from common.codes.registry import SHARED, Says
from common.wording import COLON, Part, parts, translated, worded

_PLAIN = (bool, int, float, str)


class Message(str):
    """A sentence of the codes registry with its parameters; as a string, it is the sentence in today's language.

    Without a code, ``says`` is the template itself: see :func:`phrase`.

    ``code``: of the registry. ``says``: which of the code's sentences, empty if it has only one. ``params``: JSON values
    and messages. A message made with :meth:`literal` holds a text that is not a sentence of the registry.
    """

    __slots__ = ("code", "params", "says")
    code: str
    says: str
    params: Mapping[str, Any]

    def __new__(cls, code: str, says: str, params: Mapping[str, Any]) -> Self:
        """Put the sentence into words. Raises KeyError for an unknown code, sentence or parameter."""
        template = _template(code, says)
        detail, remedy = worded(template.detail, params), worded(template.remedy, params)
        made = super().__new__(cls, f"{detail}: {remedy}" if detail and remedy else detail or remedy)
        made.code, made.says, made.params = code, says, params
        return made

    @classmethod
    def literal(cls, text: str, remedy: str = "", *, code: str = "") -> Self:
        """Return a message that says ``text``, such as what a node or a library said."""
        return cls(code, _LITERAL, {"text": text, "remedy": remedy})

    @property
    def is_text(self) -> bool:
        """Whether it is a text without code and remedy."""
        return self.says == _LITERAL and not self.code and not self.params["remedy"]

    @property
    def detail(self) -> str:
        """What is wrong, in the language of the one who looks."""
        return worded(_template(self.code, self.says).detail, self.params)

    @property
    def remedy(self) -> str:
        """What to do about it; may be empty."""
        return worded(_template(self.code, self.says).remedy, self.params)

    def remedy_on_page(self) -> Iterator[Part]:
        """Yield the pieces of what to do in the browser: a command of ours is shown as a link to the page that does it."""
        template = _template(self.code, self.says)
        return parts(template.page or template.remedy, self.params)

    def on_page(self) -> Iterator[Part]:
        """Yield the pieces of the whole sentence in the browser."""
        yield from self.parts("detail")
        if self.detail and self.remedy:
            yield Part(translated(COLON))
        yield from self.remedy_on_page()

    def parts(self, which: str = "") -> Iterator[Part]:
        """Yield the pieces of the whole sentence; ``which``: only of its ``detail``, or of its ``remedy``."""
        template = _template(self.code, self.says)
        if which != "remedy":
            yield from parts(template.detail, self.params)
        if not which and self.detail and self.remedy:
            yield Part(translated(COLON))
        if which != "detail":
            yield from parts(template.remedy, self.params)

    def within(self, says: str, **params: Any) -> Message:
        """Return a sentence that any code may have (:data:`SHARED`), with this one as its parameter ``said``."""
        return Message(
            self.code, says, {"said": self, **{key: _json(value) for key, value in params.items()}}
        )

    def shortened(self, limit: int) -> Message:
        """Return the message, or as text what its first ``limit`` characters say if it is longer."""
        return self if len(self) <= limit else Message.literal(f"{self[: limit - 1]}…", code=self.code)

    def mapped(self, change: Callable[[str], str]) -> Message:
        """Return the message with ``change`` applied to every text among its parameters."""
        return Message(
            self.code, self.says, {key: _mapped(item, change) for key, item in self.params.items()}
        )

    def stored(self) -> dict[str, Any]:
        """Return what is stored: ``code``, ``says``, ``params``."""
        params = {key: _stored(item) for key, item in self.params.items()}
        return {"code": self.code, "says": self.says, "params": params}

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Message:
        """Return the message that :meth:`stored` described; what this release cannot word is shown as it stands."""
        params = {key: _restored(item) for key, item in data["params"].items()}
        try:
            return Message(data["code"], data["says"], params)
        except (KeyError, ValueError, TypeError):
            values = ", ".join(f"{key}: {value}" for key, value in params.items())
            return Message.literal(f"{data['says']} ({values})", code=data["code"])

    def __reduce__(self) -> Any:
        return Message, (self.code, self.says, dict(self.params))


_LITERAL = "literal"
_AS_IT_IS = Says("{text}", "{remedy}")


def message(code: str, says: str = "", /, **params: Any) -> Message:
    """Return a sentence of the codes registry: ``message("Z01", zone="pek3c")``.

    ``says`` chooses among several sentences of one code. Values become JSON values: an address or a path its text, a
    set a sorted list. Raises KeyError for an unknown code, sentence or parameter.
    """
    return Message(code, says, {key: _json(value) for key, value in params.items()})


def phrase(template: str, /, **params: Any) -> Message:
    """Return a sentence without a code, for what is neither a finding nor a failure, nor part of one code only.

    ``phrase(_("{n:node|nodes} came"), n=3)``: the template is marked with :func:`common.wording._`. It is stored as
    template and parameters, and put into words again for the one who reads it. Raises KeyError for an unknown parameter.
    """
    return Message("", template, {key: _json(value) for key, value in params.items()})


def with_reason(said: Message, reason: str) -> Message:
    """Return the sentence with the reason that a person gave, if any."""
    return phrase("{said}: {reason}", said=said, reason=reason) if reason else said


def needed(said: Message) -> Message:
    """Return the message. Raises TypeError for a text: what a person is to read is a message of the codes registry."""
    if not isinstance(said, Message):
        raise TypeError(f"not a message of the codes registry: {said!r}")
    return said


def code_of(error: str) -> str:
    """Return the code of the stored error of a job, a step or a node; empty for a text without one."""
    return error.code if isinstance(error, Message) else ""


def with_code(error: str) -> str:
    """Return the error as one line of a terminal shows it: its code, if it has one, and its sentence."""
    code = code_of(error)
    return f"{code} {error}" if code else str(error)


def _template(code: str, says: str) -> Says:
    if says == _LITERAL:
        return _AS_IT_IS
    if not code:
        return Says(says)
    return SHARED[says] if says in SHARED else CODES[code].says[says]


def _json(value: Any) -> Any:
    if value is None or isinstance(value, _PLAIN):
        # An enumeration of texts is its text.
        return str(value) if isinstance(value, str) and type(value) not in (str, Message) else value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Exception) and value.args and isinstance(value.args[0], Message):
        return value.args[0]
    if isinstance(value, set | frozenset):
        return sorted((_json(item) for item in value), key=str)
    if isinstance(value, Iterable) and not hasattr(value, "prefixlen"):
        return [_json(item) for item in value]
    return str(value)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, Message):
        return value.mapped(change)
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    return change(value) if isinstance(value, str) else value


def _stored(value: Any) -> Any:
    if isinstance(value, Message):
        return value.stored()
    return [_stored(item) for item in value] if isinstance(value, list) else value


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return Message.from_stored(value)
    return [_restored(item) for item in value] if isinstance(value, list) else value
