"""Merge our listeners into a haproxy.cfg that also contains other sections. Pure.

Grammar: https://docs.haproxy.org/2.6/configuration.html, 2.1, 2.4 (conditions) and 4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from common.messages import message
from operations.haproxy.line_words import VARIABLE, words_of

OURS = ("api-front", "ws-front", "io-front")
_SECTIONS = frozenset(
    [
        "global",
        "defaults",
        "frontend",
        "backend",
        "listen",
        "peers",
        "resolvers",
        "userlist",
        "mailers",
        "cache",
        "program",
        "http-errors",
        "ring",
        "log-forward",
        "fcgi-app",
        "crt-store",
        "traces",
        "log-profile",
        "acme",
    ]
)
_NAMED = frozenset({"listen", "frontend", "backend"})
_BIND = re.compile(r"bind\s+(\S*):(\d+)")
_PLACE = re.compile(r"(?:(?:ipv|m?p?tcp)[46]?@)?([^@/]*):(\d+)(?:-(\d+))?")
_ANY = frozenset({"", "*", "0.0.0.0", "::"})  # noqa: S104
_SERVER = re.compile(r"server\s+(\S+)\s+(\S+):(\d+)")


# Settings of defaults that make our servers unreachable, and the word that reverts each (configuration manual, 5.2).
_TAKEN_BACK = {
    "ssl": "no-ssl",
    "check-ssl": "no-check-ssl",
    "send-proxy": "no-send-proxy",
    "send-proxy-v2": "no-send-proxy-v2",
    "send-proxy-v2-ssl": "no-send-proxy-v2-ssl",
    "send-proxy-v2-ssl-cn": "no-send-proxy-v2-ssl-cn",
    "check-send-proxy": "no-check-send-proxy",
    "agent-check": "no-agent-check",
    "backup": "no-backup",
    "disabled": "enabled",
    "weight": "weight 1",  # a server of weight 0 gets no traffic
}
# No word reverts these: the servers of our listeners would not be reached, or haproxy would refuse the file.
_STAYS = frozenset({"proto", "proxy-v2-options", "socks4", "track"})
# What checks of our servers query instead of the servers; only a value on the server line reverts it.
_CHECKED_ELSEWHERE = frozenset({"addr", "port"})


# Checks in defaults by a protocol that our servers do not speak (4.2).
_CHECKS = frozenset(
    [
        "external-check",
        "httpchk",
        "ldap-check",
        "mysql-check",
        "pgsql-check",
        "redis-check",
        "smtpchk",
        "spop-check",
        "ssl-hello-chk",
        "tcp-check",
    ]
)


@dataclass(frozen=True, slots=True)
class Listener:
    """One of our listeners: where it binds, and its servers as (name, host, port)."""

    name: str
    address: str
    port: int
    servers: tuple[tuple[str, str, int], ...]


@dataclass(slots=True)
class _Section:
    kind: str
    name: str
    lines: list[str]
    # How many conditions (.if) are open where it begins.
    depth: int = 0


@dataclass(frozen=True, slots=True)
class _Inherited:
    """Lines for one of our listeners, and what each of its servers sets against the defaults."""

    lines: list[str]
    elsewhere: frozenset[str]
    stays: str = ""


def merge_listeners(existing: str, listeners: str) -> str:
    """Return the file with our listeners replaced in place, else appended; every other byte stays.

    Comments and blank lines after a replaced listener stay, too. Merging twice gives the same result.

    Raises:
        ValueError: a frontend or backend has the name of one of our listeners, another section listens on one of
            our ports, a listener to be replaced is part of a condition, a condition has no end, or the defaults have a
            setting for servers that cannot be reverted.
    """
    sections = _sections(existing)
    _check_ports(sections, listeners)
    # Its last line may end with the first half of a line end.
    newline = "\r\n" if "\r\n" in existing + "\n" else "\n"
    wanted = {section.name: section.lines for section in _sections(listeners) if section.kind == "listen"}
    parts: list[str] = []
    done: set[str] = set()
    inherited = _Inherited([], frozenset())
    defaults: dict[str, list[str]] = {}
    for section in sections:
        if section.kind == "defaults":
            # Sections without "from" inherit from the last defaults before them, which may inherit from others themselves.
            defaults[section.name] = [*_base(section, defaults), *section.lines[1:]]
            inherited = _inherited(defaults[section.name])
        if section.kind not in _NAMED or section.name not in wanted:
            parts += section.lines
            continue
        if section.kind != "listen":
            raise ValueError(message("H05", "name_taken", kind=section.kind, name=section.name))
        _check_conditions(section)
        body, tail = _split_tail(section.lines)
        if section.name not in done:
            ours = _with(_split_tail(wanted[section.name])[0], inherited)
            parts += _as_lines(ours, newline, ended=body[-1].endswith("\n"))
        parts += tail
        done.add(section.name)
    text = "".join(parts)
    for name, lines in wanted.items():
        if name not in done:
            text = _append(text, _with(_split_tail(lines)[0], inherited), newline)
    return text


def _base(section: _Section, defaults: dict[str, list[str]]) -> Sequence[str]:
    """Return the lines of the defaults section that this one names with "from"."""
    words = words_of(section.lines[0], 64)
    base = words[words.index("from") + 1 :][:1] if "from" in words else []
    return defaults.get(base[0], ()) if base else ()


def _append(text: str, lines: list[str], newline: str) -> str:
    if text and not text.endswith("\n"):
        text = text.removesuffix("\r") + newline
    gap = newline if text else ""
    return text + gap + "".join(_as_lines(lines, newline, ended=True))


def _inherited(defaults: Sequence[str]) -> _Inherited:
    """Return what reverts, for one of our listeners, inherited settings under which it could not serve."""
    code = [words for line in defaults if (words := words_of(line, 64))]
    servers = [word for words in code if words[0] == "default-server" for word in words[1:]]
    back = dict.fromkeys(_TAKEN_BACK[word] for word in servers if word in _TAKEN_BACK)
    lines = []
    if any(words[0] == "disabled" for words in code):
        lines.append("    enabled\n")
    if any(words[:2] == ["option", "transparent"] for words in code):
        # haproxy refuses it in a listener that balances.
        lines.append("    no option transparent\n")
    if back:
        lines.append(f"    default-server {' '.join(back)}\n")
    checks = [words for words in code if words[0] == "option" and _CHECKS.intersection(words[1:2])]
    elsewhere = _CHECKED_ELSEWHERE.intersection(servers)
    if back or checks or elsewhere:
        # The preview shows why these lines are there.
        cause = checks[-1] if checks else ["default-server"]
        said = "".join(char for char in " ".join(cause)[:60] if char.isprintable())
        lines.insert(0, f'    # instead of "{said}" of the defaults above\n')
        # Our own check, a TCP connection: neither the check rules of defaults nor their server settings.
        lines += ["    option tcp-check\n", "    tcp-check connect\n"]
    return _Inherited(lines, elsewhere, next((word for word in servers if word in _STAYS), ""))


def _with(ours: list[str], inherited: _Inherited) -> list[str]:
    """Insert these lines before a listener's servers, and have the servers checked at their own address.

    Raises ValueError for settings of defaults under which these servers could not serve.
    """
    if inherited.stays:
        raise ValueError(message("H05", "defaults", words=inherited.stays))
    first = next((at for at, line in enumerate(ours) if line.split()[:1] == ["server"]), len(ours))
    servers = [_checked_itself(line, inherited.elsewhere) for line in ours[first:]]
    return [*ours[:first], *inherited.lines, *servers]


def _checked_itself(line: str, elsewhere: frozenset[str]) -> str:
    found = _SERVER.match(line.strip())
    if not found or not elsewhere:
        return line
    values = {"addr": found[2], "port": found[3]}
    words = " ".join(f"{word} {values[word]}" for word in sorted(elsewhere))
    return f"{line.rstrip()} {words}\n"


def _check_conditions(section: _Section) -> None:
    """Refuse to replace a listener inside a branch of a condition: the other branches would have none."""
    macro = next((line.split()[0] for line in section.lines if line.lstrip().startswith(".")), "")
    if macro:
        raise ValueError(message("H05", "holds_condition", name=section.name, macro=macro))
    if section.depth:
        raise ValueError(message("H05", "within_condition", name=section.name))


def _check_ports(sections: Sequence[_Section], listeners: str) -> None:
    """Refuse shared ports: haproxy lets two sections bind one port, and half of the connections would be misrouted."""
    wanted = {item.port: item for item in read_listeners(listeners)}
    for section in sections:
        if section.kind in _NAMED and section.name in {item.name for item in wanted.values()}:
            continue
        for address, first, last in _binds(section):
            for port, ours in wanted.items():
                if first <= port <= last and (
                    address in _ANY or ours.address in _ANY or address == ours.address
                ):
                    raise ValueError(
                        message(
                            "H05",
                            "port_taken",
                            kind=section.kind,
                            name=section.name,
                            port=port,
                            listener=ours.name,
                        )
                    )


def _binds(section: _Section) -> list[tuple[str, int, int]]:
    """Return the addresses and ports (first, last) on which a section listens, also those after its name.

    Raises:
        ValueError: a port comes from an environment variable of the node.
    """
    code = [words_of(line, 3) for line in section.lines]
    words = [word for line in code[1:] if line[:1] == ["bind"] for word in line[1:2]]
    if section.kind in ("listen", "frontend"):
        words += [word for word in code[0][2:3] if ":" in word]
    found = []
    for part in (part for word in words for part in word.split(",")):
        if VARIABLE in part.rpartition(":")[2]:
            raise ValueError(message("H05", "port_in_variable", kind=section.kind, name=section.name))
        if match := _PLACE.fullmatch(part):
            address = "" if VARIABLE in match[1] else match[1].strip("[]")
            found.append((address, int(match[2]), int(match[3] or match[2])))
    return found


def read_listeners(text: str, names: Sequence[str] = OURS) -> tuple[Listener, ...]:
    """Read our listeners as they are in a file."""
    found = []
    for section in _sections(text):
        if section.kind != "listen" or section.name not in names:
            continue
        lines = [line.strip() for line in section.lines]
        binds = [match for line in lines if (match := _BIND.match(line))]
        servers = [match for line in lines if (match := _SERVER.match(line))]
        if binds:
            found.append(
                Listener(
                    section.name,
                    binds[0][1].strip("[]"),
                    int(binds[0][2]),
                    tuple((match[1], match[2].strip("[]"), int(match[3])) for match in servers),
                )
            )
    return tuple(found)


def _sections(text: str) -> list[_Section]:
    """Cut the file at its section lines; what precedes the first is a section without a kind.

    Raises:
        ValueError: a condition has no end.
    """
    found = [_Section("", "", [])]
    depth = 0
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        words = words_of(line, 2)
        first = words[0] if words else ""
        if first in _SECTIONS:
            found.append(_Section(first, words[1] if len(words) > 1 else "", [], depth))
        depth += (first == ".if") - (first == ".endif")
        found[-1].lines.append(line)
    if depth > 0:
        raise ValueError(message("H05", "open_condition"))
    return found


def _split_tail(lines: list[str]) -> tuple[list[str], list[str]]:
    """Split a section into its lines up to the last directive, and the comments and blank lines after it."""
    end = len(lines)
    while end > 1 and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return lines[:end], lines[end:]


def _as_lines(lines: list[str], newline: str, *, ended: bool) -> list[str]:
    made = [line.rstrip("\r\n") + newline for line in lines]
    if not ended:
        made[-1] = made[-1].removesuffix(newline)
    return made
