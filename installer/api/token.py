"""POST /token/: a token for a name and a password; DELETE takes it back."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.authtoken.models import Token
from rest_framework.authtoken.serializers import AuthTokenSerializer
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import CharField
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from installer.api.base import problems
from installer.api.parsers import Fields, Form, Json
from installer.api.shapes import Shape
from installer.api.throttles import LoginThrottle


class TokenShape(Shape):
    token = CharField()


class TokenView(APIView):
    """Tokens are sent as ``Authorization: Token …``."""

    parser_classes = [Json, Form, Fields]
    throttle_scope = LoginThrottle.scope

    def get_permissions(self) -> list[BasePermission]:
        """Whoever asks for a token has none yet."""
        return [] if self.request.method == "POST" else [IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        """Only tries of passwords are counted."""
        return [LoginThrottle()] if self.request.method == "POST" else []

    def get_authenticators(self) -> list[Any]:
        """A wrong old token does not hinder asking for a new one."""
        if self.request is not None and self.request.method == "POST":
            return []
        return super().get_authenticators()

    @extend_schema(request=AuthTokenSerializer, responses={200: TokenShape, **problems(400, 429)}, auth=[])
    def post(self, request: Request) -> Response:
        """The token of the account; the same one until it is deleted."""
        serializer = AuthTokenSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        token, _ = Token.objects.get_or_create(user=serializer.validated_data["user"])
        return Response({"token": token.key})

    @extend_schema(request=None, responses={204: None, **problems()})
    def delete(self, request: Request) -> Response:
        """Make the token of the account worthless."""
        Token.objects.filter(user=request.user).delete()  # type: ignore[misc]
        return Response(status=204)
