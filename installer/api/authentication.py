"""Tokens of the REST face: ``Authorization: Token KEY``."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from installer.models import AccessToken
from installer.tokens import user_of


class Tokens(TokenAuthentication):
    """By digest; one that expired, was revoked or is of a former password is like one that never was."""

    def authenticate_credentials(self, key: str) -> tuple[User, AccessToken]:
        """Raises :class:`AuthenticationFailed`."""
        found = user_of(key)
        if found is None:
            raise AuthenticationFailed(
                "this token is not valid: it never was, has expired, was revoked, or the password was changed; "
                "ask for a new one with POST /api/v1/token/"
            )
        return found
