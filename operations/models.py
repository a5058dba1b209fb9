"""Models of zones in service: reviewed changes of files, and ticked checklists."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

from common.ids import public_id


def new_change_id() -> str:
    """Return a new ``Change.change_id`` (the field's default)."""
    return public_id("c")


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
