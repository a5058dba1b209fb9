"""A node that answers at will: what is stored, how long it holds a step and how much memory it takes are bounded."""

from __future__ import annotations

import resource
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from common import ssh
from common.ssh import SshError, keypair
from common.waiting import working_for
from jobs.context import StepContext, StepFailed, StepStopped
from jobs.models import Event
from jobs.remote import run_component
from jobs.remote.output import HEAD_BYTES, HEAD_LINES, TAIL_BYTES, TAIL_LINES
from tests.fixtures.steps import Desk
from tests.fixtures.toy import Toy
from tests.lab.jobs.hostile import HostileNode, Talk

Serve = Callable[[Callable[[Talk], None]], HostileNode]
# Far under what a step may take; a slow machine needs some of it.
SOON_S = 60
MOST_LINES = HEAD_LINES + TAIL_LINES + 200_000  # of both streams, and what the console says itself


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    made: list[HostileNode] = []
    keypair.ensure(tmp_path / "key")

    def start(answer: Callable[[Talk], None]) -> HostileNode:
        made.append(HostileNode(answer, tmp_path / "key"))
        return made[-1]

    yield start
    for node in made:
        node.close()


def following(say: Callable[[Talk], None], state: bytes = b"started 1\n") -> Callable[[Talk], None]:
    """Start a component like an honest node; ``say`` is what it sends as its log."""

    def answer(talk: Talk) -> None:
        talk.begin()
        if talk.follows:
            say(talk)
        else:
            talk.say(state)
            talk.end()

    return answer


def fails(context: StepContext, node: HostileNode) -> str:
    """Return the error message of the failure, which comes soon."""
    begun = time.monotonic()
    with working_for(context), pytest.raises(StepFailed) as caught:
        run_component(context, node.endpoint, "disk", "true\n")
    assert time.monotonic() - begun < SOON_S
    return str(caught.value)


LIES = {
    "false frames": lambda talk: talk.endless(b"@out x\n@rc\n@gap out\n@@out 5\n" * 500),
    "one line without an end": lambda talk: talk.endless(b"x" * 60_000),
    "sizes that are none": lambda talk: talk.endless(b"@out 99999999999999999999\n@err -1\n@out 1e9\n" * 500),
    "gaps": lambda talk: talk.endless(b"@gap out 1000\n" * 500),
    "ticks": lambda talk: talk.endless(b"@tick\n" * 5000),
    "empty output": lambda talk: talk.endless(b"@out 0\n" * 5000),
    "frames behind each other": lambda talk: talk.endless(
        b"@out 65536\n" + b"line of a log\n" * 4681 + b"ab"
    ),
    "frames of errors": lambda talk: talk.endless(b"@err 65536\n" + b"line of a log\n" * 4681 + b"ab"),
    "errors beside it": lambda talk: talk.endless(b"oops\n" * 5000, stderr=True),
    "binary": lambda talk: talk.endless(bytes(range(256)) * 200),
    "an endless exit code": lambda talk: talk.endless(b"@rc " + b"9" * 5000 + b"\n"),
    "answers meant for others": lambda talk: talk.endless(
        b"@@0123456789abcdef begin meta\nstarted 1\n" * 500
    ),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_is_no_log_ends_the_step_soon(serve: Serve, desk: Desk, lie: Callable[[Talk], None]) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    text = fails(desk.step(), serve(following(lie)))
    assert "check" in text or "keeps sending frames" in text
    every = [line for lines in desk.said for line in lines.texts]
    assert len(every) < MOST_LINES
    assert sum(map(len, every)) < 2 * (HEAD_BYTES + TAIL_BYTES) + 1_000_000
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert grown_mb < 200


@pytest.mark.parametrize("code", [b"9" * 5000, b"256", b"-1", b"0x0", b"\xff"], ids=range(5))
def test_an_exit_code_that_is_none_is_a_sentence(serve: Serve, desk: Desk, code: bytes) -> None:
    def say(talk: Talk) -> None:
        talk.say(b"@rc " + code + b"\n")
        talk.endless(b"@rc " + code + b"\n" + b"noise\n" * 2000)

    assert "sends something that is not a log" in fails(desk.step(), serve(following(say)))


def test_short_lines_are_bounded_by_their_number(serve: Serve, desk: Desk) -> None:
    """Limit short lines by their number: four MiB of line ends would be four million rows of the database."""
    asked: list[list[str]] = []

    def say(talk: Talk) -> None:
        words = talk.program.split()
        asked.append(words[-6:])
        talk.endless(b"@out 65536\n" + b"\n" * 65536)

    text = fails(desk.step(), serve(following(say)))
    assert "than was requested" in text or "check" in text
    assert len(desk.texts("out")) <= HEAD_LINES + TAIL_LINES
    assert any(f"has printed {HEAD_LINES:,} lines" in line for line in desk.texts("sys"))


@pytest.mark.parametrize(
    "word", ["beside disk j-other001 1 install 1", "beside disk j-desk0001 1 install 1", "stale 99"]
)
def test_what_runs_beside_for_ever_ends_the_step(serve: Serve, desk: Desk, word: str) -> None:
    desk.over["j-other001"] = False

    def answer(talk: Talk) -> None:
        talk.begin()
        talk.say(f"{word}\n".encode())
        talk.end()

    text = fails(desk.step(), serve(answer))
    assert "keeps reporting another process next to" in text or "but none has" in text
    assert len(desk.texts("sys")) < 20


def test_ever_other_jobs_beside_are_bounded(serve: Serve, desk: Desk) -> None:
    numbers = iter(range(10**6))
    for number in range(100):
        desk.over[f"j-other{number:03d}"] = False

    def answer(talk: Talk) -> None:
        talk.begin()
        talk.say(f"beside disk j-other{next(numbers):03d} 1 install 1\n".encode())
        talk.end()

    assert "keeps reporting" in fails(desk.step(), serve(answer))
    assert next(numbers) < 60


@pytest.mark.parametrize(
    "said",
    [
        b"started 99999999999999999999\n",
        b"running 7\n",
        b"started 1\nstarted 1\n",
        b"started\n",
        b"\xff\xfe 1\n",
        b"beside ../../etc j-other001 1 x 1\n",
        b"beside disk $(reboot) 1 x 1\n",
        b"x" * 100_000,
    ],
    ids=range(8),
)
def test_a_start_that_is_none_is_refused(serve: Serve, desk: Desk, said: bytes) -> None:
    assert "could not be started" in fails(desk.step(), serve(following(lambda talk: None, said)))


def test_cancel_now_does_not_wait_for_a_node_that_talks(serve: Serve, desk: Desk) -> None:
    context = desk.step()
    node = serve(following(lambda talk: talk.endless(b"@tick\n", pause_s=0.05)))
    threading.Timer(2, lambda: context.stop("cancelled", kill=True)).start()
    begun = time.monotonic()
    with working_for(context), pytest.raises((StepFailed, StepStopped)):
        run_component(context, node.endpoint, "disk", "true\n")
    assert time.monotonic() - begun < SOON_S


@pytest.mark.parametrize(
    ("slowly", "kind"),
    [
        (lambda talk: talk.endless(b"x" * 60_000), "nonsense"),
        (lambda talk: talk.endless(b"x", pause_s=0.02), "timeout"),
        (lambda talk: talk.endless(b"e" * 60_000, stderr=True), "nonsense"),
        (lambda talk: talk.channel.recv(1), "timeout"),
    ],
)
def test_a_command_whose_answer_never_ends(serve: Serve, slowly: Callable[[Talk], None], kind: str) -> None:
    """Stop a command with endless output, called as collecting does: one command, its output as a whole."""

    def answer(talk: Talk) -> None:
        talk.begin()
        slowly(talk)
        time.sleep(300)

    begun = time.monotonic()
    with ssh.connect(serve(answer).endpoint) as connection, pytest.raises(SshError) as caught:
        connection.run(["sh", "-s"], timeout_s=5)
    assert caught.value.kind == kind and time.monotonic() - begun < SOON_S


def test_a_text_before_the_mark_that_never_ends(serve: Serve) -> None:
    def answer(talk: Talk) -> None:
        talk.endless(b"\x1b]0;title" + "行\u202e".encode() * 5000)

    with ssh.connect(serve(answer).endpoint) as connection, pytest.raises(SshError) as caught:
        connection.run(["true"], timeout_s=30)
    assert "prints more than 1 MiB before any command" in str(caught.value)
    assert "\u202e" not in str(caught.value) and "\x1b" not in str(caught.value)


def test_a_banner_that_never_ends(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            while True:
                try:
                    peer = server.accept()[0]
                except OSError:
                    return
                try:
                    while True:
                        peer.sendall(b"x" * 60_000)
                except OSError:
                    peer.close()

        threading.Thread(target=drip, daemon=True).start()
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        begun = time.monotonic()
        with pytest.raises(SshError) as caught:
            ssh.host_key_of(ssh.Place("127.0.0.1", server.getsockname()[1]))
        assert caught.value.kind == "protocol" and time.monotonic() - begun < SOON_S
        assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 100
        server.shutdown(socket.SHUT_RDWR)


def test_lines_that_hide_or_turn_what_they_say_are_shown_so(serve: Serve, desk: Desk) -> None:
    line = "rm \u202e/ fr-\u202c \u200b\u2066x\u2069 \x1b[2J\x07\x9b ok"
    data = line.encode() + b" \xff\xfe\n"

    def say(talk: Talk) -> None:
        talk.say(b"@out %d\n" % len(data) + data + b"@rc 0\n")
        talk.end()

    run_component(desk.step(), serve(following(say)).endpoint, "disk", "true\n")
    [shown] = desk.texts("out")
    assert shown == "rm <U+202E>/ fr-<U+202C> <U+200B><U+2066>x<U+2069> \ufffd\ufffd ok \ufffd\ufffd"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("said", ["stale 99\n", "beside disk JOB 1 one 1\n", "started 1\n"], ids=range(3))
def test_a_job_on_such_a_node_ends_and_frees_its_region(toy: Toy, serve: Serve, said: str) -> None:
    """End such a job through the engine: a step given back as foreign would be taken up again forever."""

    def answer(talk: Talk) -> None:
        talk.begin()
        if talk.follows:
            talk.endless(b"@out 65536\n" + b"\n" * 65536)
        talk.say(said.replace("JOB", job.job_id).encode())
        talk.end()

    node = serve(answer)
    toy.behave[("one", "a")] = lambda context: run_component(context, node.endpoint, "disk", "true\n")
    job = toy.submit("a", scope="region:r")
    begun = time.monotonic()
    job = toy.work(job)
    assert time.monotonic() - begun < 2 * SOON_S
    step = job.steps.get(phase="one")
    assert job.status == "failed" and step.status == "failed" and step.attempts == 1, step.error
    assert Event.objects.filter(job=job).count() < HEAD_LINES + TAIL_LINES + 100
    toy.submit("a", scope="region:r")  # the region is free again
