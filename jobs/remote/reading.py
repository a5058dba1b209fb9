"""Frames from a program that follows, as they come."""

from __future__ import annotations

from collections.abc import Iterator

from jobs.context import StepContext
from jobs.remote.frames import Frame, FrameReader
from jobs.ssh import Running, SshError

# follow.sh says something every few seconds: silence longer than this is a connection that is dead.
SILENCE_S = 45.0


def frames(running: Running, context: StepContext) -> Iterator[Frame | None]:
    """Yield each frame, and None after whatever came and at least each second. Raises :class:`SshError`.

    Ends without a frame rc or died when the component was streamed and is not any more: ask again.
    """
    reader = FrameReader()
    beside = FrameReader()
    live = False
    last: Frame | None = None
    left_s = max(1.0, context.time_left_s()) + 1.0
    for stream, data in running.read(timeout_s=left_s, silence_s=SILENCE_S):
        if stream == "err":
            for frame in beside.feed(data):
                # How it ended overtakes what it printed last, on another stream: it waits for that.
                if frame.kind in ("rc", "died"):
                    last = frame
                else:
                    yield frame
        elif live and data:
            yield Frame("out", data, "live")
        elif stream == "out":
            for frame in reader.feed(data):
                live = live or frame.kind == "live"
                yield frame
            if live and (data := reader.rest()):
                yield Frame("out", data, "live")
        yield None
    if last and running.ended:
        # Only now is it sure that nothing of the output was still on its way.
        yield last
    elif not live:
        raise SshError("dropped", f"{running.endpoint}: reading the log ended early")
