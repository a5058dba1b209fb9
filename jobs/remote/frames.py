"""Split the output of ``follow.sh`` into frames. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

_HEAD_LIMIT = 64
_FRAME_LIMIT = 1 << 20
# Numbers in it: sizes of files, and exit codes of a shell.
_SIZE_DIGITS = 15
_HIGHEST_CODE = 255


@dataclass(frozen=True, slots=True)
class Frame:
    """``kind``: out, err, gap, tick, live, reboot, rc or died; ``data``: the bytes, or in digits the exit code or size of a gap.

    ``word``: the stream of a gap; ``reboot`` when a component that ended asked for one; ``live`` for output as it
    comes, which is not cut to the part that is kept.
    """

    kind: str
    data: bytes = b""
    word: str = ""


class FrameReader:
    """Feed bytes as they come, get frames. Anything between them is skipped and counted.

    Output is returned as it comes, in as many frames as it takes: a connection that drops before the end of a large
    one has made progress all the same. No more is held than the last data fed and a head.
    """

    def __init__(self) -> None:
        self._buffer = b""
        self._place = 0
        # The output being read, and how many bytes of it are still to come.
        self._open = ("", 0)
        # In a line too long for a head: skipped to its end.
        self._in_noise = False
        self.noise_bytes = 0
        # The beginning of what was not a frame, for an error message.
        self.noise = b""

    def feed(self, data: bytes) -> Iterator[Frame]:
        """Yield the frames that are complete; data after a live frame is left for :meth:`rest`."""
        self._buffer = self._buffer[self._place :] + data
        self._place = 0
        while (frame := self._next()) is not None:
            yield frame
            if frame.kind == "live":
                break

    def rest(self) -> bytes:
        """Return the data that was fed and not yielded, and clear it."""
        data, self._buffer, self._place = self._buffer[self._place :], b"", 0
        return data

    def _next(self) -> Frame | None:
        while True:
            kind, missing = self._open
            if missing:
                data = self._buffer[self._place : self._place + missing]
                self._place += len(data)
                self._open = (kind, missing - len(data))
                return Frame(kind, data) if data else None
            end = self._buffer.find(b"\n", self._place)
            if end < 0:
                if self._in_noise or len(self._buffer) - self._place > _HEAD_LIMIT:
                    self._pass_over(len(self._buffer))
                    self._in_noise = True
                return None
            begin, self._place = self._place, end + 1
            head = self._buffer[begin:end]
            if self._in_noise or len(head) > _HEAD_LIMIT:
                self._place = begin
                self._pass_over(end + 1)
                self._in_noise = False
                continue
            words = head.split()
            size = _size(words[1]) if len(words) == 2 and words[0] in (b"@out", b"@err") else -1
            if 0 < size <= _FRAME_LIMIT:
                self._open = (words[0][1:].decode(), size)
                continue
            frame = _mark(words)
            if frame is not None:
                return frame
            self._place = begin
            self._pass_over(end + 1)

    def _pass_over(self, end: int) -> None:
        self.noise_bytes += end - self._place
        if len(self.noise) < _HEAD_LIMIT:
            self.noise += self._buffer[self._place : min(end, self._place + _HEAD_LIMIT)]
        self._place = end


def _size(word: bytes) -> int:
    return int(word) if word.isdigit() and len(word) <= _SIZE_DIGITS else -1


def _mark(words: list[bytes]) -> Frame | None:
    """Parse a frame that has no bytes after it."""
    reboot = "reboot" if words[-1:] == [b"reboot"] else ""
    bare = words[:-1] if reboot else words
    if bare[:1] == [b"@rc"] and len(bare) == 2 and 0 <= _size(bare[1]) <= _HIGHEST_CODE:
        return Frame("rc", bare[1], reboot)
    if bare == [b"@died"]:
        return Frame("died", word=reboot)
    if words in ([b"@tick"], [b"@live"], [b"@reboot"]):
        return Frame(words[0][1:].decode())
    if words[:1] == [b"@gap"] and len(words) == 3 and words[1] in (b"out", b"err") and _size(words[2]) >= 0:
        return Frame("gap", words[2], words[1].decode())
    return None
