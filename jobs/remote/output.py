"""What a component prints, as log lines, with the byte of its files on the node that reading has come to."""

from __future__ import annotations

from collections import deque

from jobs.context import StepContext
from jobs.reason import LINE_CHARS, LINES_KEPT, reason_of
from jobs.remote.frames import Frame

# Of each output of a component its beginning and its end are kept; what lies between stays on the node.
HEAD_BYTES = 4 << 20
TAIL_BYTES = 256 << 10
_LONGEST_LINE_BYTES = 65536
_FILES = {"out": "log", "err": "err"}


class Output:
    """Cuts bytes into lines and gives them to the context, each with its place."""

    def __init__(self, context: StepContext, component: str, attempt: int) -> None:
        self.context = context
        self.component = component
        self.silent = True
        # Of each output the last lines, for the reason of a failure.
        self._latest: dict[str, deque[str]] = {stream: deque(maxlen=LINES_KEPT) for stream in _FILES}
        self._rest = {"out": b"", "err": b""}
        self.attempt = attempt
        # Of which it was said that no more than the beginning is shown.
        self._full: set[str] = set()

    @property
    def key(self) -> str:
        """The name of its files on the node, without their ending."""
        return f"{self.context.job_id}-{self.attempt}"

    @property
    def place(self) -> int:
        """Bytes read so far, of both outputs."""
        return sum(self._at(stream) for stream in _FILES)

    def read_attempt(self, attempt: int) -> None:
        """Which attempt's files are meant: an earlier one may have done the work, or still be at it."""
        self.attempt = attempt

    def reason(self) -> str:
        """Return the line that says why the component failed; empty when it was not read here."""
        return reason_of(self._latest["err"], self._latest["out"])

    def begin(self) -> tuple[int, int]:
        """Where to read on; what was read of an unfinished line is read again."""
        self._rest = {"out": b"", "err": b""}
        return self._at("out"), self._at("err")

    def take(self, frame: Frame) -> bool:
        """Lines, or a gap between the beginning and the end; False: what comes now is not to be read."""
        if frame.kind == "gap":
            self._gap(frame.word, int(frame.data))
        if frame.kind not in _FILES:
            return True
        room = HEAD_BYTES - self._read(frame.kind)
        kept = frame.data[:room] if frame.word == "live" else frame.data
        self._lines(frame.kind, kept)
        if 0 < room <= len(kept) and frame.kind not in self._full:
            self._full.add(frame.kind)
            self.context.log(
                f"{self.component} has printed {HEAD_BYTES >> 20} MiB: more of it stays on the node in "
                f"{self._path(frame.kind)}; its last lines are shown when it ends",
                level="warning",
            )
        return len(kept) == len(frame.data)

    def flush(self) -> None:
        """What was printed last without a line end."""
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
        text = block.decode("utf-8", "replace")
        self._latest[stream].extend(line[:LINE_CHARS] for line in text.split("\n")[-LINES_KEPT:])
        self.silent = False
        before = self._at(stream)
        self._advance(stream, size)
        level = "warning" if stream == "err" else "info"
        self.context.log_lines([text], stream=stream, level=level, cursor=(self._name(stream), before + size))

    def _gap(self, stream: str, size: int) -> None:
        rest, self._rest[stream] = self._rest[stream], b""
        if rest:
            self._log(stream, rest, len(rest))
        place = self._advance(stream, size)
        self.context.log(
            f"{size} bytes are left out here: all of it is on the node in {self._path(stream)}",
            level="warning",
            cursor=(self._name(stream), place),
        )

    def _advance(self, stream: str, size: int) -> int:
        place = self._at(stream) + size
        self.context.cursor[self._name(stream)] = place
        return place

    def _path(self, stream: str) -> str:
        return f"/opt/install/{self.component}/{self.key}.{_FILES[stream]}"
