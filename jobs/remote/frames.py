"""The stream that ``follow.sh`` prints, cut into frames. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_HEAD_LIMIT = 64
_FRAME_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """``kind``: out, err, gap, tick, live, reboot, rc or died; ``data``: the bytes, or in digits the exit code or size of a gap.

    ``word``: the stream of a gap; ``reboot`` when a component that ended asked for one; ``live`` for output as it
    comes, which nobody has cut to what is kept of it.
    """

    kind: str
    data: bytes = b""
    word: str = ""


class FrameReader:
    """Feed bytes as they come, get frames. Noise between frames (a login banner) is passed over.

    Output is given as it comes, in as many frames as it takes: a connection that drops before the end of a large
    one has brought something on all the same.
    """

    def __init__(self) -> None:
        self._buffer = b""
        # Of which output how many bytes are still to come.
        self._open = ("", 0)

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield what is there now; what follows one named live is left for :meth:`rest`."""
        self._buffer += data
        while (frame := self._next()) is not None:
            yield frame
            if frame.kind == "live":
                break

    def rest(self) -> bytes:
        """Take what was fed and not yielded."""
        data, self._buffer = self._buffer, b""
        return data

    def _next(self) -> Frame | None:
        while True:
            kind, missing = self._open
            if missing:
                data, self._buffer = self._buffer[:missing], self._buffer[missing:]
                self._open = (kind, missing - len(data))
                return Frame(kind, data) if data else None
            head, newline, rest = self._buffer.partition(b"\n")
            if not newline:
                if len(self._buffer) > _FRAME_LIMIT:
                    self._buffer = b""
                return None
            words = head.split()
            if len(head) <= _HEAD_LIMIT and words and words[0] in (b"@out", b"@err"):
                size = int(words[1]) if len(words) == 2 and words[1].isdigit() else -1
                if 0 <= size <= _FRAME_LIMIT:
                    self._buffer = rest
                    self._open = (words[0][1:].decode(), size)
                    continue
            self._buffer = rest
            if (frame := _mark(words)) is not None:
                return frame


def _mark(words: list[bytes]) -> Frame | None:
    """A frame without bytes behind it."""
    reboot = "reboot" if words[-1:] == [b"reboot"] else ""
    bare = words[:-1] if reboot else words
    if bare[:1] == [b"@rc"] and len(bare) == 2 and bare[1].isdigit():
        return Frame("rc", bare[1], reboot)
    if bare == [b"@died"]:
        return Frame("died", word=reboot)
    if words in ([b"@tick"], [b"@live"], [b"@reboot"]):
        return Frame(words[0][1:].decode())
    if words[:1] == [b"@gap"] and len(words) == 3 and words[1] in (b"out", b"err") and words[2].isdigit():
        return Frame("gap", words[2], words[1].decode())
    return None
