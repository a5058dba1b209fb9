"""Find the line of a command's output that says why it failed. Pure.

Tools seldom print the cause last: dpkg ends with a note about lock files, apt-get with "Sub-process returned an error
code", haproxy with "Fatal errors found", Python puts forty lines of traceback before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

MAX_CHARS = 500
# How many lines of each output are read, from the end, and how much of each.
LINES_KEPT = 200
LINE_CHARS = 1000

_HINT, _PLAIN, _SUMMARY, _LIKELY, _CERTAIN = range(5)

# Advice, notes, warnings and lines that are printed whether or not the command succeeds.
_HINTS = re.compile(
    r"""
      (?:note|hint|info|notice|tip|usage|n|w|warn|warning)\s*:          # apt, gcc, git
    | \[(?:notice|warning|warn|info|debug)\]                            # haproxy
    | .*:\s*(?:warning|note|hint|usage|notice)\s*[:\[]                  # perl, dpkg, useradd
    | (?:see|try|run|type|use)\ (?:['"‘“`]|http|the\ |man\ |running|using|again|journalctl|systemctl)
    | consult\ |refer\ to\ |for\ more\b
    | .*\ (?:--help|-h)['"’`]?\ for\ (?:more|help|usage|a\ list)
    | .*\bmay\ have\ more\ information
    | .*UserWarning|.*DeprecationWarning|.*\ unstable\ CLI\ interface
    | debconf:|dpkg-preconfigure:|apt-listchanges:|needrestart|locale:\ |perl:\ |/bin/sh:\ warning:|bash:\ warning:
    | invoke-rc\.d:\ (?:could\ not\ determine|policy-rc\.d\ denied|warning)
    | \(?reading\ database|processing\ triggers|selecting\ previously|preparing\ to\ unpack|unpacking\ |setting\ up\b
    | reading\ (?:package|state)|building\ dependency
    | (?:warning|danke|thanks|thank\ you)\b
    | and\ the\ entire\ system\.                                        # of dpkg's note about lock files
    | removing\ the\ lock\ file\ is
    | an\ error\ occurred,?\ but\ |\d+\ errors?\ (?:generated|found)\b
    | ^[-=~^*\s|.]+$
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Lines that only repeat that something failed.
_SUMMARIES = re.compile(
    r"""
      e:\ sub-process\ .*\ returned\ an?\ error
    | e:\ unable\ to\ (?:acquire\ the\ dpkg\ frontend\ lock|lock\ (?:the\ administration\ )?directory)
    | e:\ (?:unable\ to\ fetch\ some\ archives|some\ index\ files\ failed|unable\ to\ correct\ (?:problems|dependencies))
    | e:\ unmet\ dependencies
    | errors\ were\ encountered\ while\ processing
    | dpkg-deb:\ error:\ .*\bsubprocess\ was\ killed\ by\ signal\ \(broken\ pipe\)   # dpkg has stopped reading
    | .*\bprocessing\ was\ halted\ because
    | .*\bdependency\ problems\ -\ leaving\ unconfigured
    | .*error\(s\)\ found\ in\ configuration|.*fatal\ errors\ found\ in\ configuration
    | command\ '.*'\ terminated\ with\ exit\ code
    | .*exiting\ with\ failure\ status\ due\ to\ previous\ errors
    | .*\bnot\ recoverable:\ exiting\ now|failed\ to\ connect\ to\ bus
    | rsync\ error:\ (?:some|unexplained|error\ in)
    | make(?:\[\d+\])?:\ \*\*\*
    | (?:error:\ )?subprocess-exited-with-error|error:\ command\ failed|.*\bcommand\ exited\ with\ (?:non-zero|status)
    | (?!.*\berror\ processing).*\bexit(?:ed|ing)?\ (?:with\ )?(?:status|code)\s*:?\s*\d+\.?$
    | (?:aborted?|aborting|giving\ up|exiting|failed|error|errors|fatal|terminated)[.!]*$
    | .*\bfailed\ because\ (?:the\ control\ process\ exited|a\ timeout\ was\ exceeded)
    | a\ dependency\ job\ for
    | connection\ (?:to\ \S+\ )?closed
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The tool itself marks this line as the error.
_ERRORS = re.compile(
    r"""
      (?:e|err|error|fatal|panic|critical|alert|emerg|fehler|erreur)\s*(?:\[[^\]]*\])?\s*:\s*\S
    | \[(?:alert|emerg|crit|critical|error|fatal|panic)\]
    | \S+:\s*(?:\S+:\s*)?(?:error|fatal|fatal\ error|critical|panic)\s*:\s*\S       # dpkg: error: …, x.c:1: error: …
    | \S+:\s*error\s+(?:processing|opening|reading|writing|parsing|while|in|at)\b
    | \S+:\s+ERROR\ \(                                                              # supervisorctl
    | \S+:\s+dependency\ problems\ prevent
    | the\ following\ packages\ have\ unmet\ dependencies:
    | \S+:\s+(?:line\ )?\d+:\s*\S                                                   # sh: 1: foo: not found
    | \d+:\ failure:\ \(\d+\)                                                       # drbdsetup
    | \S+:\ \(\d+\)\ \S                                                             # curl: (7) …
    | \S+:\s+(?:unrecognized|unknown|invalid|illegal)\ (?:option|argument|command|value|operation)
    | (?:failed|unable|cannot|can't|could\ not|invalid\ vdev)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_WORDS = re.compile(
    r"""
      \b(?:error|errors|errno|failed|fails|failure|fatal|cannot|can't|couldn't|could\ not|unable|refused?s?|denied
      |not\ found|no\ such|no\ space|timed?\ ?out|timeout|invalid|illegal|unknown|unrecogni[sz]ed|missing|killed|aborted
      |not\ permitted|not\ allowed|permission|forbidden|unreachable|unresolved|unavailable|in\ use|busy|corrupt(?:ed)?
      |does(?:\ not|n't)\ exist|is\ not|has\ not|not\ a|already\ (?:exists|in\ use|mounted)|read-only|segmentation|out\ of\ memory
      |will\ not|must\ (?:be|not)|conflict(?:s|ing)?|mismatch|broken|exceeded|wrong|bad|FATAL|BACKOFF)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EXCEPTION = re.compile(r"[A-Za-z_][\w.]*(?:\s*:\s.*)?$")
_OVERRIDE = re.compile(r"use '-f' to override", re.IGNORECASE)
# dpkg knows only that a script or a tool failed: the message of that tool is above.
_SUBPROCESS = re.compile(r"subprocess (?:returned error exit status|failed)|script killed")
_TRACEBACK = "Traceback (most recent call last)"


def reason_of(err: Iterable[str], out: Iterable[str] = ()) -> str:
    """Return the line that says why a command failed, from its standard error, else from its standard output.

    Without a line that mentions an error, the last non-empty one of standard error, else of standard output; empty
    when nothing was printed. At most :data:`MAX_CHARS` characters.
    """
    said, beside = _statements(err), _statements(out)
    at, rank = _best(said)
    there, rank_there = _best(beside)
    # Standard output wins over standard error only when the latter says little and the former is certain.
    elsewhere = rank < _LIKELY and rank_there >= (_LIKELY if rank <= _HINT else _CERTAIN)
    if beside and (elsewhere or not said):
        said, at = beside, there
    found = _with_cause(said, at) if said else ""
    return found if len(found) <= MAX_CHARS else found[: MAX_CHARS - 1] + "…"


def _statements(texts: Iterable[str]) -> list[str]:
    """Return the last non-blank lines, each with the indented lines that explain it; others keep their indentation."""
    lines = [line[:LINE_CHARS].rstrip() for text in texts for line in text.splitlines()]
    found: list[str] = []
    overridden = False
    opened = False
    for line in [line for line in lines if line.strip()][-LINES_KEPT:]:
        if _OVERRIDE.match(line):
            overridden = bool(found)
        elif overridden:
            found[-1] += f": {line.strip()}"
            overridden = False
        elif opened and line[0] in " \t":
            found[-1] += f" {line.strip()}" if len(found[-1]) < LINE_CHARS else ""
        else:
            found.append(line)
            opened = line.endswith(":")
    return found


def _best(statements: list[str]) -> tuple[int, int]:
    """Return the position of the most certain statement, the last one of equals, and how certain it is."""
    best, best_rank = len(statements) - 1, _HINT
    before = ""
    explained = False
    for at, text in enumerate(statements):
        rank = _CERTAIN if before.startswith(_TRACEBACK) and _EXCEPTION.match(text) else _rank(text)
        # The lines of a note belong to it until another statement begins.
        if rank == _PLAIN and explained:
            rank = _HINT
        explained = rank == _HINT
        if rank > _HINT and rank >= best_rank:
            best, best_rank = at, rank
        before = text
    return best, best_rank


def _rank(text: str) -> int:
    if text[0] in " \t":
        return _PLAIN
    if _HINTS.match(text) or text.startswith(_TRACEBACK):
        return _HINT
    if _SUMMARIES.match(text):
        return _SUMMARY
    if _ERRORS.match(text):
        return _CERTAIN
    return _LIKELY if _WORDS.search(text) else _PLAIN


def _with_cause(statements: list[str], at: int) -> str:
    """Return the statement, preceded by the script output that caused the failure it reports."""
    text = statements[at].strip().removeprefix("error: ")
    if at and _SUBPROCESS.search(text) and _rank(statements[at - 1]) not in (_HINT, _SUMMARY):
        return f"{statements[at - 1].strip()} ({text})"
    return text
