"""/codes/: the meaning of each code."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from common.codes import CODES
from common.explain import find_code
from installer.api.base import StrictViewSet, problems
from installer.api.serializers import Shape, one_of


class CodeShape(Shape):
    """A code in the shape of `explain`."""

    code = serializers.CharField()
    level = one_of(("error", "warning", "info"))
    title = serializers.CharField(help_text="meaning, in one sentence")
    cause = serializers.CharField(help_text="when the code is reported")
    remedy = serializers.CharField(help_text="what to do")
    example = serializers.CharField(allow_blank=True, help_text="example of a printed finding")


class CodeViewSet(StrictViewSet):
    """The meaning of each code, when it occurs and what to do."""

    view_permission = "zones.view_zone"
    pagination_class = None
    filter_backends = []
    lookup_field = "code"

    @extend_schema(responses={200: CodeShape(many=True), **problems()}, filters=False)
    def list(self, request: Request) -> Response:
        """List all codes."""
        return Response([code.as_dict() for code in CODES.values()])

    @extend_schema(
        parameters=[OpenApiParameter("code", str, "path", description="code: a letter and two digits")],
        responses={200: CodeShape, **problems(404)},
    )
    def retrieve(self, request: Request, code: str) -> Response:
        """Explain one code."""
        return Response(find_code(code).as_dict())
