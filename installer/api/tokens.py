"""/token/: get a token for a name and a password, or end it (DELETE). /tokens/: list and revoke tokens."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth.models import User
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import Throttled, ValidationError
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.views import APIView

from common.actor import Actor
from common.errors import Refused
from common.messages import message
from installer.api.base import RowsViewSet, actor_of, parsed, problems
from installer.api.parsers import Fields, Form, Json
from installer.api.serializers import Request, Shape
from installer.models import AccessToken
from installer.signin import Locked, sign_in
from installer.tokens import MAX_DAYS, MAX_NAME_CHARS, issue_token, revoke_token, token_json, tokens_of

VIEW_TOKENS = "installer.view_accesstoken"


class TokenRequest(Request):
    """Request for a token."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(write_only=True, max_length=1024, trim_whitespace=False)
    name = serializers.CharField(
        max_length=MAX_NAME_CHARS, default="", allow_blank=True, help_text="purpose, shown in the list"
    )
    days = serializers.IntegerField(
        min_value=1,
        max_value=MAX_DAYS,
        required=False,
        help_text="validity in days; default: INSTALLER_TOKEN_DAYS",
    )


class TokenShape(Shape):
    """A new token."""

    token = serializers.CharField(help_text="shown only once; only its digest is stored")
    token_id = serializers.CharField(help_text="id for listing and revoking the token")
    expires_at = serializers.DateTimeField()


class TokenRowShape(Shape):
    """A token in a list, without its secret."""

    token_id = serializers.CharField()
    user = serializers.CharField()
    name = serializers.CharField()
    prefix = serializers.CharField(help_text="first characters of the token")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="to the minute; null if never used")
    ended = serializers.CharField(help_text="why the token is rejected; empty while it is valid")


class TokenView(APIView):
    """Tokens are sent as ``Authorization: Token …``."""

    parser_classes = [Json, Form, Fields]

    def get_permissions(self) -> list[BasePermission]:
        """Let anyone request a token: the caller has none yet."""
        return [] if self.request.method == "POST" else [IsAuthenticated()]

    def get_authenticators(self) -> list[Any]:
        """Ignore an invalid old token when a new one is requested."""
        if self.request is not None and self.request.method == "POST":
            return []
        return super().get_authenticators()

    @extend_schema(request=TokenRequest, responses={200: TokenShape, **problems(400, 429)}, auth=[])
    def post(self, request: HttpRequest) -> Response:
        """Create a token for the account: shown once, valid until it expires, is revoked or the password changes."""
        values = parsed(TokenRequest, request.data)
        actor = Actor(name="", via="api", address=str(request.META.get("REMOTE_ADDR") or "")[:64])
        try:
            user = sign_in(
                name=values["username"], password=values["password"], actor=actor, request=request._request
            )
        except Locked as locked:
            raise _TooMany(locked) from None
        if user is None:
            raise ValidationError({"non_field_errors": ["the name or the password is wrong"]})
        issued = issue_token(
            user=user,
            actor=Actor(name=user.get_username(), via="api", address=actor.address),
            name=values["name"],
            days=values.get("days"),
        )
        row = token_json(issued.token)
        return Response({"token": issued.key, "token_id": row["token_id"], "expires_at": row["expires_at"]})

    @extend_schema(request=None, responses={204: None, **problems(400)})
    def delete(self, request: HttpRequest) -> Response:
        """Revoke the token that this request was sent with."""
        if not isinstance(request.auth, AccessToken):
            raise Refused.because(message("U14"))
        revoke_token(token_id=request.auth.token_id, actor=actor_of(request))
        return Response(status=204)


class _TooMany(Throttled):
    def __init__(self, locked: Locked) -> None:
        super().__init__(wait=locked.seconds)
        self.detail = str(locked)  # type: ignore[assignment]


@extend_schema_view(
    list=extend_schema(responses={200: TokenRowShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: TokenRowShape, **problems(404)}),
)
class TokenViewSet(RowsViewSet):
    """Your tokens, newest first; administrators see those of all users."""

    view_permission = VIEW_TOKENS
    # Revoking your own token changes nothing that the console manages.
    verb_permissions = {"destroy": VIEW_TOKENS}
    serializer_class = TokenRowShape
    search_fields = ("token_id", "name", "prefix", "user__username")
    ordering_fields = ("created_at", "expires_at", "last_used_at", "name")
    lookup_field = "token_id"
    lookup_value_regex = "[0-9A-Za-z-]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Select tokens, in one query however many there are."""
        if getattr(self, "swagger_fake_view", False):
            return AccessToken.objects.none()
        return tokens_of(cast(User, self.request.user))

    def rows(self, found: QuerySet[AccessToken]) -> list[dict[str, Any]]:
        """Return tokens without their secrets."""
        return [token_json(token) for token in found]

    @extend_schema(request=None, responses={204: None, **problems(404)})
    def destroy(self, request: HttpRequest, **key: str) -> Response:
        """Revoke a token. It is rejected from now on."""
        revoke_token(token_id=self.kwargs["token_id"], actor=actor_of(request), among=self.get_queryset())
        return Response(status=204)
