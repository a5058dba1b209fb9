"""The part of the zones endpoint that maintains a region: caches, proxies, commands, packages."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from common.audit import MAX_REASON_CHARS
from installer.api.actors import actor_of
from installer.api.base import RowsViewSet, describes_verb, parsed, problems, started, takes
from installer.api.lookups import take_addresses
from installer.api.plaintext import JsonToo, PlainText
from installer.api.requests import InsteadOf, NothingRequest, Request, ScaleRequest
from installer.api.shapes import JobShape, Shape
from installer.api.zones.serializers import DryStepShape
from installer.groups import DECIDE_PLAN, RUN_VERBS
from jobs.services import Pace
from operations.cache.service import clear_zone_cache, keys_json, look_at_cache
from operations.changes import approve_change, change_json, list_changes
from operations.commands.grouped_output import summary
from operations.commands.service import exec_nodes, read_answers
from operations.haproxy.service import apply_haproxy, preview_haproxy, zone_haproxy
from operations.mirror.service import update_hyper_mirror
from operations.packages.service import build_global_conf, update_nodes
from operations.scaling.scale_zone import dry_run_zone, scale_qingcloud_zone
from operations.supervisor.service import MAX_PROGRAMS, restart_services, verify_services


class ScaleZoneRequest(ScaleRequest):
    """Request to install a new zone in a region."""

    cache_servers = serializers.CharField(
        max_length=4000, default="", allow_blank=True, help_text="HOST:PORT;HOST:PORT instead of the region's"
    )


class CacheRequest(Request):
    """Request to delete cached zone lists."""

    servers = serializers.CharField(max_length=4000, default="", allow_blank=True)
    pattern = serializers.CharField(max_length=200, default="", allow_blank=True)
    dry_run = serializers.BooleanField(default=False, help_text="answer the keys, delete nothing")


class PreviewRequest(Request):
    """Request to preview a change of haproxy.cfg."""

    instead_of = InsteadOf()
    on_management = serializers.BooleanField(
        default=False, help_text="listen on each proxy's management address instead of 0.0.0.0"
    )


class ApproveChangeRequest(Request):
    """Request to approve a previewed change."""

    change_id = serializers.CharField(max_length=10)
    comment = serializers.CharField(max_length=MAX_REASON_CHARS, default="", allow_blank=True)


class ApplyChangeRequest(Request):
    """Request to apply an approved change."""

    change_id = serializers.CharField(
        max_length=10,
        default="",
        allow_blank=True,
        help_text="the one that was looked at: no other is applied",
    )
    content_hash = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="its content, as it was looked at"
    )


class ExecRequest(Request):
    """Request to run a command on a group of nodes."""

    group = serializers.CharField(max_length=253)
    command = serializers.CharField(max_length=4000)
    timeout_s = serializers.IntegerField(min_value=1, max_value=3600, default=60)
    concurrency = serializers.IntegerField(min_value=0, max_value=1000, default=0)


class AnswersQuery(Request):
    """The job whose answers are requested."""

    job = serializers.CharField(max_length=10)


class UpdateRequest(Request):
    """Request to install packages on a group of nodes."""

    group = serializers.CharField(max_length=253)
    packages = serializers.ListField(
        child=serializers.CharField(max_length=100), allow_empty=False, max_length=50
    )


class RestartRequest(Request):
    """Request to restart programs on a group of nodes."""

    services = serializers.ListField(
        child=serializers.CharField(max_length=64),
        default=list,
        max_length=MAX_PROGRAMS,
        help_text="programs of the supervisor; empty: those that know which zones there are",
    )
    group = serializers.CharField(
        max_length=253,
        default="",
        allow_blank=True,
        help_text="where they run; empty: where they are known to",
    )


class ServicesQuery(Request):
    """The machines whose programs are requested."""

    group = serializers.CharField(
        max_length=253,
        default="",
        help_text="only these machines, as exec takes it; without it all of the zone",
    )


class MirrorRequest(Request):
    """Request to update the list of hypers on hypers."""

    group = serializers.CharField(max_length=253, default="hyper")


class CacheKeysShape(Shape):
    """Matching keys of one cache server."""

    server = serializers.CharField()
    keys = serializers.IntegerField(help_text="how many it shows")
    matching = serializers.IntegerField()
    incomplete = serializers.BooleanField(help_text="it shows a part of its keys only: others may match, too")
    error = serializers.CharField(help_text="why it was not asked; empty: it was")
    names = serializers.ListField(child=serializers.CharField(), help_text="the keys that match")


class ChangedFileShape(Shape):
    """A file of a change, and the node it is on."""

    address = serializers.CharField()
    path = serializers.CharField()


class FileChangeShape(Shape):
    """A reviewed change of files in service."""

    change_id = serializers.CharField()
    zone_id = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField(help_text="draft, approved or applied")
    content_hash = serializers.CharField()
    created_by = serializers.CharField()
    approved_by = serializers.CharField()
    job_id = serializers.CharField()
    files = ChangedFileShape(many=True)
    diff = serializers.CharField()


class AnswerShape(Shape):
    """An answer, and the nodes that gave it."""

    nodes = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()
    failed = serializers.BooleanField()


class AnswersShape(Shape):
    """Answers of all nodes to a command, identical ones grouped."""

    summary = serializers.CharField(help_text="such as: 38 nodes: RUNNING; 2 differ")
    answers = AnswerShape(many=True)


class ServiceShape(Shape):
    """A program of the supervisor on a machine, or why the machine was not asked."""

    node_id = serializers.CharField(help_text="empty: a management VM that is not registered")
    address = serializers.CharField()
    hostname = serializers.CharField()
    group = serializers.CharField(help_text="its role, or that of the management VM")
    service = serializers.CharField(help_text="empty: the machine has no program, or could not be asked")
    state = serializers.CharField(help_text="as supervisorctl says it, such as RUNNING or FATAL")
    since = serializers.DateTimeField(
        allow_null=True, help_text="when it began to run; null where supervisorctl does not tell"
    )
    pid = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(help_text="what supervisorctl says behind the state")
    error = serializers.CharField(help_text="why the machine could not be asked; empty: it was")
    wrong = serializers.BooleanField(help_text="it does not run and must, or could not be asked")


class ServicesShape(Shape):
    """Programs of the supervisor on all machines of a zone."""

    zone_id = serializers.CharField()
    running = serializers.BooleanField(help_text="no row is wrong")
    rows = ServiceShape(many=True)


class UpkeepVerbs(RowsViewSet):
    """Verbs on zones in service."""

    @extend_schema(
        request=ScaleZoneRequest,
        responses={202: JobShape, 200: DryStepShape(many=True), **problems(400, 404, 409, 413)},
        filters=False,
    )
    @action(detail=True, methods=["post"], url_path="scale-zone", pagination_class=None)
    def scale_zone(self, request: HttpRequest, **key: str) -> Response:
        """Install a new zone and register it in its region; with `dry_run`, return every command instead (200)."""
        values = parsed(ScaleZoneRequest, request.data)
        named = {
            "zone_id": self.kwargs["zone_id"],
            "addresses": take_addresses(values),
            "cache_servers": values.pop("cache_servers"),
        }
        if values.pop("dry_run"):
            self.hold()
            return Response(dry_run_zone(**named))
        return started(scale_qingcloud_zone(**named, pace=Pace(**values), actor=actor_of(request)))

    @extend_schema(
        request=CacheRequest,
        responses={202: JobShape, 200: CacheKeysShape(many=True), **problems(400, 404, 409, 413)},
        filters=False,
    )
    @action(detail=True, methods=["post"], url_path="clear-cache", pagination_class=None)
    def clear_cache(self, request: HttpRequest, **key: str) -> Response:
        """Delete the cached zone lists of the region; with `dry_run`, return the keys instead (200)."""
        values = parsed(CacheRequest, request.data)
        named: dict[str, Any] = {"zone_id": self.kwargs["zone_id"], **values}
        if named.pop("dry_run"):
            self.hold()
            return Response(keys_json(look_at_cache(**named)))
        return started(clear_zone_cache(**named, actor=actor_of(request)))

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR, **problems(400, 404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, renderer_classes=[PlainText, JsonToo])
    def haproxy(self, request: HttpRequest, **key: str) -> Response:
        """Return the listeners of the zone's proxies, ready to paste."""
        text = zone_haproxy(zone_id=self.kwargs["zone_id"])
        request.accepted_renderer = PlainText()
        return Response(text, content_type="text/plain; charset=utf-8")

    @describes_verb(PreviewRequest, FileChangeShape, status=201, filters=False)
    @action(detail=True, methods=["post"], url_path="haproxy/preview", pagination_class=None)
    def haproxy_preview(self, request: HttpRequest, **key: str) -> Response:
        """Read haproxy.cfg from every proxy and store the resulting files, for review and approval."""
        values = parsed(PreviewRequest, request.data)
        self.hold()
        change = preview_haproxy(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values)
        return Response(change_json(change), status=201)

    @describes_verb(ApplyChangeRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="haproxy/apply", pagination_class=None)
    def haproxy_apply(self, request: HttpRequest, **key: str) -> Response:
        """Write the approved change to one proxy after another; 409 if it is not the change that was named."""
        values = parsed(ApplyChangeRequest, request.data)
        return started(apply_haproxy(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values))

    @extend_schema(responses={200: FileChangeShape(many=True), **problems(404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def changes(self, request: HttpRequest, **key: str) -> Response:
        """List reviewed changes of files in service with their diffs, newest first."""
        return Response(list_changes(zone_id=self.kwargs["zone_id"]))

    @describes_verb(ApproveChangeRequest, FileChangeShape, status=200, filters=False)
    @action(detail=True, methods=["post"], url_path="changes/approve", pagination_class=None)
    def approve_change(self, request: HttpRequest, **key: str) -> Response:
        """Approve exactly what a preview showed."""
        values = parsed(ApproveChangeRequest, request.data)
        return Response(
            change_json(approve_change(actor=actor_of(request), zone_id=self.kwargs["zone_id"], **values))
        )

    @describes_verb(ExecRequest, filters=False)
    @action(detail=True, methods=["post"], pagination_class=None)
    def exec(self, request: HttpRequest, **key: str) -> Response:
        """Run a command on a group. Operators run read-only commands, approvers any command."""
        values = parsed(ExecRequest, request.data)
        anything = request.user.has_perm(DECIDE_PLAN)
        actor, zone_id = actor_of(request), self.kwargs["zone_id"]
        return started(exec_nodes(zone_id=zone_id, actor=actor, anything=anything, **values))

    @extend_schema(
        parameters=[AnswersQuery], responses={200: AnswersShape, **problems(400, 404)}, filters=False
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    @takes(AnswersQuery)
    def answers(self, request: HttpRequest, **key: str) -> Response:
        """Return what the nodes of an exec or update-nodes job answered; identical answers are grouped."""
        folded = read_answers(self.asked()["job"])
        rows = [{"nodes": item.nodes, "text": item.text, "failed": item.failed} for item in folded]
        return Response({"summary": summary(folded), "answers": rows})

    @describes_verb(UpdateRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="update-nodes", pagination_class=None)
    def update_nodes(self, request: HttpRequest, **key: str) -> Response:
        """Install packages on a group of nodes in service."""
        values = parsed(UpdateRequest, request.data)
        return started(update_nodes(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values))

    @describes_verb(MirrorRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="update-hyper-mirror", pagination_class=None)
    def update_hyper_mirror(self, request: HttpRequest, **key: str) -> Response:
        """Write the list of all hypers to hypers; compute_server restarts where the list changed."""
        values = parsed(MirrorRequest, request.data)
        return started(update_hyper_mirror(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values))

    @describes_verb(RestartRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="restart-services", pagination_class=None)
    def restart_services(self, request: HttpRequest, **key: str) -> Response:
        """Restart programs on one machine after another; continue once they stay RUNNING."""
        values = parsed(RestartRequest, request.data)
        return started(
            restart_services(
                zone_id=self.kwargs["zone_id"],
                names=values["services"],
                group=values["group"],
                actor=actor_of(request),
            )
        )

    @extend_schema(
        parameters=[ServicesQuery], responses={200: ServicesShape, **problems(400, 404, 429)}, filters=False
    )
    # It only looks, but logs in to every machine of the zone for that.
    @action(detail=True, methods=["get"], pagination_class=None, verb_permissions={"services": RUN_VERBS})
    @takes(ServicesQuery)
    def services(self, request: HttpRequest, **key: str) -> Response:
        """Show the state of the supervisor's programs on each machine; 429 if too many such requests run."""
        values = self.asked()
        self.hold()
        return Response(verify_services(zone_id=self.kwargs["zone_id"], **values))

    @describes_verb(NothingRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="build-global-conf", pagination_class=None)
    def build_global_conf(self, request: HttpRequest, **key: str) -> Response:
        """Build pitrix-global-conf from the current files of the zone."""
        parsed(NothingRequest, request.data)
        return started(build_global_conf(zone_id=self.kwargs["zone_id"], actor=actor_of(request)))
