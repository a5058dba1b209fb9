"""Authenticate to a node with the installer's key, or with a password that is sent to a single prompt only."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence

import paramiko
from paramiko.auth_handler import AuthHandler

from common.messages import Message, message
from common.secrets import Secret
from common.ssh.programs import ANOTHER_SHELL
from common.ssh.types import Endpoint, SshError, load_key, reason
from common.text import plain, redact

_NO_TERMINAL = b"Password change required but no TTY available."
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
        raise SshError("auth", message("S06", endpoint=endpoint, user=endpoint.user)) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise _dropped(endpoint, transport, error) from None
    if more:
        user, methods = endpoint.user, _names(more)
        raise SshError(
            "auth", message("S09", "second_step_key", endpoint=endpoint, user=user, methods=methods)
        )


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
        methods = quoted(", ".join(refusal.allowed_types).encode(), [password])
        raise SshError("auth", message("S08", "by_key_only", endpoint=endpoint, methods=methods)) from None
    except paramiko.AuthenticationException as error:
        _refuse_silence(endpoint, transport, error)
        raise _wrong_password(endpoint) from None
    except (paramiko.SSHException, EOFError, OSError) as error:
        # Message 60 asks for a new password here (RFC 4252, section 8); paramiko knows only its other meaning.
        if "Illegal info request" in str(error):
            raise _expired(endpoint) from None
        raise _dropped(endpoint, transport, error) from None
    _refuse_second_step(endpoint, more)


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
    _refuse_second_step(endpoint, more)


class _Bounded(AuthHandler):
    """An auth handler with a limit: paramiko reads as many questions as are announced, up to four billion."""

    def _parse_userauth_info_request(self, m: paramiko.Message) -> None:
        begin = m.packet.tell()
        for _ in ("name", "instruction", "language"):
            m.get_binary()
        count = m.get_int()
        m.packet.seek(begin)
        if count > _MAX_QUESTIONS:
            raise paramiko.SSHException(f"it asks {count} questions at once")
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
            user, place = self._endpoint.user, self._endpoint
            raise SshError("expired", message("S10", "asked", user=user, endpoint=place, asked=asked))
        objection = self._objection(asked, questions)
        if objection:
            raise SshError("auth", objection)
        self._given = True
        return [self._password.reveal()]

    def _objection(self, asked: str, questions: Sequence[tuple[str, bool]]) -> Message | None:
        """Return why the password must not be sent as the answer; None when nothing speaks against it."""
        if self._given:
            return message("S09", "again", endpoint=self._endpoint, asked=asked)
        if len(questions) > 1:
            return message("S09", "many", endpoint=self._endpoint, count=len(questions), asked=asked)
        prompt, echoes = questions[0]
        if echoes:
            return message("S09", "shown", endpoint=self._endpoint, asked=asked)
        # PAM puts its messages before the question, each on its own line.
        last = _ACCOUNT.sub("", (prompt.strip().splitlines() or [""])[-1])
        if not _PASSWORD.search(last) or _ANOTHER.search(last):
            return message("S09", "unknown", endpoint=self._endpoint, asked=asked)
        return None


def quoted(said: bytes, secrets: Sequence[Secret] = ()) -> str:
    """Return the server's words, fit for a log: one short line without control characters and without secrets."""
    words = " ".join(plain(redact(said.decode("utf-8", "replace"), secrets)).split())
    shown = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in words)
    return f'"{shown[:_MAX_QUOTED]}…"' if len(shown) > _MAX_QUOTED else f'"{shown}"'


def _refuse_second_step(endpoint: Endpoint, methods: Sequence[str]) -> None:
    """Raise :class:`SshError` when the server took the password and requires more (``AuthenticationMethods``)."""
    if methods:
        user, names = endpoint.user, _names(methods)
        raise SshError(
            "auth", message("S09", "second_step_password", endpoint=endpoint, user=user, methods=names)
        )


def _names(methods: Sequence[str]) -> list[str]:
    return [plain(name)[:40] for name in methods[:5]]


def refuse_expired(endpoint: Endpoint, exit_code: int, errors: bytes) -> None:
    """Raise :class:`SshError` when sshd ran no command because the password has expired.

    PAM accepts a login with an expired password, even by key; sshd(8) then runs nothing without a terminal to
    change it on (``session.c``).
    """
    # The lines above it are PAM's messages to the person.
    if exit_code == 1 and errors.strip().splitlines()[-1:] == [_NO_TERMINAL]:
        raise _expired(endpoint)


def not_begun(endpoint: Endpoint, exit_code: int, noise: bytes, errors: bytes) -> SshError:
    """Return the failure of a login that succeeded and then started no program."""
    user = endpoint.user
    if ANOTHER_SHELL in noise:
        return SshError("shell", message("S12", "another", endpoint=endpoint, user=user))
    last = errors.strip().splitlines()[-1:]
    if exit_code == -1 and not noise.strip() and not last:
        return SshError("dropped", message("S15", "before_command", endpoint=endpoint))
    if user != "root" and last and last[0].startswith((b"sudo:", b"Sorry,", b"sudoers:")):
        said = quoted(last[0])
        if wants_terminal(last[0]):
            return SshError("sudo", message("S11", "terminal", endpoint=endpoint, user=user, said=said))
        return SshError("sudo", message("S11", "password", endpoint=endpoint, user=user, said=said))
    printed = b" ".join([*noise.strip().splitlines()[-1:], *last])
    return SshError("shell", _no_command(endpoint, exit_code, printed))


def _no_command(endpoint: Endpoint, exit_code: int, printed: bytes) -> Message:
    user, said = endpoint.user, quoted(printed)
    if _NO_LOGIN.search(printed):
        return message("S12", "nologin", endpoint=endpoint, user=user, said=said, exit_code=exit_code)
    if printed:
        return message("S12", "said", endpoint=endpoint, user=user, said=said, exit_code=exit_code)
    if exit_code == 1:
        return message("S12", "false", endpoint=endpoint, user=user, exit_code=exit_code)
    return message("S12", "nothing", endpoint=endpoint, user=user, exit_code=exit_code)


def wants_terminal(said: bytes) -> bool:
    """Check whether sudo says that it requires a terminal (sudoers(5), requiretty)."""
    return b"must have a tty" in said


def _wrong_password(endpoint: Endpoint) -> SshError:
    return SshError("auth", message("S08", "wrong", endpoint=endpoint, user=endpoint.user))


def _refuse_silence(endpoint: Endpoint, transport: paramiko.Transport, error: Exception) -> None:
    """Raise :class:`SshError` on silence or a lost connection, which paramiko reports as a failed login."""
    if "timeout" in str(error).lower():
        timeout_s = round(transport.auth_timeout)
        raise SshError("timeout", message("S14", "login", endpoint=endpoint, timeout_s=timeout_s)) from None
    if not transport.is_active():
        raise _dropped(endpoint, transport, error) from None


def _expired(endpoint: Endpoint) -> SshError:
    return SshError("expired", message("S10", user=endpoint.user, endpoint=endpoint))


def _dropped(endpoint: Endpoint, transport: paramiko.Transport, error: Exception) -> SshError:
    said = getattr(transport, "farewell", "")
    if said:
        ended = message("S15", "ended_by_server", endpoint=endpoint, said=quoted(said.encode()))
        return SshError("dropped", ended)
    return SshError("dropped", message("S15", "during_login", endpoint=endpoint, reason=reason(error)))
