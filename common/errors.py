"""What every verb may return besides success. No Django here: the pure core of the other apps uses it too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is wrong or worth knowing: its code, its place, and what to do about it."""

    code: str
    detail: str
    remedy: str = ""
    level: Level = "error"
    field: str = ""
    file: str = ""
    line: int | None = None
    node: str = ""

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
        return {
            key: value for key, value in asdict(self).items() if value not in ("", None) or key == "field"
        }


class VerbError(Exception):
    """Base of every expected refusal or failure of a verb; ``exit_code`` is for commands."""

    exit_code = 1


class Refused(VerbError):
    """The input was refused or violates a rule; nothing was changed. Exit 2, HTTP 400."""

    exit_code = 2

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: Sequence[Finding] = tuple(findings)
        super().__init__("\n".join(finding.sentence() for finding in self.findings))

    @classmethod
    def because(cls, code: str, detail: str, remedy: str = "", **place: Any) -> Self:
        """Return a refusal with one finding."""
        return cls([Finding(code=code, detail=detail, remedy=remedy, **place)])


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
    """The data has changed since the person looked at it; ``difference`` shows what changed. Exit 3, HTTP 409."""

    exit_code = 3

    def __init__(self, findings: Iterable[Finding], difference: Difference = Difference()) -> None:
        super().__init__(findings)
        self.difference = difference


class Denied(VerbError):
    """The person may not do this. Exit 2, HTTP 403."""

    exit_code = 2


class Busy(VerbError):
    """Something else is running: which job, since when, started by whom. Exit 3, HTTP 409."""

    exit_code = 3

    def __init__(self, detail: str, *, job_id: str = "") -> None:
        self.detail = detail
        self.job_id = job_id
        super().__init__(detail)


class Failed(VerbError):
    """The operation was started and failed. Exit 1."""
