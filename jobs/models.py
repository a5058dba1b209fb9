"""Jobs, their steps, their log, and the workers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from common.fields import MessageField
from common.ids import public_id
from jobs.states import JobStatus, StepStatus


def new_job_id() -> str:
    """Return the default of ``Job.job_id``."""
    return public_id("j")


class Job(models.Model):
    """One run of a verb that takes time. ``status`` is assigned by ``jobs.states.move_job`` only."""

    job_id = models.CharField(
        verbose_name=gettext_lazy("job"), max_length=10, unique=True, default=new_job_id, editable=False
    )
    action = models.CharField(verbose_name=gettext_lazy("action"), max_length=64)
    zone_id = models.CharField(verbose_name=gettext_lazy("zone"), max_length=64, blank=True, default="")
    # What only one job at a time may hold, such as "region:pek3"; empty: the job excludes no other.
    exclusive_scope = models.CharField(max_length=128, blank=True, default="")
    status = models.CharField(
        verbose_name=gettext_lazy("status"),
        max_length=16,
        choices=JobStatus.choices,
        default=JobStatus.QUEUED,
    )
    params = models.JSONField(default=dict, blank=True)
    error = MessageField(blank=True, default="")
    last_seq = models.BigIntegerField(default=0)
    created_by = models.CharField(verbose_name=gettext_lazy("started by"), max_length=150)
    created_via = models.CharField(max_length=16, default="command")
    cancelled_by = models.CharField(max_length=150, blank=True, default="")
    cancel_now = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    # When the job was last put into the queue, by the database's clock.
    nudged_at = models.DateTimeField(null=True, blank=True)
    # Failures before this time no longer count against the failure budget.
    resumed_at = models.DateTimeField(null=True, blank=True)
    # Seconds between an end and the resume after it, all together: the job did nothing then.
    idle_s = models.PositiveIntegerField(default=0)
    # Who paused the job: it starts no step until it is resumed. Empty: not paused.
    paused_by = models.CharField(max_length=150, blank=True, default="")

    class Meta:
        verbose_name = gettext_lazy("job")
        verbose_name_plural = gettext_lazy("jobs")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(status__in=JobStatus.values), name="job_status_valid"),
            models.UniqueConstraint(
                fields=["exclusive_scope"],
                condition=Q(status__in=["queued", "running", "cancelling"]) & ~Q(exclusive_scope=""),
                name="job_one_exclusive_per_scope",
            ),
        ]
        indexes = [models.Index(fields=["action", "-id"], name="job_action_newest")]
        permissions = [("run_verbs", "Can change nodes and configuration and run jobs")]

    def __str__(self) -> str:
        return f"{self.job_id} {self.action}"


class Step(models.Model):
    """A phase on a node. ``status`` is assigned by ``jobs.states.move_steps`` only."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="steps")
    phase = models.CharField(max_length=64)
    # Steps are done in this order; all steps of one position may run at once.
    position = models.IntegerField()
    # Public id of the node; empty: the installer itself.
    target = models.CharField(max_length=64, blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")
    status = models.CharField(max_length=16, choices=StepStatus.choices, default=StepStatus.PENDING)
    component = models.CharField(max_length=64, blank=True, default="")
    attempts = models.PositiveIntegerField(default=0)
    # Incremented with every claim: it identifies what an older claimant still sends.
    fence = models.PositiveIntegerField(default=0)
    claim = models.CharField(max_length=160, blank=True, default="")
    # Lost its worker while running: the next one continues the same attempt.
    interrupted = models.BooleanField(default=False)
    # Read position in each output file on the node, in bytes.
    cursor = models.JSONField(default=dict, blank=True)
    # What may be running on the node: written before it is started, emptied when its end was seen.
    remote = models.JSONField(default=dict, blank=True)
    # First attempt whose work counts: raised when the phase is to be repeated.
    fresh_from = models.PositiveIntegerField(default=1)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    deadline_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = MessageField(blank=True, default="")

    class Meta:
        ordering = ("position", "id")
        constraints = [
            models.CheckConstraint(condition=Q(status__in=StepStatus.values), name="step_status_valid"),
            models.UniqueConstraint(fields=["job", "phase", "target"], name="step_once_per_phase_and_target"),
        ]
        indexes = [
            models.Index(fields=["job", "status", "position"], name="step_next"),
            # Few of all steps there ever were: each watchdog looks for them every few seconds.
            models.Index(
                fields=["job", "position"], name="step_open", condition=Q(status__in=["pending", "running"])
            ),
            models.Index(fields=["finished_at"], name="step_left_something", condition=~Q(remote={})),
        ]

    def __str__(self) -> str:
        return f"{self.phase} {self.address or 'installer'}"


SEVERE = frozenset({"warning", "error"})


class Event(models.Model):
    """One line of a job's log; ``seq`` is gapless from 1 within the job."""

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="events")
    seq = models.BigIntegerField()
    ts = models.DateTimeField()
    node = models.CharField(max_length=64, blank=True, default="")
    phase = models.CharField(max_length=64, blank=True, default="")
    step = models.CharField(max_length=64, blank=True, default="")
    stream = models.CharField(max_length=3, default="sys")
    level = models.CharField(max_length=8, default="info")
    line = models.TextField()

    class Meta:
        ordering = ("seq",)
        constraints = [models.UniqueConstraint(fields=["job", "seq"], name="event_seq_once")]
        indexes = [
            models.Index(fields=["job", "node", "seq"], name="event_by_node"),
            # Few lines are so severe: writing the others costs nothing more.
            models.Index(
                fields=["job", "seq"],
                name="event_severe",
                condition=Q(level__in=sorted(SEVERE, reverse=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.line[:60]}"


class JobSecret(models.Model):
    """What a job needs and no person may read: encrypted, deleted when the job ends."""

    job = models.OneToOneField(Job, on_delete=models.CASCADE, related_name="secret")
    sealed = models.TextField()


class Worker(models.Model):
    """A live qcluster: refreshed every few seconds by its watchdog."""

    name = models.CharField(max_length=128, unique=True)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField()

    class Meta:
        verbose_name = gettext_lazy("worker")
        verbose_name_plural = gettext_lazy("workers")

    def __str__(self) -> str:
        return self.name
