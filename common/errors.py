"""Findings, refusals and failures of every verb. No Django here: the pure core of the other apps uses it too."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from common.codes.registry import Level
from common.messages import Message, needed, phrase, with_code


@dataclass(frozen=True, init=False)
class Finding:
    """Something that is wrong or worth knowing: its message, its level and its place."""

    message: Message
    level: Level = "error"
    field: str = ""
    file: str = ""
    line: int | None = None
    node: str = ""

    def __init__(
        self,
        message: Message,
        level: Level = "error",
        field: str = "",
        file: str = "",
        line: int | None = None,
        node: str = "",
    ) -> None:
        """Take a message of the codes registry. Raises TypeError for text."""
        values = {
            "message": needed(message),
            "level": level,
            "field": field,
            "file": file,
            "line": line,
            "node": node,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    @property
    def code(self) -> str:
        """The code of the registry."""
        return self.message.code

    @property
    def detail(self) -> str:
        """What is wrong, in the language of the one who looks."""
        return self.message.detail

    @property
    def remedy(self) -> str:
        """What to do about it; may be empty."""
        return self.message.remedy

    def place(self) -> str:
        """Return the most precise place that is known: ``file:line``, the node, or the field; may be empty."""
        if self.file:
            return f"{self.file}:{self.line}" if self.line else self.file
        return self.node or self.field

    def sentence(self) -> str:
        """Return one line for a terminal: ``R02 error settings.z.yaml:7: five hypers … -> add one``."""
        head = " ".join(part for part in (self.code, self.level, self.place()) if part)
        tail = f" -> {self.remedy}" if self.remedy else ""
        return f"{head}: {self.detail}{tail}"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON shape of the contract: ``code``, ``field``, ``detail`` and the rest of what is known."""
        values = {"code": self.code, "detail": self.detail, "remedy": self.remedy, **self._where()}
        return {key: value for key, value in values.items() if value not in ("", None) or key == "field"}

    def stored(self) -> dict[str, Any]:
        """Return what is stored: code, name of the sentence, parameters, level and place."""
        return {**self.message.stored(), **self._where()}

    @classmethod
    def from_stored(cls, data: Mapping[str, Any]) -> Self:
        """Return the finding that :meth:`stored` described, or that an earlier release stored as text."""
        where = {key: data[key] for key in ("level", "field", "file", "line", "node") if key in data}
        if "params" not in data:
            said = Message.literal(data["detail"], data.get("remedy", ""), code=data["code"])
            return cls(said, **where)
        return cls(Message.from_stored(data), **where)

    def _where(self) -> dict[str, Any]:
        return {
            "level": self.level,
            "field": self.field,
            "file": self.file,
            "line": self.line,
            "node": self.node,
        }


class VerbError(Exception):
    """Base of every expected refusal or failure of a verb; ``exit_code`` is for commands."""

    exit_code = 1

    @property
    def message(self) -> Message:
        """What happened, as code and parameters."""
        said = self.args[0] if self.args else ""
        return said if isinstance(said, Message) else Message.literal(str(said))

    def sentence(self) -> str:
        """Return one line for a terminal: the code, if there is one, and what happened."""
        return with_code(self.message)


class Refused(VerbError):
    """The input was refused or violates a rule; nothing was changed. Exit 2, HTTP 400."""

    exit_code = 2

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: Sequence[Finding] = tuple(findings)
        super().__init__("\n".join(finding.sentence() for finding in self.findings))

    @property
    def message(self) -> Message:
        """What is wrong: the message of the only finding, or a sentence of all of them, each with its code and place."""
        if len(self.findings) == 1:
            return self.findings[0].message
        return phrase("{findings:;}", findings=[_placed(finding) for finding in self.findings])

    @classmethod
    def because(cls, message: Message, **place: Any) -> Self:
        """Return a refusal with one finding."""
        return cls([Finding(message, **place)])


def _placed(finding: Finding) -> Message:
    head = " ".join(part for part in (finding.code, finding.place()) if part)
    return phrase("{head}: {said}", head=head, said=finding.message) if head else finding.message


class NotFound(Refused):
    """A named object does not exist. Exit 2, HTTP 404."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed since a person looked: a sentence for each change, and a unified diff for each text by its place."""

    changes: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON shape of a refusal's ``difference``."""
        return {
            "changes": list(self.changes),
            "texts": [{"place": place, "diff": diff} for place, diff in self.texts],
        }


class Outdated(Refused):
    """The data has changed since the person viewed it; ``difference`` shows what changed. Exit 3, HTTP 409."""

    exit_code = 3

    def __init__(self, findings: Iterable[Finding], difference: Difference = Difference()) -> None:
        super().__init__(findings)
        self.difference = difference


class _Said(VerbError):
    """A refusal or failure of one sentence."""

    def __init__(self, said: Message) -> None:
        super().__init__(needed(said))


class Denied(_Said):
    """The person may not do this. Exit 2, HTTP 403."""

    exit_code = 2


class Busy(_Said):
    """Something else is running: which job, since when, started by whom. Exit 3, HTTP 409."""

    exit_code = 3

    def __init__(self, said: Message, *, job_id: str = "") -> None:
        self.job_id = job_id
        super().__init__(said)


class Failed(_Said):
    """The operation was started and failed. Exit 1."""
