"""What every verb may answer besides success. No Django here: the pure core of the other apps uses it too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

Level = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or worth knowing: its code, where it is, and what to do about it."""

    code: str
    detail: str
    remedy: str = ""
    level: Level = "error"
    field: str = ""
    file: str = ""
    line: int | None = None
    node: str = ""

    def place(self) -> str:
        """``file:line``, the node, or the field: the most exact place that is known; may be empty."""
        if self.file:
            return f"{self.file}:{self.line}" if self.line else self.file
        return self.node or self.field

    def sentence(self) -> str:
        """One line for a terminal: ``R02 error settings.z.yaml:7: five hypers … -> add one``."""
        head = " ".join(part for part in (self.code, self.level, self.place()) if part)
        tail = f" -> {self.remedy}" if self.remedy else ""
        return f"{head}: {self.detail}{tail}"

    def as_dict(self) -> dict[str, Any]:
        """JSON shape of contract: ``code``, ``field``, ``detail`` and the rest of what is known."""
        return {
            key: value for key, value in asdict(self).items() if value not in ("", None) or key == "field"
        }


class VerbError(Exception):
    """Base of every expected refusal or failure of a verb; ``exit_code`` is for commands."""

    exit_code = 1


class Refused(VerbError):
    """The input was refused or a rule is broken; nothing was changed. Exit 2, HTTP 400."""

    exit_code = 2

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings: Sequence[Finding] = tuple(findings)
        super().__init__("\n".join(finding.sentence() for finding in self.findings))

    @classmethod
    def because(cls, code: str, detail: str, remedy: str = "", **place: Any) -> Self:
        """A refusal with one finding."""
        return cls([Finding(code=code, detail=detail, remedy=remedy, **place)])


class NotFound(Refused):
    """Something that was named does not exist. Exit 2, HTTP 404."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed since a person looked: a sentence for each change, and a unified diff for each text by its place."""

    changes: tuple[str, ...] = ()
    texts: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """JSON shape of a refusal's ``difference``."""
        return {
            "changes": list(self.changes),
            "texts": [{"place": place, "diff": diff} for place, diff in self.texts],
        }


class Outdated(Refused):
    """What was looked at is not what there is any more; ``difference`` shows what changed. Exit 3, HTTP 409."""

    exit_code = 3

    def __init__(self, findings: Iterable[Finding], difference: Difference = Difference()) -> None:
        super().__init__(findings)
        self.difference = difference


class Denied(VerbError):
    """The person may not do this. Exit 2, HTTP 403."""

    exit_code = 2


class Busy(VerbError):
    """Something else runs: which job, since when, by whom. Exit 3, HTTP 409."""

    exit_code = 3

    def __init__(self, detail: str, *, job_id: str = "") -> None:
        self.detail = detail
        self.job_id = job_id
        super().__init__(detail)


class Failed(VerbError):
    """The operation was started and failed. Exit 1."""
