"""The stream that ``follow.sh`` prints, cut into frames. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_HEAD_LIMIT = 64
_FRAME_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """``kind``: out, err, tick, rc or died; ``data``: the bytes, or the exit code in digits."""

    kind: str
    data: bytes = b""


class FrameReader:
    """Feed bytes as they come, get whole frames. Noise between frames (a login banner) is passed over."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that are complete now."""
        self._buffer += data
        while (frame := self._next()) is not None:
            yield frame

    def _next(self) -> Frame | None:
        while True:
            head, newline, rest = self._buffer.partition(b"\n")
            if not newline:
                if len(self._buffer) > _FRAME_LIMIT:
                    self._buffer = b""
                return None
            words = head.split()
            if len(head) <= _HEAD_LIMIT and words and words[0] in (b"@out", b"@err"):
                size = int(words[1]) if len(words) == 2 and words[1].isdigit() else -1
                if 0 <= size <= _FRAME_LIMIT:
                    if len(rest) < size:
                        return None
                    self._buffer = rest[size:]
                    return Frame(words[0][1:].decode(), rest[:size])
            self._buffer = rest
            if words[:1] == [b"@rc"] and len(words) == 2 and words[1].isdigit():
                return Frame("rc", words[1])
            if words in ([b"@tick"], [b"@died"]):
                return Frame(words[0][1:].decode())
