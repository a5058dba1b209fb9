"""Frames from a channel as they come."""

from __future__ import annotations

from collections.abc import Iterator

import paramiko

from jobs.context import StepContext
from jobs.remote.frames import Frame, FrameReader
from jobs.ssh import Connection

# follow.sh says something every few seconds: silence longer than this is a connection that is dead.
SILENCE_S = 45.0


def frames(connection: Connection, channel: paramiko.Channel, context: StepContext) -> Iterator[Frame | None]:
    """Yield each frame, and None after whatever came and at least each second. Raises :class:`SshError`."""
    reader = FrameReader()
    left_s = max(1.0, context.time_left_s()) + 1.0
    for stream, data in connection.read(channel, timeout_s=left_s, silence_s=SILENCE_S):
        if stream == "out":
            yield from reader.feed(data)
        yield None
