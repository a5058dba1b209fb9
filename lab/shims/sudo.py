"""sudo(8): root runs the command at once; for an ordinary login the lab's server starts it as root."""

from __future__ import annotations

import os
import sys

from . import node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

PATH = "/run/lab/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
VALUED = ("-u", "-g", "-p", "-C", "-h", "-r", "-t", "-D", "--user", "--group", "--prompt")


def main(name: str, args: list[str]) -> int:
    """Parse sudo's own options, then run what follows."""
    flags, values, command, settings = _options(args)
    if "l" in flags or "v" in flags or "K" in flags or "k" in flags:
        if not command and ({"K", "k"} & flags):
            return 0
        command = command or ["/bin/true"]
    if {"i", "s"} & flags:
        shell = os.environ.get("SHELL", "/bin/sh")
        command = [shell, "-c", " ".join(command)] if command else [shell]
    if not command:
        return node.fail(
            "usage: sudo -h | -K | -k | -V\nusage: sudo [-AbEHnPS] [-u user] [VAR=value] [command]"
        )
    env = dict(os.environ) if "E" in flags else _clean_environment()
    env.update(settings)
    if os.getuid() == 0:
        return _exec(command, env)
    return _ask(command, env, flags, values)


def _options(args: list[str]) -> tuple[set[str], dict[str, str], list[str], dict[str, str]]:
    flags: set[str] = set()
    values: dict[str, str] = {}
    pending = list(args)
    while pending and pending[0].startswith("-"):
        arg = pending.pop(0)
        if arg == "--":
            break
        if arg in VALUED and pending:
            values[arg] = pending.pop(0)
        elif arg.startswith("--"):
            flags.add(
                {"--non-interactive": "n", "--stdin": "S", "--preserve-env": "E", "--login": "i"}.get(
                    arg, arg
                )
            )
        else:
            flags.update(arg[1:])
    settings: dict[str, str] = {}
    while pending and "=" in pending[0] and pending[0].partition("=")[0].isidentifier():
        key, _, value = pending.pop(0).partition("=")
        settings[key] = value
    return flags, values, pending, settings


def _clean_environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in ("LANG", "TERM", "SHELL") if key in os.environ}
    user = os.environ.get("USER", "root")
    return {**kept, "PATH": PATH, "HOME": "/root", "USER": "root", "LOGNAME": "root", "SUDO_USER": user}


def _exec(command: list[str], env: dict[str, str]) -> int:
    try:
        os.execvpe(command[0], command, env)
    except OSError:
        return node.fail(f"sudo: {command[0]}: command not found")


def _ask(command: list[str], env: dict[str, str], flags: set[str], values: dict[str, str]) -> int:
    """Let the server decide and run; standard streams are passed as descriptors."""
    import json
    import signal
    import socket

    request: dict[str, Any] = {
        "op": "sudo", "user": os.environ.get("USER", ""), "command": command, "env": env, "cwd": os.getcwd(),
        "as": values.get("-u", values.get("--user", "root")), "password": None,
    }  # fmt: skip
    for attempt in range(4):
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
            try:
                sock.connect(f"{node.STATE}/ctl.sock")
                socket.send_fds(sock, [json.dumps(request).encode()], [0, 1, 2])
            except OSError as error:
                return node.fail(f"sudo: the lab does not answer: {error.strerror}")
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            answer = json.loads(sock.recv(65536) or b"{}")
        if "exit" in answer:
            status = int(answer["exit"])
            return status if status >= 0 else 128 - status
        if answer.get("denied") != "password":
            return node.fail(f"sudo: {answer.get('denied') or answer.get('error') or 'the lab went away'}")
        if "n" in flags or attempt == 3:
            text = "a password is required" if not attempt else f"{attempt} incorrect password attempts"
            return node.fail(f"sudo: {text}")
        if attempt:
            print("Sorry, try again.", file=sys.stderr)
        password = _password("S" in flags, values.get("-p", values.get("--prompt")), request["user"])
        if password is None:
            return node.fail("sudo: no password was provided\nsudo: a password is required")
        request["password"] = password
    return 1


def _password(from_stdin: bool, prompt: str | None, user: str) -> str | None:
    """Read one line, byte by byte from standard input so that the command gets what follows; else from the terminal."""
    text = f"[sudo] password for {user}: " if prompt is None else prompt
    if not from_stdin:
        if not sys.stdin.isatty():
            print("sudo: a terminal is required to read the password; use -S", file=sys.stderr)
            return None
        import getpass

        return getpass.getpass(text)
    sys.stderr.write(text)
    sys.stderr.flush()
    line = b""
    while (byte := os.read(0, 1)) not in (b"", b"\n"):
        line += byte
    return line.decode("utf-8", "replace") if line or byte else None
