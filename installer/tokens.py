"""Tokens of the REST API: stored as digests; they expire, end with the password, and can be listed and revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext

from common import audit
from common.actor import Actor
from common.compiled_query import CompiledQuery, Given, columns_of, instance_of
from common.errors import NotFound, Refused
from common.messages import message
from common.text import plain
from installer.models import AccessToken
from jobs.queries import stamp

MAX_NAME_CHARS = 64
MAX_PER_ACCOUNT = 50
MAX_DAYS = 3650
_START = "ic_"
_PREFIX_CHARS = 9
# Precision of the time of last use.
_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Issued:
    """A new token and its secret, which is stored nowhere else."""

    token: AccessToken
    key: str


def issue_token(*, user: User, actor: Actor, name: str = "", days: int | None = None) -> Issued:
    """Create a token for an account. Raises :class:`Refused` when it has too many."""
    now = timezone.now()
    key = _START + secrets.token_urlsafe(32)
    with transaction.atomic():
        # Serialised per account: two at once would both take the last free place.
        User.objects.select_for_update().get(pk=user.pk)
        AccessToken.objects.filter(user=user, expires_at__lte=now).delete()
        if AccessToken.objects.filter(user=user).count() >= MAX_PER_ACCOUNT:
            raise Refused.because(message("U11", account=user.get_username(), limit=MAX_PER_ACCOUNT))
        token = AccessToken.objects.create(
            user=user,
            name=plain(name).strip()[:MAX_NAME_CHARS],
            prefix=key[:_PREFIX_CHARS],
            digest=digest(key),
            password_mark=password_mark(user.password),
            expires_at=now + timedelta(days=days or settings.INSTALLER_TOKEN_DAYS),
        )
        audit.record(actor, "create_token", user.get_username(), **_shown(token))
    return Issued(token, key)


def user_of(key: str) -> tuple[User, AccessToken] | None:
    """Look up the user of a token; None when the token is invalid, has ended or never existed."""
    row = _TOKEN.first(digest=digest(key))
    token = None if row is None else _token_of(row)
    now = timezone.now()
    if token is None or token.expires_at <= now or not token.user.is_active:
        return None
    if not secrets.compare_digest(token.password_mark, password_mark(token.user.password)):
        return None
    # Not with every request, and only if another process has not just done it.
    used = Q(last_used_at=None) | Q(last_used_at__lt=now - _USED_EVERY)
    if token.last_used_at is None or token.last_used_at < now - _USED_EVERY:
        AccessToken.objects.filter(used, pk=token.pk).update(last_used_at=now)
    return token.user, token


_TOKEN = CompiledQuery(
    lambda: (
        AccessToken.objects.filter(digest=Given("digest"))
        .order_by()
        .values_list(*columns_of(AccessToken), *columns_of(User, "user__"))
    )
)


def _token_of(row: Sequence[Any]) -> AccessToken:
    own = len(AccessToken._meta.concrete_fields)
    token: AccessToken = instance_of(AccessToken, row[:own])
    token.user = instance_of(User, row[own:])
    return token


def tokens_of(user: User) -> QuerySet[AccessToken]:
    """Select the tokens that a user may see and revoke: administrators all, others their own."""
    found = AccessToken.objects.select_related("user")
    return found if user.is_superuser else found.filter(user=user)


def revoke_token(*, token_id: str, actor: Actor, among: QuerySet[AccessToken] | None = None) -> None:
    """End a token at once. Raises :class:`NotFound` when it is not ``among`` those that the user may see."""
    with transaction.atomic():
        found = AccessToken.objects.select_related("user") if among is None else among
        token = found.filter(token_id=token_id).first()
        if token is None:
            raise NotFound.because(message("U12", token=plain(token_id)[:40]))
        audit.record(actor, "revoke_token", token.user.get_username(), **_shown(token))
        token.delete()


def find_account(name: str) -> User:
    """Look up an account by name. Raises :class:`NotFound`."""
    user = User.objects.filter(username=name).first()
    if user is None:
        raise NotFound.because(
            message("U13", "unknown", name=plain(name)[:80])
            if User.objects.exists()
            else message("U13", "no_account_yet", name=plain(name)[:80])
        )
    return user


def token_json(token: AccessToken) -> dict[str, Any]:
    """Return the public data of a token, never its secret."""
    return {
        "token_id": token.token_id,
        "user": token.user.get_username(),
        "name": token.name,
        "prefix": token.prefix,
        "created_at": stamp(token.created_at),
        "expires_at": stamp(token.expires_at),
        "last_used_at": stamp(token.last_used_at),
        "ended": ended(token),
    }


def ended(token: AccessToken) -> str:
    """Return why the token is rejected; empty while it is valid."""
    if token.expires_at <= timezone.now():
        return gettext("expired")
    if not token.user.is_active:
        return gettext("the account is closed")
    if token.password_mark != password_mark(token.user.password):
        return gettext("the password was changed")
    return ""


def digest(key: str) -> str:
    """Hash a token for storage. 256 random bits need no slow hash."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def password_mark(password_hash: str) -> str:
    """Identify which password an account had, without revealing anything about it."""
    return salted_hmac("installer.tokens", password_hash, algorithm="sha256").hexdigest()


def carry_over(user: User, password: str, before: str) -> None:
    """Keep tokens valid when a sign-in rehashes the same password (a new Django uses more rounds).

    ``before``: the hash that the account had until then.
    """
    if before and before != user.password and check_password(password, before):
        kept = AccessToken.objects.filter(user=user, password_mark=password_mark(before))
        kept.update(password_mark=password_mark(user.password))


def _shown(token: AccessToken) -> dict[str, Any]:
    return {
        "token_id": token.token_id,
        "name": token.name,
        "prefix": token.prefix,
        "expires_at": stamp(token.expires_at),
    }
