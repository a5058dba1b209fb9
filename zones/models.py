"""What a zone is: its roles and networks, and the plans that change it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from common.fields import FindingsField
from nodes.models import Node
from zones.states import PlanStatus

ROLES = ("ks", "vg", "hyper-pair", "hyper-repl", "hyper-sanc")


class Zone(models.Model):
    """A zone of a region; ``variables`` has the shape of its variables file."""

    class DeployMode(models.TextChoices):
        STANDARD = "standard", gettext_lazy("Standard")
        FUSION = "fusion", gettext_lazy("Fusion")
        DEVOPS = "devops", gettext_lazy("DevOps")

    class NetworkMode(models.TextChoices):
        SDN = "sdn", gettext_lazy("SDN")
        VLAN = "vlan", gettext_lazy("VLAN")

    zone_id = models.CharField(verbose_name=gettext_lazy("zone"), max_length=64, unique=True)
    region_id = models.CharField(verbose_name=gettext_lazy("region"), max_length=64)
    deploy_mode = models.CharField(
        verbose_name=gettext_lazy("deploy mode"), max_length=16, choices=DeployMode.choices
    )
    network_mode = models.CharField(
        verbose_name=gettext_lazy("network mode"), max_length=8, choices=NetworkMode.choices
    )
    is_global = models.BooleanField(default=False)
    variables = models.JSONField(default=dict, blank=True)
    vms = models.JSONField(default=dict, blank=True)
    qemu_version = models.CharField(
        verbose_name=gettext_lazy("QEMU version"), max_length=32, blank=True, default=""
    )
    # Folder of each QEMU version that was set up: {"2.11.1.1": "/opt/qemu-2.11.1.1/usr/bin"}.
    emulators = models.JSONField(default=dict, blank=True)
    # How often pitrix-global-conf was built outside a plan: part of its version, which only grows.
    conf_builds = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = gettext_lazy("zone")
        verbose_name_plural = gettext_lazy("zones")
        ordering = ("zone_id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(deploy_mode__in=["standard", "fusion", "devops"]), name="zone_deploy_mode_valid"
            ),
            models.CheckConstraint(
                condition=Q(network_mode__in=["sdn", "vlan"]), name="zone_network_mode_valid"
            ),
            models.UniqueConstraint(
                fields=["region_id"], condition=Q(is_global=True), name="zone_one_global_per_region"
            ),
        ]

    def __str__(self) -> str:
        return self.zone_id

    @property
    def exclusive_scope(self) -> str:
        """Return the scope that a scaling, upgrade or maintenance job of this zone holds (R20)."""
        return f"region:{self.region_id}"


class Plan(models.Model):
    """One configuration revision and all that it renders. ``status`` is assigned by ``move_plans`` only."""

    class Kind(models.TextChoices):
        SCALE = "scale", gettext_lazy("Scale")
        ZONE = "zone", gettext_lazy("Zone")
        ADOPT = "adopt", gettext_lazy("Adopt")

    plan_id = models.CharField(verbose_name=gettext_lazy("plan"), max_length=80, unique=True, editable=False)
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="plans")
    revision = models.PositiveIntegerField()
    kind = models.CharField(verbose_name=gettext_lazy("kind"), max_length=8, choices=Kind.choices)
    status = models.CharField(
        verbose_name=gettext_lazy("status"),
        max_length=16,
        choices=PlanStatus.choices,
        default=PlanStatus.DRAFT,
        editable=False,
    )
    content_hash = models.CharField(max_length=64)
    # Files as given: [{"name", "sha256", "text"}].
    sources = models.JSONField(default=list)
    findings = FindingsField(default=list)
    # {"ADDRESS": {"role", "sub_roles", "pair"}} of the nodes that this plan adds.
    roles = models.JSONField(default=dict)
    vms = models.JSONField(default=dict)
    variables = models.JSONField(default=dict)
    qemu_version = models.CharField(max_length=32, blank=True, default="")
    # What the hash covers besides the files, by node id, as it was when the plan was made.
    disk_identities = models.JSONField(default=dict)
    host_keys = models.JSONField(default=dict)
    # Files that the zone has and will not have any more: their content by path.
    removed = models.JSONField(default=dict, blank=True)
    # A summary of the diff, so that a page of thousands of nodes need not compute it: see zones.core.plan_summary.
    summary = models.JSONField(default=dict, blank=True)
    comment = models.TextField(blank=True, default="")
    created_by = models.CharField(verbose_name=gettext_lazy("created by"), max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=150, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)
    applied_at = models.DateTimeField(null=True, blank=True)
    job_id = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        verbose_name = gettext_lazy("plan")
        verbose_name_plural = gettext_lazy("plans")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(status__in=PlanStatus.values), name="plan_status_valid"),
            models.UniqueConstraint(fields=["zone", "revision"], name="plan_revision_once"),
            models.UniqueConstraint(
                fields=["zone"], condition=Q(status__in=["draft", "approved"]), name="plan_one_open_per_zone"
            ),
        ]
        permissions = [("decide_plan", "Can approve and reject plans")]

    def __str__(self) -> str:
        return self.plan_id


class PlanFile(models.Model):
    """A rendered file beside the zone's current one (empty: none).

    ``content`` is what is installed. After an edit by hand ``rendered`` keeps what the installer had rendered.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=255)
    address = models.CharField(max_length=64, blank=True, default="")
    content = models.TextField()
    base = models.TextField(blank=True, default="")
    rendered = models.TextField(blank=True, default="")
    edited_by = models.CharField(max_length=150, blank=True, default="")
    edited_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["plan", "path"], name="plan_file_once")]

    def __str__(self) -> str:
        return self.path

    @property
    def changed(self) -> bool:
        """Return whether the plan would change this file."""
        return self.content != self.base


class PlanChange(models.Model):
    """One change of a plan's content: who, when, and the former content, so that any earlier version can be shown.

    ``names``: of its author, for four eyes. ``texts``: former content by path of the files that changed (null: there
    was none); ``facts``: former values of ``roles``, ``disk_identities`` and ``host_keys`` where those changed.
    """

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="changes")
    before_hash = models.CharField(max_length=64, blank=True, default="")
    after_hash = models.CharField(max_length=64)
    verb = models.CharField(max_length=64)
    changed_by = models.CharField(max_length=150)
    changed_at = models.DateTimeField(auto_now_add=True)
    names = models.JSONField(default=list)
    reason = models.TextField(blank=True, default="")
    texts = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)
        indexes = [models.Index(fields=["before_hash"], name="plan_change_before")]

    def __str__(self) -> str:
        return f"{self.verb} of {self.plan_id} by {self.changed_by}"


class Role(models.Model):
    """Ties a node to a zone, from the approval of its plan on."""

    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="role")
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="roles")
    plan = models.ForeignKey(
        Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="given_roles"
    )
    role = models.CharField(
        verbose_name=gettext_lazy("role"), max_length=16, choices=[(name, name) for name in ROLES]
    )
    sub_roles = models.JSONField(default=list, blank=True)
    pair = models.OneToOneField(
        Node, on_delete=models.PROTECT, null=True, blank=True, related_name="paired_role"
    )

    class Meta:
        ordering = ("zone", "role", "node")
        constraints = [models.CheckConstraint(condition=Q(role__in=ROLES), name="role_valid")]

    def __str__(self) -> str:
        return f"{self.role} {self.node}"


class EipPool(models.Model):
    """One public segment that a VG node carries."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="eip_pools")
    plan = models.ForeignKey(Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="eip_pools")
    vg = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="eip_pools")
    network = models.CharField(verbose_name=gettext_lazy("network"), max_length=64)
    gateway = models.GenericIPAddressField(verbose_name=gettext_lazy("gateway"))
    ha_group = models.CharField(verbose_name=gettext_lazy("HA group"), max_length=32, blank=True, default="")

    class Meta:
        verbose_name = gettext_lazy("EIP pool")
        verbose_name_plural = gettext_lazy("EIP pools")
        ordering = ("zone", "vg", "network")
        constraints = [models.UniqueConstraint(fields=["vg", "network"], name="eip_network_once_per_vg")]

    def __str__(self) -> str:
        return f"{self.network} on {self.vg}"


class VbcAssignment(models.Model):
    """A base network, its VIP and the hypers that carry it. A draft reserves it; a rejection frees it."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="vbcs")
    plan = models.ForeignKey(Plan, on_delete=models.SET_NULL, null=True, blank=True, related_name="vbcs")
    master = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="mastered_vbcs")
    # The Master of the IPv6 network where it is another hyper than that of the IPv4 network.
    ipv6_master = models.ForeignKey(
        Node, on_delete=models.PROTECT, null=True, blank=True, related_name="mastered_ipv6_vbcs"
    )
    ipv4_network = models.CharField(max_length=32, null=True, blank=True, unique=True)
    ipv4_vip = models.GenericIPAddressField(null=True, blank=True, unique=True)
    ipv6_network = models.CharField(max_length=64, null=True, blank=True, unique=True)
    ipv6_vip = models.GenericIPAddressField(null=True, blank=True, unique=True)

    class Meta:
        verbose_name = gettext_lazy("VBC network")
        verbose_name_plural = gettext_lazy("VBC networks")
        ordering = ("zone", "id")

    def __str__(self) -> str:
        return f"{self.ipv4_network or self.ipv6_network} via {self.ipv4_vip or self.ipv6_vip}"


class VbcMember(models.Model):
    """A hyper carries exactly one VBC."""

    vbc = models.ForeignKey(VbcAssignment, on_delete=models.CASCADE, related_name="members")
    node = models.OneToOneField(Node, on_delete=models.PROTECT, related_name="vbc_membership")

    def __str__(self) -> str:
        return str(self.node)


class ZoneFile(models.Model):
    """The zone's current files: the content of each as last applied."""

    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=255)
    content = models.TextField()

    class Meta:
        ordering = ("path",)
        constraints = [models.UniqueConstraint(fields=["zone", "path"], name="zone_file_once")]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.path}"


class ZoneCounts(models.Model):
    """A zone's totals, counted by rebuild_cache: {"nodes", "by_status", "by_role", "cores", …}."""

    zone = models.OneToOneField(Zone, on_delete=models.CASCADE, related_name="counts")
    values = models.JSONField(default=dict)
    counted_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"counts of {self.zone_id}"


class OrderDraft(models.Model):
    """An order that a person is working on, of a zone that need not exist yet: both files as text.

    ``version`` grows with each save; a save names the version that it was made from.
    """

    zone_id = models.CharField(verbose_name=gettext_lazy("zone"), max_length=64)
    person = models.CharField(verbose_name=gettext_lazy("person"), max_length=150)
    version = models.PositiveIntegerField(default=1)
    settings = models.TextField(blank=True, default="")
    variables = models.TextField(blank=True, default="")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = gettext_lazy("draft of an order")
        verbose_name_plural = gettext_lazy("drafts of orders")
        ordering = ("-updated_at", "pk")
        constraints = [
            models.UniqueConstraint(fields=["zone_id", "person"], name="order_draft_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.zone_id} {self.person}"
