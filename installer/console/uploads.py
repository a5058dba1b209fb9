"""A file between preview and use: the browser keeps it, signed, so that exactly what was previewed is applied."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.utils.translation import gettext

LASTS = timedelta(minutes=15)
MAX_FILE_BYTES = 16 * 1024 * 1024
# It is sent back as a form field, and a form may have 5 MiB (DATA_UPLOAD_MAX_MEMORY_SIZE).
MAX_TOKEN_CHARS = 4 * 1024 * 1024
_SALT = "installer.import"


class Unusable(Exception):
    """The file of a preview cannot be used; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A UTF-8 file as uploaded, its sender, and a digest of what its preview showed."""

    name: str
    data: bytes
    by: str
    shown: str = ""


def keep(upload: Upload) -> str:
    """Sign and compress the file into text. Raises :class:`Unusable` when it does not fit into a form."""
    values = {"name": upload.name, "text": upload.data.decode(), "by": upload.by, "shown": upload.shown}
    token = signing.dumps(values, salt=_SALT, compress=True)
    if len(token) > MAX_TOKEN_CHARS:
        raise Unusable(
            gettext(
                "This file is too large to be confirmed in the browser: split it, or use import_nodes FILE."
            )
        )
    return token


def take(token: str, by: str) -> Upload:
    """Restore the file byte for byte. Raises :class:`Unusable` if it is too old, damaged or another user's."""
    try:
        values = signing.loads(token, salt=_SALT, max_age=LASTS)
    except signing.SignatureExpired:
        raise Unusable(
            gettext(
                "This preview is older than 15 minutes. Nothing has been imported: choose the file again."
            )
        ) from None
    except signing.BadSignature:
        raise Unusable(
            gettext("This preview is damaged. Nothing has been imported: choose the file again.")
        ) from None
    if values["by"] != by:
        raise Unusable(
            gettext(
                "This preview was created by %(name)s. Nothing has been imported: choose the file yourself."
            )
            % {"name": values["by"]}
        )
    return Upload(values["name"], values["text"].encode(), values["by"], values["shown"])


def digest(rows: Sequence[object]) -> str:
    """Hash what a preview showed, into 64 characters."""
    return hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest()
