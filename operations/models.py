"""Models of work on zones: scale-outs, reviewed changes of files, and ticked checklists."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from common.ids import public_id


def new_change_id() -> str:
    """Return a new ``Change.change_id`` (the field's default)."""
    return public_id("c")


def new_scale_out_id() -> str:
    """Return a new ``ScaleOut.scale_out_id`` (the field's default)."""
    return public_id("s")


class ScaleOut(models.Model):
    """The work of bringing nodes into a zone, from bare servers to the return routes.

    It holds only what nothing else knows: for which zone nodes were registered before a plan names them, what people
    tell each other, and what they confirmed. The state of its stages is computed from nodes, plans and jobs. ``zone_id``
    is text: the zone comes into being with its first plan.
    """

    class Kind(models.TextChoices):
        NODES = "nodes", gettext_lazy("Nodes into a zone")
        ZONE = "zone", gettext_lazy("A zone into its region")

    scale_out_id = models.CharField(
        verbose_name=gettext_lazy("scale-out"),
        max_length=10,
        unique=True,
        default=new_scale_out_id,
        editable=False,
    )
    zone_id = models.CharField(verbose_name=gettext_lazy("zone"), max_length=64)
    kind = models.CharField(verbose_name=gettext_lazy("kind"), max_length=8, choices=Kind.choices)
    nodes = models.ManyToManyField("nodes.Node", through="ScaleOutNode", related_name="scale_outs")
    note = models.TextField(blank=True, default="")
    note_by = models.CharField(max_length=150, blank=True, default="")
    note_at = models.DateTimeField(null=True, blank=True)
    created_by = models.CharField(verbose_name=gettext_lazy("begun by"), max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    routes_confirmed_by = models.CharField(max_length=150, blank=True, default="")
    routes_confirmed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=150, blank=True, default="")
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = gettext_lazy("scale-out")
        verbose_name_plural = gettext_lazy("scale-outs")
        ordering = ("-id",)
        constraints = [
            # A zone has one open plan, too.
            models.UniqueConstraint(
                fields=["zone_id"], condition=Q(closed_at=None), name="scale_out_one_open_per_zone"
            ),
            models.CheckConstraint(condition=Q(kind__in=["nodes", "zone"]), name="scale_out_kind_valid"),
        ]

    def __str__(self) -> str:
        return self.scale_out_id


class ScaleOutNode(models.Model):
    """A node that was chosen for a scale-out."""

    scale_out = models.ForeignKey(ScaleOut, on_delete=models.CASCADE, related_name="members")
    node = models.ForeignKey("nodes.Node", on_delete=models.CASCADE, related_name="scale_out_members")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scale_out", "node"], name="scale_out_node_once"),
        ]

    def __str__(self) -> str:
        return f"{self.scale_out_id} {self.node_id}"


class Change(models.Model):
    """New contents of files outside a plan, reviewed beside the old ones and approved before anything is written.

    ``files``: [{"node_id", "address", "path", "base", "content"}]; node and address are empty for files of the
    zone itself. Before it is applied, compare ``base`` with the current file. ``names``: every name under which
    its author is known.
    """

    class Kind(models.TextChoices):
        HAPROXY = "haproxy", gettext_lazy("haproxy")
        QEMU = "qemu", gettext_lazy("QEMU")

    change_id = models.CharField(max_length=10, unique=True, default=new_change_id, editable=False)
    zone = models.ForeignKey("zones.Zone", on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    files = models.JSONField(default=list)
    detail = models.JSONField(default=dict, blank=True)
    content_hash = models.CharField(max_length=64)
    comment = models.TextField(blank=True, default="")
    created_by = models.CharField(max_length=150)
    names = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.CharField(max_length=150, blank=True, default="")
    approved_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    job_id = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.change_id

    @property
    def state(self) -> str:
        """Return draft, approved or applied."""
        if self.applied_at:
            return "applied"
        return "approved" if self.approved_at else "draft"


class ChecklistTick(models.Model):
    """A person has done what an item of the zone's checklist asks for; untick deletes it, the audit keeps both.

    ``text`` is the item's wording at that time: when it has changed since, the tick needs another look.
    """

    zone = models.ForeignKey("zones.Zone", on_delete=models.CASCADE, related_name="ticks")
    item = models.CharField(max_length=64)
    text = models.TextField()
    comment = models.TextField(blank=True, default="")
    ticked_by = models.CharField(max_length=150)
    ticked_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["zone", "item"], name="checklist_item_ticked_once")]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.item}"
