"""Run one component of a step on a node: start, follow and stop it over connections that may break."""

from __future__ import annotations

import re
import time
from typing import NoReturn

from common import ssh
from common.failure_reason import reason_of
from common.messages import Message, message
from common.ssh import Completed, Connection, Endpoint, SshError
from common.text import plain
from jobs.context import StepContext, StepFailed, StepStopped
from jobs.remote.foreign_process import ForeignProcess
from jobs.remote.frame_stream import frames
from jobs.remote.frames import Frame
from jobs.remote.output import TAIL_BYTES, Output
from jobs.remote.scripts import BOOT, FOLLOW, LAUNCH
from jobs.remote.terminate import LOG_ROOT, end_component, mark_of

RETRY_KINDS = frozenset({"unreachable", "refused", "dropped", "timeout", "protocol"})
PAUSES_S = (0.5, 1, 2, 4, 8, 15, 15, 15)
# A job that is being cancelled does not wait long for a node that is out of reach.
_CANCEL_TRIES = 3
_REBOOT_S = 900.0
_REBOOTS = 5
# Most components of other jobs that this one starts beside, or ends first.
_MOST_BESIDE = 50
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
MOST_BYTES, LEAST_BYTES = 128 << 10, 512


class Component:
    """See :func:`jobs.remote.run_component`."""

    def __init__(
        self, context: StepContext, endpoint: Endpoint, component: str, *, attempt: int | None = None
    ) -> None:
        self.context = context
        self.endpoint = endpoint
        self.component = component
        self.folder = f"{LOG_ROOT}/{component}"
        self.attempt = attempt or context.attempt
        self.mode = "start"
        self.script = b""
        self.reboots = 0
        # It asked for a reboot and still runs: it may reboot the node itself, which is then away for minutes.
        self.may_reboot = False
        self.lost_since = 0.0
        # Whether something was started there: from then on it is followed, whatever happens to the connection.
        self.begun = False
        # Whether the node answered on the connection of now.
        self.answered = False
        # It belongs to a cancelled job: it is only to be ended, or followed to its end.
        self.orphan = False
        # Active jobs that this one may run beside: their exclusion was checked before.
        self.others: set[str] = set()
        self.output = Output(context, component, self.attempt)
        # Size of one piece of output, which becomes one packet: a connection that drops within it makes no progress.
        self.most = MOST_BYTES

    def run(self, script: str) -> None:
        """Run the component to its end. Raises :class:`StepFailed` and :class:`StepStopped`."""
        self.script = script.encode()
        failures = 0
        while True:
            place = self.output.place
            kept, self.answered = ssh.has_kept(self.endpoint), False
            try:
                with ssh.kept(self.endpoint, patient=False) as connection:
                    if self._work(connection):
                        return
            except SshError as error:
                if kept and not self.answered:
                    # The component before this one may have cut its own connection: the node itself is not tried yet.
                    self._go_on()
                    continue
                # Every connection that made progress is a good one, however soon it dropped.
                if self.output.place != place:
                    failures = 0
                elif self.begun:
                    self.most = max(LEAST_BYTES, self.most // 16)
                if failures == 0:
                    self.lost_since = time.monotonic()
                self._pause(error, failures)
                failures += 1
            self._go_on()

    def end_orphan(self) -> None:
        """End what is left; raises :class:`StepStopped` once it has ended, or cannot be reached."""
        self.mode, self.begun, self.orphan = "attach", True, True
        try:
            self.run("")
        except StepFailed as failure:
            # How it ended does not matter to a cancelled job; that it ended does.
            self.context.log(str(failure), level="warning")
        self.context.record_remote_process({})
        raise StepStopped(self.context.stop_reason or "cancelled")

    def _go_on(self) -> None:
        """Raise unless another connection is worth trying."""
        if self.context.lost_ownership or not self.begun:
            self._checkpoint()
        if self.context.time_left_s() <= 0:
            raise StepFailed(message("J12", "not_reached", component=self.component, endpoint=self.endpoint))

    def _checkpoint(self) -> None:
        try:
            self.context.checkpoint()
        except StepStopped:
            # This worker never reached the node: what the previous one started there is not known.
            if self.context.ran_s and not self.context.lost_ownership:
                self.context.log(
                    f"{self.endpoint} has not been reached since the previous worker: {self.component} was not "
                    f"stopped (it may still be running there); it is stopped when the node is back, its log is "
                    f"{self.folder}/{self.output.key}.log there",
                    level="warning",
                )
            raise

    def _pause(self, error: SshError, failures: int) -> None:
        """Wait before the next connection. Raises when there will be none."""
        context = self.context
        cancelled = context.stop_reason == "cancelled" and not context.lost_ownership
        left = " (it may still be running there)" if self.begun else ""
        awaited = self.may_reboot and time.monotonic() - self.lost_since < _REBOOT_S
        if error.kind not in RETRY_KINDS or (failures >= len(PAUSES_S) and not awaited):
            if not self.begun:
                raise StepFailed(error.message) from None
            raise StepFailed(message("J14", "running", error=error.message)) from None
        if cancelled and (failures >= _CANCEL_TRIES or error.kind == "timeout"):
            context.log(
                f"{error}: {self.component} could not be stopped{left}; it is stopped when the node is back, "
                f"its log is {self.folder}/{self.output.key}.log there",
                level="warning",
            )
            raise StepStopped("cancelled") from None
        pause_s = PAUSES_S[min(failures, len(PAUSES_S) - 1)]
        if not self.begun and pause_s >= context.time_left_s():
            # Reported now: "out of time" would hide that the node was never reached.
            raise StepFailed(message("J14", "no_time", error=error.message)) from None
        context.log(f"{error}; retrying in {pause_s} s", level="warning")
        if cancelled:
            time.sleep(0.5)
        context.wait(pause_s)

    def _work(self, connection: Connection) -> bool:
        """Do what can be done over one connection; return True when the component has succeeded."""
        state = self._launch(connection)
        self.answered = True
        if state == "absent":
            if self.orphan:
                return True
            raise StepFailed(
                message(
                    "J15",
                    "lost_files",
                    endpoint=self.endpoint,
                    component=self.component,
                    folder=self.folder,
                )
            )
        self.begun, self.mode = True, "attach"
        ended = self._follow(connection)
        if ended.word == "reboot" and ended.data in (b"", b"0"):
            connection.close()
            self._reboot(again=ended.kind == "died")
            return ended.kind == "rc"
        if ended.kind == "died":
            log = f"{self.folder}/{self.output.key}.log"
            raise StepFailed(message("J15", "died", component=self.component, log=log))
        if int(ended.data):
            # Nothing of it runs there any more.
            self.context.record_remote_process({})
            raise StepFailed(self._failure(connection, int(ended.data)))
        if state == "done" and self.output.silent:
            self.context.log(f"{self.component}: already done in this job, skipped")
        return True

    def _failure(self, connection: Connection, exit_code: int) -> Message:
        component, log = self.component, f"{self.folder}/{self.output.key}.log"
        reason = self.output.reason() or self._end_of_errors(connection)
        if not reason:
            return message("J16", "silent", component=component, exit_code=exit_code, log=log)
        return message("J16", component=component, exit_code=exit_code, reason=reason, log=log)

    def _end_of_errors(self, connection: Connection) -> str:
        """Return the reason of the failure when an earlier worker has read the output."""
        path = f"{self.folder}/{self.output.key}.err"
        answer = connection.run(["tail", "-c", "8192", path], timeout_s=20, to_the_end=True)
        return reason_of(plain(answer.stdout.decode("utf-8", "replace")).splitlines())

    def _launch(self, connection: Connection) -> str:
        context = self.context
        answer = self._ask_to_launch(connection)
        seen: set[ForeignProcess] = set()
        while (found := ForeignProcess.read(answer.stdout)) is not None:
            # Checked here as between any two commands.
            self._checkpoint()
            if found in seen or len(seen) >= _MOST_BESIDE:
                raise StepFailed(
                    message(
                        "J18",
                        "beside",
                        endpoint=self.endpoint,
                        component=self.component,
                        other=found.component,
                        job=found.job_id,
                    )
                )
            seen.add(found)
            if found.may_run_on(context, self.endpoint, before=self.component):
                self.others.add(found.job_id)
            else:
                found.end(connection)
            answer = self._ask_to_launch(connection)
        # One line, as launch.sh prints it: the output of a login is not in it.
        words = answer.stdout.decode("utf-8", "replace").split()
        state = words[0] if len(words) == 2 and _NUMBER.fullmatch(words[1]) else ""
        if state == "partial":
            raise SshError("dropped", message("S15", "script", endpoint=self.endpoint))
        if state == "stale":
            self._lost()
        if state in ("started", "running", "done") and not 1 <= int(words[1]) <= self.attempt:
            state = ""
        if state not in ("started", "running", "done", "absent"):
            raise StepFailed(self._not_started(answer))
        self.output.read_attempt(int(words[1]))
        if state == "running":
            context.log(f"{self.component}: already running on the node, continuing to read its log")
        return state

    def _not_started(self, answer: Completed) -> Message:
        component, folder = self.component, self.folder
        reason = reason_of([answer.stderr.decode("utf-8", "replace")])
        if not reason:
            return message("J17", "no_reason", component=component, folder=folder)
        return message("J17", component=component, folder=folder, reason=reason)

    def _lost(self) -> NoReturn:
        """Stop when the node reports a newer owner of the step and the database confirms it; fail when it does not."""
        self.context.verify()
        raise StepFailed(
            message("J18", "fence", endpoint=self.endpoint, component=self.component, folder=LOG_ROOT)
        )

    def _ask_to_launch(self, connection: Connection) -> Completed:
        context = self.context
        script = b"" if self.mode == "attach" else self.script
        numbers = (self.attempt, context.fence, len(script), context.fresh_from)
        argv = ["sh", "-c", LAUNCH, "sh", self.folder, context.job_id, *map(str, numbers)]
        argv += [mark_of(context.phase), self.mode, " ".join(sorted(self.others))]
        # A first start may be interrupted: it is recorded that something may run there, and it is looked for later.
        to_the_end = self.mode == "attach"
        return connection.run(argv, stdin=script, timeout_s=20 if to_the_end else 60, to_the_end=to_the_end)

    def _follow(self, connection: Connection) -> Frame:
        while True:
            ended = self._read(connection)
            if ended is not None:
                return ended

    def _read(self, connection: Connection) -> Frame | None:
        """Read its output; return how it ended, or None when more output follows."""
        argv = ["sh", "-c", FOLLOW, "sh", self.folder, self.output.key, *map(str, self.output.begin())]
        heads = self.output.heads
        numbers = (heads["out"], TAIL_BYTES, self.most, heads["err"])
        running = connection.start([*argv, *map(str, numbers)])
        try:
            for frame in frames(running, self.context):
                if frame is None:
                    self._stop_when_told(connection)
                elif frame.kind in ("rc", "died"):
                    self.output.flush()
                    return frame
                elif frame.kind == "reboot":
                    self.may_reboot = True
                elif not self.output.take(frame):
                    break
        finally:
            running.close()
        return None

    def _stop_when_told(self, connection: Connection) -> None:
        context = self.context
        if context.lost_ownership:
            raise StepStopped(context.stop_reason)
        late = context.time_left_s() <= 0
        if not context.kill_requested and not late:
            return
        # What runs there may be another worker's by now: a worker that slept past its lease ends nothing of it.
        context.await_lease()
        numbers = (self.output.attempt, context.phase, context.fence)
        if not end_component(connection, self.component, context.job_id, *numbers):
            self._lost()
        self.output.flush()
        context.record_remote_process({})
        if context.kill_requested:
            raise StepStopped("cancelled")
        raise StepFailed(message("J12", "ended", component=self.component))

    def _reboot(self, *, again: bool) -> None:
        """Have the node rebooted as the component asked, and wait until it is back."""
        self.reboots += 1
        if self.reboots > _REBOOTS:
            raise StepFailed(message("J19", "many", component=self.component, most=_REBOOTS))
        self.context.log(f"{self.component} requested a reboot of the node: waiting until it is back")
        until = min(time.monotonic() + _REBOOT_S, self.context.deadline)
        what = "reboot"
        while True:
            try:
                with ssh.connect(self.endpoint, patient=False) as connection:
                    argv = ["sh", "-c", BOOT, "sh", self.folder, self.output.key, what, self.context.job_id]
                    answer = connection.run([*argv, mark_of(self.context.phase), str(self.context.fence)])
                    word = answer.stdout.strip()
                    if word == b"stale":
                        self._lost()
                    if word == b"booted":
                        break
                    what = "look"
            except SshError as error:
                if error.kind not in RETRY_KINDS:
                    raise StepFailed(error.message) from None
            if time.monotonic() > until:
                raise StepFailed(message("J19", "away", endpoint=self.endpoint))
            self.context.checkpoint()
            self.context.wait(1.0)
        self.context.log("the node has been rebooted and is back")
        self.may_reboot = False
        if again:
            self.mode, self.begun = "again", False
