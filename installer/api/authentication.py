"""Token authentication for the REST API: ``Authorization: Token KEY``."""

from __future__ import annotations

from django.contrib.auth.models import User
from rest_framework.authentication import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from installer.models import AccessToken
from installer.tokens import user_of


class Tokens(TokenAuthentication):
    """Look tokens up by digest. A token that expired, was revoked or belongs to an old password does not exist."""

    def authenticate_credentials(self, key: str) -> tuple[User, AccessToken]:
        """Authenticate a token. Raises :class:`AuthenticationFailed`."""
        found = user_of(key)
        if found is None:
            raise AuthenticationFailed(
                "this token is not valid: it is unknown, has expired or been revoked, or the password has changed; "
                "request a new one with POST /api/v1/token/"
            )
        return found
