"""Turn the output of a component into log lines, each with the read position in its files on the node."""

from __future__ import annotations

import re
from collections import deque

from common.failure_reason import LINE_CHARS, LINES_KEPT, reason_of
from common.messages import message
from common.ssh import SshError
from jobs.context import StepContext
from jobs.remote.frames import Frame

# The beginning and the end of each output of a component are kept; the rest stays on the node.
HEAD_BYTES = 4 << 20
TAIL_BYTES = 256 << 10
# Each line is a database row, however short it is: beyond this number, too, only beginning and end are kept.
HEAD_LINES = 100_000
TAIL_LINES = 10_000
_LONGEST_LINE_BYTES = 65536
# What may be read on top of both: an interrupted line is read again.
_SLACK_BYTES = 2 * _LONGEST_LINE_BYTES
# One for each time that a component ends or reboots its node.
_MOST_GAPS = 16
# What fold() takes for the end of a line.
_LINE_END = re.compile(rb"\r\n|\r|\n")
_FILES = {"out": "log", "err": "err"}


class Output:
    """Cuts bytes into lines and passes them to the context, each with its read position."""

    def __init__(self, context: StepContext, component: str, attempt: int) -> None:
        self.context = context
        self.component = component
        self.silent = True
        # The last lines of each output, for the reason of a failure.
        self._latest: dict[str, deque[str]] = {stream: deque(maxlen=LINES_KEPT) for stream in _FILES}
        self._rest = {"out": b"", "err": b""}
        self.attempt = attempt
        # Outputs for which the log already says that only the beginning is shown.
        self._full: set[str] = set()
        # Up to which byte the beginning of each is kept.
        self.heads = dict.fromkeys(_FILES, HEAD_BYTES)
        self._lines_left = dict.fromkeys(_FILES, HEAD_LINES)
        # Our script can send no more than this.
        self._bytes_left = dict.fromkeys(_FILES, HEAD_BYTES + TAIL_BYTES + _SLACK_BYTES)
        self._gaps_left = dict.fromkeys(_FILES, _MOST_GAPS)

    @property
    def key(self) -> str:
        """Return the name of its files on the node, without their suffix."""
        return f"{self.context.job_id}-{self.attempt}"

    @property
    def place(self) -> int:
        """Return the number of bytes read so far, of both outputs."""
        return sum(self._at(stream) for stream in _FILES)

    def read_attempt(self, attempt: int) -> None:
        """Select the attempt whose files are read: an earlier one may have done the work, or still be doing it."""
        self.attempt = attempt

    def reason(self) -> str:
        """Return the line that says why the component failed; empty when it was not read here."""
        return reason_of(self._latest["err"], self._latest["out"])

    def begin(self) -> tuple[int, int]:
        """Return where to continue reading; the read part of an unfinished line is read again."""
        self._rest = {"out": b"", "err": b""}
        return self._at("out"), self._at("err")

    def take(self, frame: Frame) -> bool:
        """Log the lines of a frame, or a gap between beginning and end; False: what follows is not to be read.

        Raises :class:`SshError` for more than is possible: then the answer is not from our script.
        """
        if frame.kind == "gap":
            self._gap(frame.word, int(frame.data))
        if frame.kind not in _FILES:
            return True
        stream = frame.kind
        room = self.heads[stream] - self._read(stream)
        kept = frame.data[: max(room, 0)] if frame.word == "live" else frame.data
        self._lines(stream, kept)
        if room <= 0:
            return len(kept) == len(frame.data)
        if self._lines_left[stream] <= 0:
            # From here on as if the byte limit were reached: the rest of this frame is not read, but requested again.
            self.heads[stream] = self._at(stream)
            self._rest[stream] = b""
            self._say_full(stream, f"{HEAD_LINES:,} lines")
            return False
        if room <= len(kept):
            self._say_full(stream, f"{HEAD_BYTES >> 20} MiB")
        return len(kept) == len(frame.data)

    def _say_full(self, stream: str, what: str) -> None:
        self._lines_left[stream] = TAIL_LINES
        if stream in self._full:
            return
        self._full.add(stream)
        self.context.log(
            f"{self.component} has printed {what}: further output is only on the node, in "
            f"{self._path(stream)}; its last lines are shown when it ends",
            level="warning",
        )

    def flush(self) -> None:
        """Log the last output, which has no line end."""
        for stream, rest in self._rest.items():
            if rest:
                self._log(stream, rest, len(rest))
        self._rest = {"out": b"", "err": b""}

    def _name(self, stream: str) -> str:
        return f"{self.component}-{self.attempt}.{stream}"

    def _read(self, stream: str) -> int:
        return self._at(stream) + len(self._rest[stream])

    def _at(self, stream: str) -> int:
        return self.context.cursor.get(self._name(stream), 0)

    def _lines(self, stream: str, data: bytes) -> None:
        whole, newline, rest = (self._rest[stream] + data).rpartition(b"\n")
        if newline:
            self._log(stream, whole, len(whole) + 1)
        if len(rest) > _LONGEST_LINE_BYTES:
            cut = len(rest)
            while cut > len(rest) - 4 and rest[cut - 1] & 0xC0 == 0x80:
                cut -= 1  # not inside a UTF-8 character
            cut -= rest[cut - 1] >= 0xC0
            self._log(stream, rest[:cut], cut)
            rest = rest[cut:]
        self._rest[stream] = rest

    def _log(self, stream: str, block: bytes, size: int) -> None:
        self._bytes_left[stream] -= size
        if self._bytes_left[stream] < 0:
            raise SshError("nonsense", message("S13", "more", path=self._path(stream)))
        block, size = self._within(stream, block, size)
        if not size:
            return
        text = block.decode("utf-8", "replace")
        self._latest[stream].extend(line[:LINE_CHARS] for line in text.split("\n")[-LINES_KEPT:])
        self.silent = False
        before = self._at(stream)
        self._advance(stream, size)
        level = "warning" if stream == "err" else "info"
        self.context.log_lines([text], stream=stream, level=level, cursor=(self._name(stream), before + size))

    def _within(self, stream: str, block: bytes, size: int) -> tuple[bytes, int]:
        """Return the lines that may still be stored, and their bytes in the file; of the end, the last lines."""
        left = self._lines_left[stream]
        ends = [match.start() for match in _LINE_END.finditer(block)]
        self._lines_left[stream] = left - len(ends) - 1
        if len(ends) < left:
            return block, size
        if self._at(stream) < self.heads[stream]:
            at = ends[left - 1] if left > 0 else 0
            return block[:at], at + 1 if left > 0 else 0
        at = ends[-left] + 1 if left > 0 else size
        if left > 0:
            self._leave_out(stream, at)
        else:
            self._advance(stream, at)
        return block[at:], size - at

    def _gap(self, stream: str, size: int) -> None:
        self._gaps_left[stream] -= 1
        if self._gaps_left[stream] < 0:
            raise SshError("nonsense", message("S13", "gaps", path=self._path(stream)))
        rest, self._rest[stream] = self._rest[stream], b""
        if rest:
            self._log(stream, rest, len(rest))
        self._leave_out(stream, size)

    def _leave_out(self, stream: str, size: int) -> None:
        place = self._advance(stream, size)
        self.context.log(
            f"{size} bytes are omitted here: the full output is on the node, in {self._path(stream)}",
            level="warning",
            cursor=(self._name(stream), place),
        )

    def _advance(self, stream: str, size: int) -> int:
        place = self._at(stream) + size
        self.context.cursor[self._name(stream)] = place
        return place

    def _path(self, stream: str) -> str:
        return f"/opt/install/{self.component}/{self.key}.{_FILES[stream]}"
