"""Settings from the environment: read, checked, explained. No Django here."""

from __future__ import annotations

import ipaddress
import os
import re
import secrets
import shlex
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class ConfigurationError(Exception):
    """The environment requests something impossible; the text names the variable and the remedy."""


def data_dir(environ: Mapping[str, str], base: Path) -> Path:
    """Return the folder with everything the console must not lose; create it if absent, mode 0700.

    Raises :class:`ConfigurationError` for a folder that others can read, write or look into.
    """
    path = Path(environ.get("INSTALLER_DATA_DIR") or base / "data").expanduser().resolve()
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
        mode = stat.S_IMODE(path.stat().st_mode)
    except OSError as error:
        raise ConfigurationError(
            f"INSTALLER_DATA_DIR {path} cannot be created: {error.strerror}. Choose a folder that this user can write to."
        ) from error
    if mode & 0o077:
        raise ConfigurationError(
            f"INSTALLER_DATA_DIR {path} is accessible to other users (mode {mode:04o}), and contains keys and passwords. "
            f"Restrict it, then start again: chmod -R go-rwx {shlex.quote(str(path))}"
        )
    return path


def keep_files_private() -> None:
    """Make all files created from now on private to this user, whatever umask was inherited."""
    os.umask(0o077)


def secret_key(environ: Mapping[str, str], folder: Path) -> str:
    """Return ``SECRET_KEY``, or the key generated on the first start in ``DATA_DIR/secret_key`` (mode 0600)."""
    given = environ.get("SECRET_KEY", "")
    if given:
        return given
    path = folder / "secret_key"
    if not path.exists():
        scratch = folder / f".secret_key.{os.getpid()}"
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
        # link() does not replace: when two processes start at once, the first one's key stays.
        try:
            os.link(scratch, path)
        except FileExistsError:
            pass
        finally:
            scratch.unlink()
    key = path.read_text().strip()
    if len(key) < 32:
        raise ConfigurationError(
            f"{path} contains no usable key: delete it to generate a new one (this ends all sessions)."
        )
    return key


# A worker machine that loses power or network in the middle of a transaction holds rows for which all others
# wait: the server ends such a session well within a lease (jobs.engine), and a client notices a server that is gone.
_SESSION = {
    "connect_timeout": "10",
    "keepalives_idle": "15",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "options": (
        "-c idle_in_transaction_session_timeout=15s"
        " -c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    ),
}


def database(environ: Mapping[str, str], folder: Path) -> dict[str, Any]:
    """Return Django's ``DATABASES['default']`` from ``DATABASE_URL``; without it, SQLite in the data directory."""
    url = environ.get("DATABASE_URL", "")
    if not url:
        return _sqlite(folder / "installer.sqlite3")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(
            f"DATABASE_URL is not valid ({error}): use postgresql://USER:PASSWORD@HOST:PORT/NAME"
        ) from None
    if parts.scheme == "sqlite":
        path = parts.path[1:] if parts.path.startswith("//") else parts.path
        if not Path(path).name:
            raise ConfigurationError("DATABASE_URL names no file: use sqlite:////FOLDER/FILE, or unset it.")
        return _sqlite(Path(path))
    if parts.scheme not in ("postgres", "postgresql"):
        raise ConfigurationError(
            f"DATABASE_URL has the scheme {parts.scheme or '(none)'}: use postgresql:// or sqlite://"
        )
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**_SESSION, **dict(parse_qsl(parts.query))},
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        # To open the file takes longer than most requests that use it.
        "CONN_MAX_AGE": 60,
        "OPTIONS": {
            # Take the write lock when a transaction starts: one that reads first and
            # writes later would otherwise fail at once with "database is locked".
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # FULL: an acknowledged approval or event survives a power failure.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
        "TEST": {"NAME": str(path.with_name(f"test-{path.name}"))},
    }


_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def positive_int(environ: Mapping[str, str], name: str, default: int) -> int:
    """Parse a whole number from 1 upwards."""
    text = environ.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ConfigurationError(f"{name} is {text!r}: use a whole number from 1 upwards, or unset it.")
    return int(text)


def log_level(environ: Mapping[str, str]) -> str:
    """Return ``INSTALLER_LOG_LEVEL``, else WARNING."""
    level = environ.get("INSTALLER_LOG_LEVEL", "").strip().upper() or "WARNING"
    if level not in _LEVELS:
        raise ConfigurationError(f"INSTALLER_LOG_LEVEL is {level!r}: use one of {', '.join(_LEVELS)}.")
    return level


def cache_url(environ: Mapping[str, str]) -> str:
    """Return ``CACHE_URL``; empty when unset."""
    url = environ.get("CACHE_URL", "").strip()
    if url and not url.startswith(("redis://", "rediss://", "unix://")):
        # Reported here: otherwise the next user to log in would find it, as a failing page.
        raise ConfigurationError("CACHE_URL is not a Redis URL: use redis://HOST:PORT/NUMBER, or unset it.")
    return url


def flag(environ: Mapping[str, str], name: str, default: bool = False) -> bool:
    """Parse a yes or a no."""
    text = environ.get(name, "").strip().lower()
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    if not text:
        return default
    raise ConfigurationError(f"{name} is {text!r}: use 1 or 0.")


def trusted_proxies(environ: Mapping[str, str]) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network | str]:
    """Parse addresses and networks of proxies whose ``X-Forwarded-…`` is trusted; ``unix``: those on a socket file."""
    found: list[ipaddress.IPv4Network | ipaddress.IPv6Network | str] = []
    for word in words(environ, "INSTALLER_TRUSTED_PROXIES", ""):
        if word == "unix":
            found.append(word)
            continue
        try:
            found.append(ipaddress.ip_network(word))
        except ValueError as error:
            raise ConfigurationError(
                f"INSTALLER_TRUSTED_PROXIES: {error}. Use addresses or networks such as 127.0.0.1,10.0.0.0/24."
            ) from None
    if flag(environ, "INSTALLER_HTTPS") and not found:
        raise ConfigurationError(
            "INSTALLER_HTTPS=1 requires INSTALLER_TRUSTED_PROXIES: the addresses of the TLS-terminating proxy, such as "
            "127.0.0.1. Forwarding headers from other addresses are not trusted."
        )
    return found


def words(environ: Mapping[str, str], name: str, default: str) -> list[str]:
    """Parse a comma separated list."""
    return [word.strip() for word in environ.get(name, default).split(",") if word.strip()]


def patterns(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    """Parse regular expressions, separated by blanks: none of them holds one, since no key of memcached does."""
    found = tuple(environ.get(name, "").split())
    for text in found:
        try:
            re.compile(text.encode())
        except (re.error, UnicodeEncodeError) as error:
            raise ConfigurationError(f"{name}: {text!r} is not a regular expression ({error}).") from None
    return found
