"""Read frames from the program that follows a component, as they come."""

from __future__ import annotations

import time
from collections.abc import Iterator

from common.messages import message
from common.ssh import Running, SshError
from common.ssh.login import quoted
from jobs.context import StepContext
from jobs.remote.frames import Frame, FrameReader

# follow.sh prints something every few seconds: longer silence means that the connection is dead.
SILENCE_S = 45.0
# Bytes outside frames: a file that was cut under the reader, a message of a tool. With more, it is not follow.sh.
_MOST_NOISE_BYTES = 256 << 10
# Many small frames at once after drops, then a few a second: more of them only keep us busy.
_FRAMES_AT_ONCE = 40_000
_FRAMES_PER_S = 100


def frames(running: Running, context: StepContext) -> Iterator[Frame | None]:
    """Yield each frame, and None after any data and at least each second. Raises :class:`SshError`.

    Ends without a frame rc or died when the component was streamed and no longer is: ask again.
    """
    reader = FrameReader()
    beside = FrameReader()
    live = False
    last: Frame | None = None
    begun, count = time.monotonic(), 0
    left_s = max(1.0, context.time_left_s()) + 1.0
    for stream, data in running.read(timeout_s=left_s, silence_s=SILENCE_S):
        if stream == "err":
            for frame in beside.feed(data):
                count += 1
                # The frame with the exit code overtakes the last output, on another stream: hold it back.
                if frame.kind in ("rc", "died"):
                    last = frame
                else:
                    yield frame
        elif live and data:
            yield Frame("out", data, "live")
        elif stream == "out":
            for frame in reader.feed(data):
                count += 1
                live = live or frame.kind == "live"
                yield frame
            if live and (data := reader.rest()):
                yield Frame("out", data, "live")
        _refuse_nonsense(running, reader, beside)
        if count > _FRAMES_AT_ONCE + _FRAMES_PER_S * (time.monotonic() - begun):
            raise SshError("nonsense", message("S13", "frames", endpoint=running.endpoint))
        yield None
    if last and running.ended:
        # Only now is it certain that no output was still on its way.
        yield last
    elif not live:
        raise SshError("dropped", message("S15", "log", endpoint=running.endpoint))


def _refuse_nonsense(running: Running, *readers: FrameReader) -> None:
    for reader in readers:
        if reader.noise_bytes > _MOST_NOISE_BYTES:
            said = quoted(reader.noise)
            raise SshError("nonsense", message("S13", "no_log", endpoint=running.endpoint, said=said))
