"""The registry of codes: meaning, cause, remedy and an example of each. No Django here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from common.wording import _ as _
from common.wording import translated

Level = Literal["error", "warning", "info"]
_CODE = re.compile(r"[A-Z][0-9]{2}")


@dataclass(frozen=True, slots=True)
class Says:
    """One sentence of a code: templates of what is wrong and of what to do, see :mod:`common.wording`.

    ``page``: what to do in the browser, where ``remedy`` speaks of options of a command.
    """

    detail: str
    remedy: str = ""
    page: str = ""


SHARED: Mapping[str, Says] = {
    "stored_variables": Says(
        _("stored variables of zone {zone}: {said:detail}"),
        _(
            "{said:remedy}: correct {variables}, configure the zone again "
            "(`config_qingcloud -f -v {variables} -s {settings}`) and approve its plan"
        ),
    ),
    "of_plan": Says("{plan}: {said:detail}", "{instead}"),
}
"""Sentences that say of a message of any code, their parameter ``said``, where it was found."""


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding, refusal or failure.

    ``title``: the meaning, a short sentence without a full stop. ``cause``: when it is reported, and why that matters.
    ``remedy``: what to do in general; a finding gives the remedy for its case. ``example``: a finding as it is printed.
    ``level``: the most severe level that it is reported with. ``says``: its sentences by name; the name is empty where
    there is only one. ``failure``: something that was started failed; otherwise an error refuses what was asked for.
    ``rest``: the status of the answer over REST; empty: as usual for its level.
    """

    code: str
    title: str
    cause: str
    remedy: str
    example: str = ""
    level: Level = "error"
    says: Mapping[str, Says] = field(default_factory=dict)
    failure: bool = False
    rest: str = ""

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError(f"{self.code!r} is not a letter and two digits")

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON shape of ``explain``."""
        return {
            "code": self.code,
            "level": self.level,
            "title": translated(self.title),
            "cause": translated(self.cause),
            "remedy": translated(self.remedy),
            "example": self.example,
        }


def explanation(code: Code) -> str:
    """Return the text of ``explain`` for a terminal."""
    said = code.as_dict()
    head = f"{code.code} {code.level}: {said['title']}"
    parts = [head, "", said["cause"], "", translated(_("What to do:")) + " " + said["remedy"]]
    if code.example:
        parts += ["", translated(_("For example:")), f"  {code.example}"]
    return "\n".join(parts)


def by_code(*domains: tuple[Code, ...]) -> dict[str, Code]:
    """Return the codes of all domains in order. Raises ValueError for a duplicate."""
    found: dict[str, Code] = {}
    for code in (item for domain in domains for item in domain):
        if code.code in found:
            raise ValueError(f"{code.code} has two meanings: {found[code.code].title}; {code.title}")
        found[code.code] = code
    return dict(sorted(found.items()))
