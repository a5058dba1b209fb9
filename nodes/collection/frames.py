"""Split the framed output of ``script.sh`` into sections."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from common.failure_reason import reason_of
from common.messages import Message, phrase
from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import clean

TOOL = "collection stream"
MAX_STREAM_BYTES = 8 * 1024 * 1024
MAX_SECTION_BYTES = 1_500_000  # script.sh cuts a section there (max_output_bytes)
MISSING_EXIT = 127
TIMEOUT_EXITS = (124, 137, 143)  # coreutils, after its -k, busybox
CUT_EXIT = 141
# Of any run: a pattern with the nonce of one would be compiled for each node.
_FRAME = re.compile(
    r"^@@(?P<nonce>\S+) (?P<word>begin|stderr|end|done) (?P<name>[A-Za-z0-9-]{1,40})(?: (?P<number>[0-9]{1,3}))?\n",
    re.MULTILINE,
)
_COUNT = re.compile("[0-9]+")

Status = Literal["ok", "missing", "failed", "truncated"]


@dataclass(frozen=True, slots=True)
class Section:
    """One tool's answer. ``exit_code`` is ``None`` when the stream ended before the tool did."""

    name: str
    status: Status
    exit_code: int | None = None
    stdout: str = ""
    stderr: str = ""

    def why(self) -> Message:
        """Return what went wrong in plain words; empty when nothing did."""
        if self.status == "missing":
            return phrase(_("not found on the machine"))
        if self.status == "truncated":
            return phrase(_("the output was cut off"))
        if self.timed_out:
            return phrase(_("no answer within 10 s"))
        if self.status == "failed":
            return phrase(
                _("failed with exit code {exit_code}: {reason}"), exit_code=self.exit_code, reason=self.reason
            )
        return phrase("")

    @property
    def timed_out(self) -> bool:
        """Check whether the tool was ended because it took too long."""
        return self.status == "failed" and self.exit_code in TIMEOUT_EXITS

    @property
    def reason(self) -> str:
        """The line that says why the tool failed."""
        return reason_of([self.stderr]) or "no message"


def parse(stream: bytes, nonce: str) -> Mapping[str, Section]:
    """Return the sections by name, in the order of the script.

    When the stream breaks off, the section in which it broke is ``truncated``, and so are all that were to follow:
    they are there under the name ``*``.

    Raises: ParseError when it is too large, has no frame of this run, or its frames contradict each other.
    """
    if len(stream) > MAX_STREAM_BYTES:
        raise ParseError(TOOL, _("is larger than {limit} bytes"), limit=MAX_STREAM_BYTES)
    text = clean(stream.decode("utf-8", errors="replace"))
    sections: dict[str, Section] = {}
    count: int | None = None
    for word, name, number, body in _frames(text, nonce):
        if word == "done":
            count = int(name)
            continue
        if count is not None:
            raise ParseError(TOOL, _("continues after its last frame"), name)
        if word == "begin":
            if name in sections:
                raise ParseError(TOOL, _("has the section {name} twice"), name=name)
            sections[name] = Section(name, "truncated", stdout=body)
        elif name not in sections or name != next(reversed(sections)):
            raise ParseError(TOOL, _("has a frame of {name} in the wrong place"), name=name)
        elif word == "stderr":
            sections[name] = Section(name, "truncated", None, sections[name].stdout, body)
        else:
            sections[name] = _ended(sections[name], int(number))
    if not sections:
        raise ParseError(TOOL, _("has no frame of this run: the collection script did not start"), text)
    if count is None or count != len(sections):
        sections["*"] = Section("*", "truncated")
    return sections


def _frames(text: str, nonce: str) -> Iterator[tuple[str, str, str, str]]:
    """Yield ``(word, name, number, text up to the next frame)``; anything before the first frame is dropped."""
    hits = [hit for hit in _FRAME.finditer(text) if hit["nonce"] == nonce]
    for index, hit in enumerate(hits):
        last = index + 1 == len(hits)
        body = text[hit.end() : len(text) if last else hits[index + 1].start()]
        word, name, number = hit["word"], hit["name"], hit["number"]
        if (word == "end") != (number is not None) or (word == "done" and not _COUNT.fullmatch(name)):
            raise ParseError(TOOL, _("has a damaged frame"), hit[0])
        yield word, name, number or "", body if last else body.removesuffix("\n")


def _ended(section: Section, exit_code: int) -> Section:
    cut = exit_code == CUT_EXIT or len(section.stdout.encode()) >= MAX_SECTION_BYTES
    status: Status = "ok"
    if cut:
        status = "truncated"
    elif exit_code == MISSING_EXIT and not section.stdout.strip():
        status = "missing"
    elif exit_code != 0:
        status = "failed"
    return Section(section.name, status, exit_code, section.stdout, section.stderr.strip())
