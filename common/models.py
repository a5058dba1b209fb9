"""The audit trail."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy


class AuditEntry(models.Model):
    """Who did what, when, from where, and why. Written once, never changed."""

    at = models.DateTimeField(verbose_name=gettext_lazy("time"), auto_now_add=True)
    actor = models.CharField(verbose_name=gettext_lazy("user"), max_length=150)
    via = models.CharField(verbose_name=gettext_lazy("interface"), max_length=16)
    address = models.CharField(verbose_name=gettext_lazy("address"), max_length=64, blank=True, default="")
    verb = models.CharField(verbose_name=gettext_lazy("action"), max_length=64)
    subject = models.CharField(verbose_name=gettext_lazy("subject"), max_length=128, blank=True, default="")
    reason = models.TextField(verbose_name=gettext_lazy("reason"), blank=True, default="")
    detail = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = gettext_lazy("audit entry")
        verbose_name_plural = gettext_lazy("audit entries")
        ordering = ("-id",)
        indexes = [models.Index(fields=["subject", "-id"], name="audit_subject_newest")]

    def __str__(self) -> str:
        return f"{self.actor} {self.verb} {self.subject}"
