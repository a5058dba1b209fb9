"""The audit trail."""

from __future__ import annotations

from django.db import models


class AuditEntry(models.Model):
    """Who did what, when, from where, and why. Written once, never changed."""

    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=150)
    via = models.CharField(max_length=16)
    address = models.CharField(max_length=64, blank=True, default="")
    verb = models.CharField(max_length=64)
    subject = models.CharField(max_length=128, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("-id",)
        verbose_name_plural = "audit entries"
        indexes = [models.Index(fields=["subject", "-id"], name="audit_subject_newest")]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"
