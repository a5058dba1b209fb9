"""Authenticate to a node: by the installer's key, or by a password that answers one question only."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

import paramiko
from paramiko.auth_handler import AuthHandler

from common.secrets import Secret
from common.ssh.programs import ANOTHER_SHELL
from common.ssh.types import Endpoint, SshError, load_key, reason
from common.text import plain, redact

_NO_TERMINAL = b"Password change required but no TTY available."
_BY_HAND = "log in there by hand to see what it wants, or put the installer's key there by hand"
_MAX_QUOTED = 120
_MAX_QUESTIONS = 100
# Prompts for the password of the account, in the languages that PAM uses here...
_PASSWORD = re.compile(r"password|passwort|mot de passe|密码|密碼|口令", re.IGNORECASE)
# ...and similar prompts that ask for something else: a code, or a new password.
_ANOTHER = re.compile(
    r"\b(one[- ]?time|otp|token|code|passcode|pin|factor|new|current|old|retype|again)\b"
    r"|新|旧|舊|当前|當前|重新|一次|动态|動態|验证|驗證",
    re.IGNORECASE,
)
_EXPIRED = re.compile(
    r"expired|change your password|(new|current|retype)\W+(unix )?password|过期|新的?\s*密码|当前的?\s*密码",
    re.IGNORECASE,
)
_NO_LOGIN = re.compile(
    rb"not (currently )?available|nologin|account.{0,40}(disabled|not allowed)", re.IGNORECASE
)
# "Password for root@new.example.com:" asks for the password, whatever the host is called.
_ACCOUNT = re.compile(r"\S+@\S+")


class AsksInteractively(Exception):
    """The server accepts the password by keyboard-interactive only."""


def with_key(endpoint: Endpoint, transport: paramiko.Transport) -> None:
    """Log in with the installer's key. Raises :class:`SshError`."""
    try:
        more = transport.auth_publickey(endpoint.user, load_key(endpoint.key_path))
    except paramiko.AuthenticationException as error:
        _refuse_silence(endpoint, transport, error)
        raise SshError(
            "auth",
            f"{endpoint} does not accept the installer's key for user {endpoint.user}: run establish_ssh for it",
        ) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _dropped(endpoint, transport, error) from None
    _refuse_second_step(endpoint, "the installer's key", more)


def with_password(endpoint: Endpoint, transport: paramiko.Transport, password: Secret) -> None:
    """Log in with the password. Raises :class:`SshError`, :class:`AsksInteractively`.

    A connection accepts one service request (RFC 4253, section 10) and paramiko sends one with every attempt:
    after :class:`AsksInteractively` the next attempt needs a new connection.
    """
    try:
        more = transport.auth_password(endpoint.user, password.reveal(), fallback=False)
    except paramiko.BadAuthenticationType as refusal:
        if "keyboard-interactive" in refusal.allowed_types:
            raise AsksInteractively from None
        raise SshError(
            "auth",
            f"{endpoint} allows no password login (only {quoted(', '.join(refusal.allowed_types).encode(), [password])}): "
            "set PasswordAuthentication yes there for a moment, or put the installer's key there by hand",
        ) from None
    except paramiko.AuthenticationException as error:
        _refuse_silence(endpoint, transport, error)
        raise _wrong_password(endpoint) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        # Message 60 asks for a new password here (RFC 4252, section 8); paramiko knows only its other meaning.
        if "Illegal info request" in str(error):
            raise _expired(endpoint) from None
        raise _dropped(endpoint, transport, error) from None
    _refuse_second_step(endpoint, "this password", more)


def by_questions(endpoint: Endpoint, transport: paramiko.Transport, password: Secret) -> None:
    """Log in by keyboard-interactive (RFC 4256), answering only a hidden question for the password.

    Raises :class:`SshError` with the server's question when it asked for anything else.
    """
    handler = _Bounded(transport)
    transport.auth_handler = handler
    answered = threading.Event()
    try:
        handler.auth_interactive(endpoint.user, _OneAnswer(endpoint, password), answered)
        more = handler.wait_for_response(answered)
    except paramiko.AuthenticationException as error:
        _refuse_silence(endpoint, transport, error)
        raise _wrong_password(endpoint) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _dropped(endpoint, transport, error) from None
    _refuse_second_step(endpoint, "this password", more)


class _Bounded(AuthHandler):
    """An auth handler with a limit: paramiko reads as many questions as are announced, up to four billion."""

    def _parse_userauth_info_request(self, m: paramiko.Message) -> None:
        begin = m.packet.tell()
        for _ in ("name", "instruction", "language"):
            m.get_binary()
        count = m.get_int()
        m.packet.seek(begin)
        if count > _MAX_QUESTIONS:
            raise paramiko.SSHException(f"it asks {count} things at once")
        super()._parse_userauth_info_request(m)  # type: ignore[misc]  # the types leave it out


class _OneAnswer:
    """Callback for the server's questions, on paramiko's thread; an exception here ends the connection."""

    def __init__(self, endpoint: Endpoint, password: Secret) -> None:
        self._endpoint = endpoint
        self._password = password
        self._given = False

    def __call__(self, title: str, text: str, questions: Sequence[tuple[str, bool]]) -> list[str]:
        if not questions:
            return []
        asked = quoted(
            " / ".join(question for question, _ in questions).encode("utf-8", "replace"), [self._password]
        )
        if _EXPIRED.search(f"{text}\n{questions[0][0]}"):
            raise _expired(self._endpoint, f" (it asks {asked})")
        objection = self._objection(asked, questions)
        if objection:
            raise SshError("auth", f"{self._endpoint} {objection}: {_BY_HAND}")
        self._given = True
        return [self._password.reveal()]

    def _objection(self, asked: str, questions: Sequence[tuple[str, bool]]) -> str:
        """Return why the password must not be sent as the answer; empty when nothing speaks against it."""
        if self._given:
            return f"was given the password and then asks {asked}, which was not answered"
        if len(questions) > 1:
            return f"asks {len(questions)} things at once, {asked}; nothing was answered"
        prompt, echoes = questions[0]
        if echoes:
            return f"asks {asked} and would show the answer, so the password was not given"
        # PAM puts its messages before the question, each on its own line.
        last = _ACCOUNT.sub("", (prompt.strip().splitlines() or [""])[-1])
        if not _PASSWORD.search(last) or _ANOTHER.search(last):
            return f"asks {asked}, which is not known to mean the password, so nothing was answered"
        return ""


def quoted(said: bytes, secrets: Sequence[Secret] = ()) -> str:
    """Return the server's words, fit for a log: one short line without control characters and without secrets."""
    words = " ".join(plain(redact(said.decode("utf-8", "replace"), secrets)).split())
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in words)
    return f'"{shown[:_MAX_QUOTED]}…"' if len(shown) > _MAX_QUOTED else f'"{shown}"'


def _refuse_second_step(endpoint: Endpoint, what: str, methods: Sequence[str]) -> None:
    """Raise :class:`SshError` when the server accepted this step and requires another (``AuthenticationMethods``)."""
    if methods:
        raise SshError(
            "auth",
            f"{endpoint} takes {what} for user {endpoint.user} and wants a second step as well "
            f"({', '.join(plain(name)[:40] for name in methods[:5])}): one step must be enough for the installer, "
            "look at AuthenticationMethods in its sshd_config",
        )


def refuse_expired(endpoint: Endpoint, exit_code: int, errors: bytes) -> None:
    """Raise :class:`SshError` when sshd ran no command because the password has expired.

    PAM accepts a login with an expired password, even by key; sshd(8) then runs nothing without a terminal to
    change it on (``session.c``).
    """
    # The lines above it are PAM's messages to the person.
    if exit_code == 1 and errors.strip().splitlines()[-1:] == [_NO_TERMINAL]:
        raise _expired(endpoint)


def not_begun(endpoint: Endpoint, exit_code: int, noise: bytes, errors: bytes) -> tuple[str, str]:
    """Return the kind and text of the failure when a login succeeded and then no program was started."""
    user = endpoint.user
    if ANOTHER_SHELL in noise:
        return "shell", (
            f"{endpoint}: another shell has begun before our command, such as exec zsh in ~/.bashrc of {user}: let it do that "
            f"for people only (case $- in *i*) exec zsh;; esac), or give the account that shell (usermod -s /bin/zsh {user})"
        )
    last = errors.strip().splitlines()[-1:]
    if exit_code == -1 and not noise.strip() and not last:
        return "dropped", f"{endpoint}: the connection ended before the command began"
    if user != "root" and last and last[0].startswith((b"sudo:", b"Sorry,", b"sudoers:")):
        remedy = terminal_wanted(user, last[0]) or (
            "run establish_ssh with its password, or look at what sudo -l says there"
        )
        return "sudo", f"{endpoint}: {user} cannot become root with sudo -n ({quoted(last[0])}): {remedy}"
    said = b" ".join([*noise.strip().splitlines()[-1:], *last])
    how = f"it printed {quoted(said)}" if said else "it printed nothing"
    which = ""
    if _NO_LOGIN.search(said):
        which = ", as nologin(8) does"
    elif not said and exit_code == 1:
        which = ", as /bin/false does"
    return "shell", (
        f"{endpoint} lets {user} in, but its login shell runs no command for us: {how} and ended with exit code "
        f"{exit_code}{which}. See its shell there (getent passwd {user}); give it one that runs commands "
        f"(usermod -s /bin/bash {user}), or name another account. If its shell is right, look for what ends it or reads "
        "its input: exit, exec or read in ~/.bashrc and its like, ForceCommand in sshd_config"
    )


def terminal_wanted(user: str, said: bytes) -> str:
    """Return what to do where sudo requires a terminal (sudoers(5), requiretty); empty for any other message."""
    if b"must have a tty" not in said:
        return ""
    return f"its sudoers have requiretty; put the line Defaults:{user} !requiretty behind it (visudo)"


def _wrong_password(endpoint: Endpoint) -> SshError:
    return SshError(
        "auth", f"{endpoint} does not accept this password for user {endpoint.user}: check user and password"
    )


def _refuse_silence(endpoint: Endpoint, transport: paramiko.Transport, error: Exception) -> None:
    """Raise :class:`SshError` on silence or a lost connection, which paramiko reports as a failed login."""
    if "timeout" in str(error).lower():
        raise SshError(
            "timeout",
            f"{endpoint}: no answer to the login within {transport.auth_timeout:.0f} s: try again; if it stays so, look "
            "at what its PAM and its name server wait for",
        ) from None
    if not transport.is_active():
        raise _dropped(endpoint, transport, error) from None


def _expired(endpoint: Endpoint, asked: str = "") -> SshError:
    return SshError(
        "expired",
        f"the password of user {endpoint.user} on {endpoint} has expired and must be changed first{asked}: "
        "log in there by hand, set a new one, then run establish_ssh again",
    )


def _dropped(endpoint: Endpoint, transport: paramiko.Transport, error: Exception) -> SshError:
    said = getattr(transport, "farewell", "")
    why = f"it said {quoted(said.encode())}" if said else reason(error)
    return SshError("dropped", f"{endpoint}: the connection was dropped during login ({why})")
