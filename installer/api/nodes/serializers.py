"""Response shapes for nodes, for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers

from installer.api.shapes import FindingShape, Shape, one_of
from nodes.erasing.script import MODES
from nodes.models import DiskType, NetworkInterface
from nodes.states import NodeStatus


class ProductShape(Shape):
    """Vendor, model name and serial number of a machine."""

    vendor = serializers.CharField()
    name = serializers.CharField()
    serial = serializers.CharField()


class CpuShape(Shape):
    """Processors of a node."""

    arch = serializers.CharField()
    model = serializers.CharField()
    sockets = serializers.IntegerField()
    cores = serializers.IntegerField()
    threads = serializers.IntegerField()


class OsShape(Shape):
    """Operating system of a node."""

    name = serializers.CharField()
    version = serializers.CharField()
    kernel = serializers.CharField()


class CorrectionShape(Shape):
    """A corrected field of a disk: the observed value, the value given instead, by whom and why."""

    observed = serializers.JSONField()
    override = serializers.JSONField()
    against = serializers.JSONField(help_text="what was observed when the correction was made")
    conflict = serializers.BooleanField()
    reason = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


class DiskShape(Shape):
    """A data disk of a node."""

    name = serializers.CharField()
    known_by = serializers.CharField(help_text="identity and observed size, for `seen` of a correction")
    by_id = serializers.CharField()
    wwn = serializers.CharField()
    serial = serializers.CharField()
    model = serializers.CharField()
    transport = serializers.CharField()
    type = one_of(DiskType.choices)
    size_bytes = serializers.IntegerField()
    drive = serializers.CharField(
        help_text="the physical drive: disks of one node that share it are namespaces or LUNs of it; empty when not known"
    )
    zoned = serializers.CharField(help_text="host-managed or host-aware; empty for a drive without zones")
    rotational = serializers.BooleanField(allow_null=True)
    rotational_guess = serializers.BooleanField()
    removable = serializers.BooleanField()
    dirty = serializers.BooleanField()
    signatures = serializers.ListField(child=serializers.CharField())
    mountpoints = serializers.ListField(child=serializers.CharField())
    members = serializers.ListField(child=serializers.CharField())
    status = one_of([0, 1])
    status_reason = serializers.CharField()
    fields = serializers.DictField(child=CorrectionShape(), help_text="corrected fields")  # type: ignore[assignment]


class OsDiskShape(DiskShape):
    """The disk that holds the operating system, with its partitions."""

    root_part = serializers.CharField()
    root_size_bytes = serializers.IntegerField()
    swap_part = serializers.CharField()
    swap_size_bytes = serializers.IntegerField()
    rest_part = serializers.CharField()
    rest_size_bytes = serializers.IntegerField()
    legs = serializers.ListField(child=serializers.CharField())


class AbsentDiskShape(DiskShape):
    """A disk that is no longer seen and still has corrections."""

    identity = serializers.CharField(help_text="the `disk` of a request that drops what waits for it")
    may_be = serializers.ListField(
        child=serializers.CharField(), help_text="disks that may be it: not proposed for use if it was not"
    )


class NicShape(Shape):
    """A network interface of a node."""

    name = serializers.CharField()
    mac = serializers.CharField()
    type = one_of(NetworkInterface.Type.choices)
    address = serializers.CharField()
    prefix = serializers.IntegerField(allow_null=True)
    gateway = serializers.CharField()
    mtu = serializers.IntegerField(allow_null=True)
    speed_mbps = serializers.IntegerField(allow_null=True)
    link = serializers.BooleanField(allow_null=True)
    bond_mode = serializers.CharField()
    slaves = serializers.ListField(child=serializers.CharField())
    vlan_id = serializers.IntegerField(allow_null=True)
    raw_device = serializers.CharField()
    addresses = serializers.ListField(child=serializers.CharField())


class MgmtShape(Shape):
    """The management interface of a node."""

    name = serializers.CharField()
    address = serializers.CharField()
    prefix = serializers.IntegerField(allow_null=True)
    gateway = serializers.CharField()


class SshKeyShape(Shape):
    """The public key of the installer."""

    public_key = serializers.CharField(help_text="a line for authorized_keys")
    fingerprint = serializers.CharField()


class ClockShape(Shape):
    """The clock of a node, compared with the installer's."""

    offset_ms = serializers.IntegerField(help_text="the node's clock minus the installer's")
    uncertainty_ms = serializers.IntegerField()
    measured_at = serializers.DateTimeField()
    synchronised = serializers.BooleanField(allow_null=True, help_text="what its time service or kernel says")
    source = serializers.CharField(help_text="chrony, ntpd, systemd-timesyncd, or empty")  # type: ignore[assignment]


class NodeShape(Shape):
    """A node with its hardware."""

    node_id = serializers.CharField()
    status = one_of(NodeStatus.choices)
    mgmt_address = serializers.CharField()
    ssh_port = serializers.IntegerField()
    ssh_user = serializers.CharField()
    hostname = serializers.CharField()
    zone_id = serializers.CharField(allow_null=True)
    role = serializers.CharField(allow_null=True)
    sub_roles = serializers.ListField(child=serializers.CharField())
    product = ProductShape()
    cpu = CpuShape()
    memory_bytes = serializers.IntegerField()
    os = OsShape()
    host_key = serializers.CharField(help_text="TYPE BASE64, as it is pinned; empty: none is")
    host_key_fingerprint = serializers.CharField()
    os_disk = OsDiskShape(allow_null=True)
    data_disks = DiskShape(many=True)
    absent_disks = AbsentDiskShape(
        many=True, help_text="not seen any more, with corrections that wait for them"
    )
    networks = NicShape(many=True)
    mgmt_network = MgmtShape(allow_null=True)
    default_gateway = serializers.CharField()
    default_interface = serializers.CharField()
    qemu_version = serializers.CharField()
    clock = ClockShape(allow_null=True, help_text="null where it was never measured")
    warnings = serializers.ListField(child=serializers.CharField())
    error = serializers.CharField()
    collected_at = serializers.DateTimeField(allow_null=True)


class ErasedDiskShape(Shape):
    """A disk in an erase preview, and what would be lost."""

    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
    hostname = serializers.CharField()
    name = serializers.CharField()
    model = serializers.CharField()
    status_reason = serializers.CharField(help_text="why it is not proposed for use; empty when it is")
    serial = serializers.CharField()
    wwn = serializers.CharField()
    identity = serializers.CharField()
    size_bytes = serializers.IntegerField()
    signatures = serializers.ListField(child=serializers.CharField())
    lost = serializers.ListField(child=serializers.CharField(), help_text="what is on the disk, a line each")
    content_known = serializers.BooleanField(help_text="false: only the signatures are known")
    collected_at = serializers.DateTimeField(help_text="what is shown is as old as this")


class ErasePermitShape(Shape):
    """An erase preview and the permit to erase exactly its disks."""

    permit_id = serializers.CharField()
    mode = one_of(MODES)
    expires_at = serializers.DateTimeField()
    disks = ErasedDiskShape(many=True)


class ChangeShape(Shape):
    """A difference between two collections."""

    what = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class ImportedShape(Shape):
    """The result of an import for one node."""

    mgmt_address = serializers.CharField()
    what = one_of(["new", "changed", "same"])
    changes = ChangeShape(many=True)
    notes = serializers.ListField(child=serializers.CharField())


class CollectionShape(Shape):
    """A stored collection of a node."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    by = serializers.CharField()
    source = one_of(["ssh", "reparse", "import"])  # type: ignore[assignment]  # a field of the answer, which DRF's stubs take for its own attribute
    job_id = serializers.CharField()
    error = serializers.CharField()
    changes = ChangeShape(many=True)


class ReparsedShape(Shape):
    """The result of parsing a stored collection again."""

    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
    collection = serializers.IntegerField(allow_null=True, help_text="the number of what was read again")
    changes = ChangeShape(many=True)
    error = serializers.CharField()


class SettingsDiffShape(Shape):
    """The change to a settings file on a remaining node."""

    path = serializers.CharField()
    diff = serializers.CharField(help_text="unified; what the machine must get")


class RetiredShape(Shape):
    """The nodes taken out of a zone, and what remains to be done."""

    zone_id = serializers.CharField()
    addresses = serializers.ListField(child=serializers.CharField())
    findings = FindingShape(many=True, help_text="what is left to be done by hand")
    settings = SettingsDiffShape(many=True, help_text="of nodes that remain; nothing has been written there")


class PlacedDiskShape(DiskShape):
    """A disk and the node it belongs to."""

    id = serializers.IntegerField()
    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
    is_os = serializers.BooleanField()


class PlacedNicShape(NicShape):
    """A network interface and the node it belongs to."""

    id = serializers.IntegerField()
    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
