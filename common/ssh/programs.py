"""Send a program to a node independently of its login shell, and find the start and end of its output. Pure.

The command line is one line that every shell accepts (sh, csh, fish, a restricted one). The program itself is the
first line of standard input; the rest is the program's own input. A login may print anything before and after: the
output lies between two marks that are new each time.
"""

from __future__ import annotations

import shlex
from collections.abc import Sequence

# ``read`` takes no byte more than its line from a pipe (POSIX, "read"), so that the rest is left to the program. Nothing
# here has a meaning in another shell: no ``!`` for csh, no ``\\`` for fish. A line that a start-up file of the login
# has read is lost: the next one is then input of the program, perhaps a password, and no shell runs it.
# ``ours`` is not exported: a shell that a start-up file began in place of the command reads the program, too, without it.
_BEGIN = """sh -c 'IFS= read -r line; ours=1; case $line in "eval "*) eval "$line";; esac'"""
AS_LOGIN = _BEGIN
AS_ROOT = f"sudo -n -- {_BEGIN}"
ANOTHER_SHELL = b"@@another-shell"
"""What the program prints, as noise, where a shell read it that is not the one of the command line; it ends that shell."""
# A login that prints more than this before our program starts is given up.
MAX_NOISE_BYTES = 1 << 20
_SHOWN_BYTES = 400
_MAX_CODE_DIGITS = 3


def first_line(argv: Sequence[str], nonce: str, *, ends: bool = True) -> bytes:
    """Build the first line to send: the command between its marks; without ``ends`` only the one before it."""
    mark = f"@@{nonce}"
    guard = f'[ "${{ours-}}" = 1 ] || {{ echo {ANOTHER_SHELL.decode()}; exit 126; }}'
    # On both outputs.
    lines = [f"{guard}; printf '%s\\n' {mark}; printf '%s\\n' {mark} >&2"]
    if ends:
        last = f"printf '\\n%s %s\\n' {mark} \"$code\""
        lines += [shlex.join(argv), f'code=$?; {last}; {last} >&2; exit "$code"']
    else:
        lines.append(f"exec {shlex.join(argv)}")
    # printf(1), %b: restores the escaped line ends.
    escaped = "\n".join(lines).replace("\\", "\\\\").replace("\n", "\\n")
    return f'eval "$(printf %b {shlex.quote(escaped)})"\n'.encode("utf-8", "surrogateescape")


class Marked:
    """One output of a program: feed the data, get what lies between the marks.

    ``ends``: a mark is expected after the output, too. It begins with a line end, so that with live output each last
    line would wait for the next one: such output has to mark its own end.
    """

    def __init__(self, nonce: str, *, ends: bool = True) -> None:
        self._first = f"@@{nonce}\n".encode()
        self._last = f"\n@@{nonce} ".encode() if ends else b""
        self._held = b""
        self.begun = False
        # The exit code, as the program's own shell reports it.
        self.code: int | None = None
        # What the login printed before the first mark: its beginning, and its length.
        self.noise = b""
        self.noise_bytes = 0

    def feed(self, data: bytes) -> bytes:
        """Return what certainly belongs to the output; a piece that may be the start of a mark is held back."""
        self._held += data
        if not self.begun and not self._begin():
            return b""
        if not self._last:
            return self._without(0)
        if self.code is not None:
            self._held = b""
            return b""
        at = 0
        while (place := self._held.find(self._last, at)) >= 0:
            line, newline, _ = self._held[place + len(self._last) :][: _MAX_CODE_DIGITS + 1].partition(b"\n")
            if newline and line.isdigit():
                answer, self._held = self._held[:place], b""
                self.code = int(line)
                return answer
            if not newline and len(line) <= _MAX_CODE_DIGITS:
                return self._without(len(self._held) - place)
            at = place + 1  # Not what our shell prints there: it belongs to the output.
        return self._without(_overlap(self._held, self._last))

    def rest(self) -> bytes:
        """Return what was held back, once no more data comes."""
        held, self._held = self._held, b""
        return held if self.begun and self.code is None else b""

    def _begin(self) -> bool:
        place = self._held.find(self._first)
        if place >= 0:
            self._pass_over(self._held[:place])
            self._held = self._held[place + len(self._first) :]
            self.begun = True
            return True
        keep = _overlap(self._held, self._first)
        self._pass_over(self._held[: len(self._held) - keep])
        self._held = self._held[len(self._held) - keep :]
        return False

    def _pass_over(self, data: bytes) -> None:
        self.noise_bytes += len(data)
        if len(self.noise) < _SHOWN_BYTES:
            self.noise += data[: _SHOWN_BYTES - len(self.noise)]

    def _without(self, kept: int) -> bytes:
        """Return the held bytes except the last ``kept``, which stay."""
        cut = len(self._held) - kept
        answer, self._held = self._held[:cut], self._held[cut:]
        return answer


def _overlap(data: bytes, mark: bytes) -> int:
    """Return how many bytes at the end of ``data`` may be the start of ``mark``."""
    for size in range(min(len(data), len(mark) - 1), 0, -1):
        if data.endswith(mark[:size]):
            return size
    return 0
