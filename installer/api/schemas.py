"""/schemas/: the configuration files as JSON Schema, for editors."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import NotFound
from common.messages import message
from installer.api.base import StrictViewSet, problems
from zones.core.order.schema import settings_schema, variables_schema

_SCHEMAS = {"settings.json": settings_schema, "variables.json": variables_schema}


class SchemaViewSet(StrictViewSet):
    """Schemas of the configuration files."""

    view_permission = "zones.view_zone"
    pagination_class = None
    filter_backends = []
    lookup_field = "name"

    @extend_schema(responses={200: OpenApiTypes.OBJECT, **problems(404)}, filters=False)
    def retrieve(self, request: Request, **key: str) -> Response:
        """Return the JSON Schema of `settings.ZONE_ID.yaml` and `scale_settings.ZONE_ID.yaml`, or of `variables.ZONE_ID.yaml`."""
        made = _SCHEMAS.get(self.kwargs["name"])
        if made is None:
            raise NotFound.because(message("W01", kind="schema", key=self.kwargs["name"][:80]))
        return Response(made())
