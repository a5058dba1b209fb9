"""What a machine is: its address, its hardware as last seen, and the corrections people made."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy

from common.fields import MessageField, MessagesField
from common.ids import public_id
from nodes.facts import ClockFacts
from nodes.states import NodeStatus


def new_node_id() -> str:
    """Return the default of ``Node.node_id``."""
    return public_id("n")


def new_permit_id() -> str:
    """Return the default of ``ErasePermit.permit_id``."""
    return public_id("e")


class AddressOrderField(models.CharField):  # type: ignore[type-arg]
    """``mgmt_address`` as text that sorts like the number, IPv4 first: SQLite would put 10.0.0.10 before 10.0.0.9."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": 33, "default": "", "editable": False, **kwargs})

    def deconstruct(self) -> Any:
        """Return the field as migrations know it."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        """Return the value for the address of the node that is stored."""
        value = address_order(str(getattr(model_instance, "mgmt_address", "")))
        setattr(model_instance, self.attname, value)
        return value


def address_order(address: str) -> str:
    """Return what an address sorts by; empty for what is none."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return f"{parsed.version}{parsed.packed.hex()}"


class Node(models.Model):
    """A server, known by its management address. ``status`` is assigned by ``nodes.states.move_nodes`` only."""

    node_id = models.CharField(max_length=10, unique=True, default=new_node_id, editable=False)
    mgmt_address = models.GenericIPAddressField(unique=True, verbose_name=gettext_lazy("management address"))
    # Sorts as the address does as a number, on every database.
    address_order = AddressOrderField()
    ssh_port = models.PositiveIntegerField(
        default=22,
        validators=[MinValueValidator(1), MaxValueValidator(65535)],
        verbose_name=gettext_lazy("SSH port"),
    )
    ssh_user = models.CharField(max_length=32, default="root", verbose_name=gettext_lazy("SSH user"))
    status = models.CharField(
        verbose_name=gettext_lazy("status"),
        max_length=16,
        choices=NodeStatus.choices,
        default=NodeStatus.NEW,
        editable=False,
    )
    host_key = models.TextField(blank=True, default="", editable=False)
    host_key_fingerprint = models.CharField(max_length=64, blank=True, default="", editable=False)
    host_key_pinned_by = models.CharField(max_length=150, blank=True, default="", editable=False)
    host_key_pinned_at = models.DateTimeField(null=True, blank=True, editable=False)

    hostname = models.CharField(
        verbose_name=gettext_lazy("host name"), max_length=253, blank=True, default="", editable=False
    )
    product_vendor = models.CharField(max_length=255, blank=True, default="", editable=False)
    product_name = models.CharField(max_length=255, blank=True, default="", editable=False)
    product_serial = models.CharField(max_length=255, blank=True, default="", editable=False)
    cpu_arch = models.CharField(
        verbose_name=gettext_lazy("architecture"), max_length=32, blank=True, default="", editable=False
    )
    cpu_model = models.CharField(max_length=255, blank=True, default="", editable=False)
    cpu_sockets = models.PositiveIntegerField(default=0, editable=False)
    cpu_cores = models.PositiveIntegerField(default=0, editable=False)
    cpu_threads = models.PositiveIntegerField(default=0, editable=False)
    memory_bytes = models.BigIntegerField(default=0, editable=False)
    os_name = models.CharField(max_length=64, blank=True, default="", editable=False)
    os_version = models.CharField(max_length=64, blank=True, default="", editable=False)
    kernel = models.CharField(max_length=128, blank=True, default="", editable=False)
    root_part = models.CharField(max_length=128, blank=True, default="", editable=False)
    root_size_bytes = models.BigIntegerField(default=0, editable=False)
    # Every whole disk under the root file system (RAID1 has two); the first is the disk with is_os.
    os_legs = models.JSONField(default=list, blank=True, editable=False)
    swap_part = models.CharField(max_length=128, blank=True, default="", editable=False)
    swap_size_bytes = models.BigIntegerField(default=0, editable=False)
    rest_part = models.CharField(max_length=128, blank=True, default="", editable=False)
    rest_size_bytes = models.BigIntegerField(default=0, editable=False)
    default_gateway = models.CharField(max_length=64, blank=True, default="", editable=False)
    default_interface = models.CharField(max_length=64, blank=True, default="", editable=False)
    mgmt_interface = models.CharField(max_length=64, blank=True, default="", editable=False)
    qemu_version = models.CharField(max_length=32, blank=True, default="", editable=False)

    # The node's clock minus the installer's, when it was last measured; null where it never was.
    clock_offset_ms = models.BigIntegerField(null=True, blank=True, editable=False)
    clock_uncertainty_ms = models.BigIntegerField(null=True, blank=True, editable=False)
    clock_measured_at = models.DateTimeField(null=True, blank=True, editable=False)
    clock_synchronised = models.BooleanField(null=True, blank=True, editable=False)
    clock_source = models.CharField(max_length=32, blank=True, default="", editable=False)
    warnings = MessagesField(default=list, blank=True, editable=False)
    error = MessageField(blank=True, default="", editable=False)
    collected_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = gettext_lazy("node")
        verbose_name_plural = gettext_lazy("nodes")
        ordering = ("address_order",)
        constraints = [
            models.CheckConstraint(condition=Q(status__in=NodeStatus.values), name="node_status_valid"),
            models.CheckConstraint(condition=Q(ssh_port__gte=1, ssh_port__lte=65535), name="node_port_valid"),
        ]
        indexes = [
            models.Index(fields=["status"], name="node_status"),
            models.Index(fields=["address_order"], name="node_address_order"),
        ]

    def __str__(self) -> str:
        return f"{self.hostname} ({self.mgmt_address})" if self.hostname else str(self.mgmt_address)

    @property
    def clock(self) -> ClockFacts | None:
        """Return the last measurement of its clock."""
        offset_ms, measured_at = self.clock_offset_ms, self.clock_measured_at
        if offset_ms is None or measured_at is None:
            return None
        uncertainty_ms = self.clock_uncertainty_ms or 0
        return ClockFacts(offset_ms, uncertainty_ms, measured_at, self.clock_synchronised, self.clock_source)

    @property
    def label(self) -> str:
        """Return the name that people use and type to confirm: its host name, else its address."""
        return self.hostname or str(self.mgmt_address)


class DiskType(models.TextChoices):
    """Types of a disk."""

    SSD = "ssd", gettext_lazy("SSD")
    SATA = "sata", gettext_lazy("SATA")
    SAS = "sas", gettext_lazy("SAS")
    NVME = "nvme", gettext_lazy("NVMe")


# A WWN that is made of vendor, serial and model in hexadecimal has up to 140 characters.
MAX_ID = 255
MAX_IDENTITY = 320
CORRECTABLE = ("type", "size_bytes", "status")


def known_by(identity: str, observed_size_bytes: int) -> str:
    """Return what distinguishes a disk from another one under the same name."""
    return f"{identity} {observed_size_bytes}"


class Disk(models.Model):
    """One whole disk as last observed; corrections lie beside it and are never touched by collection."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="disks")
    # What stays the same when the kernel names its disks in another order.
    identity = models.CharField(max_length=MAX_IDENTITY, editable=False)
    present = models.BooleanField(default=True, editable=False)
    is_os = models.BooleanField(default=False, editable=False)
    order = models.PositiveIntegerField(default=0, editable=False)
    name = models.CharField(max_length=64, editable=False)
    by_id = models.CharField(max_length=MAX_ID, blank=True, default="", editable=False)
    wwn = models.CharField(max_length=MAX_ID, blank=True, default="", editable=False)
    serial = models.CharField(max_length=MAX_ID, blank=True, default="", editable=False)
    model = models.CharField(max_length=128, blank=True, default="", editable=False)
    transport = models.CharField(max_length=32, blank=True, default="", editable=False)
    observed_type = models.CharField(max_length=8, choices=DiskType.choices, editable=False)
    observed_size_bytes = models.BigIntegerField(editable=False)
    observed_status = models.SmallIntegerField(default=1, editable=False)
    # Why it is not proposed for use: "read-only", "removable", ...
    status_reason = models.CharField(max_length=255, blank=True, default="", editable=False)
    # The physical drive: disks of one node that share it are namespaces or LUNs of it, and lost together.
    drive = models.CharField(max_length=MAX_ID, blank=True, default="", editable=False)
    # "host-managed" or "host-aware"; empty for a drive without zones.
    zoned = models.CharField(max_length=16, blank=True, default="", editable=False)
    rotational = models.BooleanField(null=True, editable=False)
    rotational_guess = models.BooleanField(default=False, editable=False)
    removable = models.BooleanField(default=False, editable=False)
    dirty = models.BooleanField(default=False, editable=False)
    signatures = models.JSONField(default=list, blank=True, editable=False)
    mountpoints = models.JSONField(default=list, blank=True, editable=False)
    members = models.JSONField(default=list, blank=True, editable=False)
    # When it was first seen: disks (their keys) that were no longer seen and that it may be. Their corrections wait.
    may_be = models.JSONField(default=list, blank=True, editable=False)
    # For a disk that was corrected just now: the other person's correction that it replaced; it is not stored.
    replaced: tuple[str, ...] = ()

    class Meta:
        ordering = ("node", "order", "name")
        constraints = [
            models.UniqueConstraint(fields=["node", "identity"], name="disk_once_per_node"),
            models.CheckConstraint(condition=Q(observed_type__in=DiskType.values), name="disk_type_valid"),
            models.CheckConstraint(condition=Q(observed_size_bytes__gt=0), name="disk_size_positive"),
            models.CheckConstraint(condition=Q(observed_status__in=[0, 1]), name="disk_status_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.node}"

    @property
    def known_by(self) -> str:
        """Return its identity and observed size, which distinguish it from another disk under the same name."""
        return known_by(self.identity, self.observed_size_bytes)

    def observed(self, field: str) -> Any:
        """Return a correctable field as the last collection observed it."""
        return getattr(self, f"observed_{field}")

    def correction(self, field: str) -> DiskCorrection | None:
        """Return the correction of a field, if a person made one (from the prefetched set)."""
        return next((item for item in self.corrections.all() if item.field == field), None)

    def effective(self, field: str) -> Any:
        """Return the corrected value, else the observed one."""
        found = self.correction(field)
        return found.value if found else self.observed(field)


class DiskCorrection(models.Model):
    """A person's value in place of the observed one: it wins until it is dropped."""

    disk = models.ForeignKey(Disk, on_delete=models.CASCADE, related_name="corrections")
    field = models.CharField(max_length=16, choices=[(name, name) for name in CORRECTABLE])
    value = models.JSONField()
    # The observation it was made against: a different one now is a conflict to be confirmed or dropped.
    against = models.JSONField()
    reason = models.CharField(max_length=500, blank=True, default="")
    made_by = models.CharField(max_length=150)
    made_via = models.CharField(max_length=16)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["disk", "field"], name="correction_once_per_field"),
            models.CheckConstraint(condition=Q(field__in=CORRECTABLE), name="correction_field_valid"),
        ]

    def __str__(self) -> str:
        return f"{self.field} = {self.value}"

    @property
    def conflict(self) -> bool:
        """Return whether the observation changed since, and does not agree with the correction either."""
        now = self.disk.observed(self.field)
        return bool(now != self.against and now != self.value)


class NetworkInterface(models.Model):
    """A network interface as last observed."""

    class Type(models.TextChoices):
        PHYSICAL = "physical", gettext_lazy("Physical")
        BOND = "bond", gettext_lazy("Bond")
        VLAN = "vlan", gettext_lazy("Vlan")
        BRIDGE = "bridge", gettext_lazy("Bridge")

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="interfaces")
    name = models.CharField(max_length=64, editable=False)
    mac = models.CharField(max_length=64, blank=True, default="", editable=False)
    type = models.CharField(max_length=16, choices=Type.choices, editable=False)
    address = models.CharField(max_length=64, blank=True, default="", editable=False)
    prefix = models.PositiveSmallIntegerField(null=True, editable=False)
    gateway = models.CharField(max_length=64, blank=True, default="", editable=False)
    mtu = models.PositiveIntegerField(null=True, editable=False)
    speed_mbps = models.PositiveIntegerField(null=True, editable=False)
    link = models.BooleanField(null=True, editable=False)
    bond_mode = models.CharField(max_length=32, blank=True, default="", editable=False)
    slaves = models.JSONField(default=list, blank=True, editable=False)
    vlan_id = models.PositiveSmallIntegerField(null=True, editable=False)
    raw_device = models.CharField(max_length=64, blank=True, default="", editable=False)
    addresses = models.JSONField(default=list, blank=True, editable=False)

    class Meta:
        ordering = ("node", "name")
        indexes = [models.Index(fields=["mac", "node"], name="interface_mac")]
        constraints = [
            models.UniqueConstraint(fields=["node", "name"], name="interface_once_per_node"),
            models.CheckConstraint(
                condition=Q(type__in=["physical", "bond", "vlan", "bridge"]), name="interface_type_valid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} of {self.node}"


class Collection(models.Model):
    """One collection of one node, with its output, byte for byte (zlib)."""

    node = models.ForeignKey(Node, on_delete=models.CASCADE, related_name="collections")
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    source = models.CharField(max_length=16, default="ssh")
    job_id = models.CharField(max_length=10, blank=True, default="")
    raw = models.BinaryField(default=b"")
    error = MessageField(blank=True, default="")
    changes = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.node} at {self.at:%Y-%m-%d %H:%M}"


class ErasePermit(models.Model):
    """A preview of disks to be erased: the person who saw it may erase exactly these disks, once, while it is fresh."""

    permit_id = models.CharField(max_length=10, unique=True, default=new_permit_id, editable=False)
    mode = models.CharField(max_length=8, choices=[("quick", "quick"), ("full", "full")])
    # One entry per disk: where it is, what it is known by, and what was shown of it.
    disks = models.JSONField()
    made_by = models.CharField(max_length=150)
    made_via = models.CharField(max_length=16)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    job_id = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=["quick", "full"]), name="permit_mode_valid")
        ]

    def __str__(self) -> str:
        return f"{self.permit_id} {self.mode}"
