"""Refuse machine-readable words that contain a look-alike or invisible character (D16). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.characters import At, instead_in_a_word, out_of_place, sentences
from common.errors import Finding, Refused
from common.messages import message


def pasted(text: str, *, file: str = "", line: int | None = None, field: str = "") -> Iterator[Finding]:
    """Yield a finding for each such character of a line (with its number) or of a word."""
    odd = (At(char, line or 1, column) for column, char in enumerate(text, 1) if out_of_place(char))
    word = text.strip()[:80] if line is None else ""
    for _, what, instead in sentences(odd, remedy=instead_in_a_word, word=word):
        yield Finding(message("D16", "found", what=what, instead=instead), field=field, file=file, line=line)


def refuse_pasted(words: Iterable[str], *, field: str) -> None:
    """Raise :class:`Refused` where a name (of a disk, a node, a zone, a job) holds such a character: no name does."""
    findings = [item for word in words for item in pasted(word, field=field)]
    if findings:
        raise Refused(findings)
