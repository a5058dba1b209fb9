"""/orders/ZONE/: propose and check an order while it is made, and keep drafts of it."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import Finding
from installer.api.base import StrictViewSet, actor_of, describes_verb, parsed, problems
from installer.api.orders.serializers import (
    CheckedOrderShape,
    CheckOrderRequest,
    OrderDraftShape,
    ProposedOrderShape,
    ProposeOrderRequest,
    SaveDraftRequest,
)
from installer.api.parsers import Json
from jobs.queries import stamp
from zones.core.order import Order
from zones.core.order.table import cells
from zones.models import OrderDraft
from zones.services.order_drafts import discard_draft, list_drafts, save_draft
from zones.services.orders import CheckedOrder, check_order, propose_order


class OrderViewSet(StrictViewSet):
    """Orders, by zone; the zone need not exist yet."""

    view_permission = "zones.view_plan"
    pagination_class = None
    filter_backends = []
    parser_classes = [Json]
    lookup_field = "zone_id"
    lookup_value_regex = "[0-9A-Za-z._-]+"

    @extend_schema(responses={200: OrderDraftShape(many=True), **problems(404)}, filters=False)
    def retrieve(self, request: Request, **key: str) -> Response:
        """List the drafts for a zone, the one that was saved last first."""
        return Response([_draft(item) for item in list_drafts(zone_id=self.kwargs["zone_id"])])

    @describes_verb(SaveDraftRequest, OrderDraftShape, status=200)
    def update(self, request: Request, **key: str) -> Response:
        """Save your draft. 409 with the difference if a later version of it exists."""
        values = parsed(SaveDraftRequest, request.data)
        return Response(_draft(save_draft(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values)))

    @extend_schema(request=None, responses={204: None, **problems(404)})
    def destroy(self, request: Request, **key: str) -> Response:
        """Discard your draft."""
        discard_draft(zone_id=self.kwargs["zone_id"], actor=actor_of(request))
        return Response(status=204)

    @describes_verb(CheckOrderRequest, CheckedOrderShape, status=200)
    @action(detail=True, methods=["post"])
    def check(self, request: Request, **key: str) -> Response:
        """Check an order and return its YAML, its table and every finding. Nothing is changed or reserved."""
        values = parsed(CheckOrderRequest, request.data)
        given = values.pop("order", None)
        order = Order.from_dict(given) if given else None
        checked = check_order(zone_id=self.kwargs["zone_id"], actor=actor_of(request), order=order, **values)
        return Response(_checked(checked))

    @describes_verb(ProposeOrderRequest, ProposedOrderShape, status=200)
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, **key: str) -> Response:
        """Propose roles, pairs, segments and VBCs for nodes; without nodes, list those that can be chosen."""
        values = parsed(ProposeOrderRequest, request.data)
        found = propose_order(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values)
        order = found.checked.order or Order()
        return Response(
            {
                **_checked(found.checked),
                "advice": [_finding(item, order) for item in found.findings],
                "candidates": [row.as_dict() for row in found.candidates],
                "more": found.more,
            }
        )


def _checked(found: CheckedOrder) -> dict[str, Any]:
    order = found.order or Order()
    return {
        "name": found.name,
        "kind": found.kind,
        "text": found.text,
        "order": found.order.as_dict() if found.order is not None else None,
        "ok": found.ok,
        "findings": [_finding(item, order) for item in found.findings],
        "summary": found.summary,
    }


def _finding(item: Finding, order: Order) -> dict[str, Any]:
    return {**item.as_dict(), "cells": [list(cell) for cell in cells(item, order)]}


def _draft(item: OrderDraft) -> dict[str, Any]:
    values = {name: getattr(item, name) for name in ("person", "version", "settings", "variables")}
    return {**values, "updated_at": stamp(item.updated_at)}
