"""Run a component on a node so that it outlives the connection, the worker and the installer.

The component is started detached (``launch.sh``), its output and exit code stay in files there, and
reading (``follow.sh``) goes on at the byte where the last reader stopped, whoever that was.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from jobs import ssh
from jobs.context import StepContext, StepFailed, StepStopped
from jobs.remote.frames import Frame, FrameReader
from jobs.ssh import Connection, Endpoint, SshError

_SCRIPTS = Path(__file__).parent
_LAUNCH = (_SCRIPTS / "launch.sh").read_text()
_FOLLOW = (_SCRIPTS / "follow.sh").read_text()
_END = (_SCRIPTS / "end.sh").read_text()
RETRY_KINDS = frozenset({"unreachable", "refused", "dropped", "timeout", "protocol"})
PAUSES_S = (0.5, 1, 2, 4, 8, 15, 15, 15)
LOG_ROOT = "/opt/install"


def run_component(context: StepContext, endpoint: Endpoint, component: str, script: str) -> None:
    """Run ``script`` (POSIX sh, safe to repeat) on the node under ``/opt/install/<component>/``.

    Returns when it ended with exit code 0; done before in this job, it is not run again. Raises
    :class:`StepFailed` with the last line of its standard error, or :class:`StepStopped`.
    """
    context.enter(component)
    _Component(context, endpoint, component, script).run()


class _Component:
    def __init__(self, context: StepContext, endpoint: Endpoint, component: str, script: str) -> None:
        self.context = context
        self.endpoint = endpoint
        self.component = component
        self.script = script.encode()
        self.folder = f"{LOG_ROOT}/{component}"
        self.key = f"{context.job_id}-{context.attempt}"
        self.state = ""
        self.code: int | None = None
        self.last_error = ""
        self.tails = {"out": b"", "err": b""}

    def run(self) -> None:
        failures = 0
        while True:
            self.context.checkpoint()
            try:
                with ssh.connect(self.endpoint) as connection:
                    failures = 0
                    self._launch(connection)
                    if self.state == "done":
                        self.context.log(f"{self.component}: done before in this job, not run again")
                        return
                    self._follow(connection)
                    break
            except SshError as error:
                if error.kind not in RETRY_KINDS or failures >= len(PAUSES_S):
                    raise StepFailed(str(error)) from None
                self.context.log(f"{error}; trying again in {PAUSES_S[failures]} s", level="warning")
                self.context.wait(PAUSES_S[failures])
                failures += 1
        self._judge()

    def _launch(self, connection: Connection) -> None:
        context = self.context
        argv = ["sh", "-c", _LAUNCH, "sh", self.folder, context.job_id, str(context.attempt)]
        argv += [str(context.fence), str(len(self.script))]
        answer = connection.run(argv, stdin=self.script, timeout_s=60)
        self.state = answer.stdout.decode("utf-8", "replace").strip()
        if self.state == "partial":
            raise SshError("dropped", f"{self.endpoint}: the script did not arrive whole")
        if answer.exit_code or self.state not in ("started", "running", "done"):
            reason = answer.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["no reason given"]
            raise StepFailed(
                f"{self.component} could not be started in {self.folder}: {reason[0]} (disk full, or not writable?)"
            )
        if self.state == "running":
            context.log(f"{self.component}: runs on the node already, reading on")

    def _follow(self, connection: Connection) -> None:
        places = [str(self._place(stream)) for stream in ("out", "err")]
        self.tails = {"out": b"", "err": b""}
        channel = connection.open_command(["sh", "-c", _FOLLOW, "sh", self.folder, self.key, *places])
        try:
            for frame in self._frames(connection, channel):
                if frame.kind in ("out", "err"):
                    self._lines(frame.kind, frame.data)
                elif frame.kind == "rc":
                    self.code = int(frame.data or b"1")
                    return
                elif frame.kind == "died":
                    self._flush()
                    raise StepFailed(
                        f"{self.component} ended on the node without a result (did it reboot, or run out of memory?): "
                        "look at it, then resume the job"
                    )
        finally:
            channel.close()
        raise SshError("dropped", f"{self.endpoint}: reading the log ended early")

    def _frames(self, connection: Connection, channel: object) -> Iterator[Frame]:
        reader = FrameReader()
        for stream, data in connection.read(channel, timeout_s=max(1.0, self.context.time_left_s())):  # type: ignore[arg-type]
            if self.context.released:
                raise StepStopped(self.context.stop_reason)
            if self.context.killed:
                connection.run(["sh", "-c", _END, "sh", self.folder, self.key], timeout_s=20)
                self._flush()
                raise StepStopped("cancelled")
            if self.context.time_left_s() <= 0:
                connection.run(["sh", "-c", _END, "sh", self.folder, self.key], timeout_s=20)
                self._flush()
                raise StepFailed(f"{self.component} did not end in time and was stopped")
            if stream == "out":
                yield from reader.feed(data)

    def _place(self, stream: str) -> int:
        return self.context.cursor.get(f"{self.component}.{stream}", 0)

    def _lines(self, stream: str, data: bytes) -> None:
        """Log whole lines and remember the byte behind each; the unfinished rest waits for more."""
        name = f"{self.component}.{stream}"
        *lines, rest = (self.tails[stream] + data).split(b"\n")
        for line in lines:
            self._advance(stream, name, line, len(line) + 1)
        if len(rest) > 65536:
            self._advance(stream, name, rest, len(rest))
            rest = b""
        self.tails[stream] = rest

    def _advance(self, stream: str, name: str, line: bytes, size: int) -> None:
        self.context.cursor[name] = self.context.cursor.get(name, 0) + size
        self._log(stream, line, (name, self.context.cursor[name]))

    def _log(self, stream: str, line: bytes, place: tuple[str, int] | None = None) -> None:
        text = line.decode("utf-8", "replace")
        level = "warning" if stream == "err" else "info"
        if stream == "err" and text.strip():
            self.last_error = text.strip()
        self.context.log(text, stream=stream, level=level, cursor=place)

    def _flush(self) -> None:
        for stream, rest in self.tails.items():
            if rest:
                self._log(stream, rest)
        self.tails = {"out": b"", "err": b""}

    def _judge(self) -> None:
        self._flush()
        if self.code:
            why = f": {self.last_error[:300]}" if self.last_error else ""
            raise StepFailed(
                f"{self.component} failed with exit code {self.code}{why} (on the node: {self.folder}/{self.key}.log)"
            )
