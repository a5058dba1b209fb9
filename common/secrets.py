"""Secrets in memory (masked) and at rest (encrypted)."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from cryptography.fernet import Fernet


class Secret:
    """A string that prints as ``***``; only :meth:`reveal` returns its value."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value itself: pass it to the library that needs it, and to nothing else."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not pickled: encrypt it with common.secrets.seal")


def _fernet() -> Fernet:
    # Imported by the few processes that seal or read a secret.
    from cryptography.fernet import Fernet

    digest = hashlib.sha256(b"installer/job-secret/" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def seal(values: dict[str, Secret]) -> str:
    """Encrypt with a key derived from ``SECRET_KEY`` (Fernet: AES-128-CBC and HMAC-SHA256)."""
    plain = json.dumps({key: secret.reveal() for key, secret in values.items()})
    return _fernet().encrypt(plain.encode()).decode()


def unseal(sealed: str) -> dict[str, Secret]:
    """Decrypt the result of :func:`seal`. Raises ``ValueError`` when ``SECRET_KEY`` has changed since."""
    from cryptography.fernet import InvalidToken

    try:
        plain = _fernet().decrypt(sealed.encode())
    except InvalidToken:
        raise ValueError(
            "the stored secret cannot be decrypted: SECRET_KEY has changed; start the job again"
        ) from None
    return {key: Secret(value) for key, value in json.loads(plain).items()}
