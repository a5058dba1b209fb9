"""URLs of the REST API."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from installer.api.audit import AuditViewSet
from installer.api.codes import CodeViewSet
from installer.api.jobs.views import JobViewSet
from installer.api.jobs.workers import WorkerViewSet
from installer.api.nodes.hardware import DiskViewSet, NetworkViewSet
from installer.api.nodes.views import NodeViewSet
from installer.api.orders.views import OrderViewSet
from installer.api.plans.views import PlanViewSet
from installer.api.schemas import SchemaViewSet
from installer.api.tokens import TokenView, TokenViewSet
from installer.api.zones.archives import ArchiveViewSet
from installer.api.zones.membership import EipPoolViewSet, RoleViewSet, VbcViewSet
from installer.api.zones.views import ZoneViewSet

router = SimpleRouter()
router.register("v1/nodes", NodeViewSet, "node")
router.register("v1/disks", DiskViewSet, "disk")
router.register("v1/networks", NetworkViewSet, "network")
router.register("v1/zones", ZoneViewSet, "zone")
router.register("v1/roles", RoleViewSet, "role")
router.register("v1/eip-pools", EipPoolViewSet, "eip-pool")
router.register("v1/vbc-assignments", VbcViewSet, "vbc-assignment")
router.register("v1/plans", PlanViewSet, "plan")
router.register("v1/orders", OrderViewSet, "order")
router.register("v1/jobs", JobViewSet, "job")
router.register("v1/workers", WorkerViewSet, "worker")
router.register("v1/audit", AuditViewSet, "audit")
router.register("v1/archives", ArchiveViewSet, "archive")
router.register("v1/codes", CodeViewSet, "code")
router.register("v1/tokens", TokenViewSet, "token")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("v1/schemas/<str:name>", SchemaViewSet.as_view({"get": "retrieve"}), name="schema-file"),
    path("v1/token/", TokenView.as_view(), name="own-token"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]
