"""Requests and responses of nodes, their disks and interfaces."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.audit import MAX_REASON_CHARS
from installer.api.serializers import (
    MAX_FILE_CHARS,
    AddressList,
    FindingShape,
    NodesRequest,
    Request,
    Shape,
    one_of,
)
from nodes.erasing.script import MODES
from nodes.models import CORRECTABLE, MAX_IDENTITY, DiskType, NetworkInterface
from nodes.services.export_nodes import FORMATS
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
    against = serializers.JSONField(help_text="observed value at the time of the correction")
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
        help_text="physical drive: disks of a node with the same value are namespaces or LUNs of "
        "one drive; empty if unknown"
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
    """A disk that is no longer found and still has corrections."""

    identity = serializers.CharField(
        help_text="`disk` value for a request that clears the waiting corrections"
    )
    may_be = serializers.ListField(
        child=serializers.CharField(),
        help_text="disks that may be this one; not proposed for use if this one was not",
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

    public_key = serializers.CharField(help_text="line for authorized_keys")
    fingerprint = serializers.CharField()


class ClockShape(Shape):
    """The clock of a node, compared with the installer's."""

    offset_ms = serializers.IntegerField(help_text="the node's clock minus the installer's")
    uncertainty_ms = serializers.IntegerField()
    measured_at = serializers.DateTimeField()
    synchronised = serializers.BooleanField(
        allow_null=True, help_text="as reported by its time service or kernel"
    )
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
    host_key = serializers.CharField(help_text="pinned key as TYPE BASE64; empty if none is pinned")
    host_key_fingerprint = serializers.CharField()
    os_disk = OsDiskShape(allow_null=True)
    data_disks = DiskShape(many=True)
    absent_disks = AbsentDiskShape(
        many=True, help_text="disks that are no longer found and still have corrections"
    )
    networks = NicShape(many=True)
    mgmt_network = MgmtShape(allow_null=True)
    default_gateway = serializers.CharField()
    default_interface = serializers.CharField()
    qemu_version = serializers.CharField()
    clock = ClockShape(allow_null=True, help_text="null if it was never measured")
    warnings = serializers.ListField(child=serializers.CharField())
    error = serializers.CharField()
    error_code = serializers.CharField(help_text="code of the error, as for `explain`; empty if it has none")
    collected_at = serializers.DateTimeField(allow_null=True)


class ErasedDiskShape(Shape):
    """A disk in an erase preview, and what would be lost."""

    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
    hostname = serializers.CharField()
    name = serializers.CharField()
    model = serializers.CharField()
    status_reason = serializers.CharField(help_text="why the disk is not proposed for use; empty if it is")
    serial = serializers.CharField()
    wwn = serializers.CharField()
    identity = serializers.CharField()
    size_bytes = serializers.IntegerField()
    signatures = serializers.ListField(child=serializers.CharField())
    lost = serializers.ListField(
        child=serializers.CharField(), help_text="content of the disk, one line per item"
    )
    content_known = serializers.BooleanField(help_text="false if only the signatures are known")
    collected_at = serializers.DateTimeField(help_text="time of the collection that the preview is based on")


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
    error_code = serializers.CharField(help_text="code of the error, as for `explain`; empty if it has none")
    changes = ChangeShape(many=True)


class SettingsDiffShape(Shape):
    """The change to a settings file on a remaining node."""

    path = serializers.CharField()
    diff = serializers.CharField(help_text="unified diff of the settings that the machine needs")


class RetiredShape(Shape):
    """The nodes taken out of a zone, and what remains to be done."""

    zone_id = serializers.CharField()
    addresses = serializers.ListField(child=serializers.CharField())
    findings = FindingShape(many=True, help_text="remaining manual steps")
    settings = SettingsDiffShape(
        many=True, help_text="settings of remaining nodes; nothing is written to the nodes"
    )


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


class AddNodesRequest(Request):
    """Request to add nodes."""

    addresses = AddressList(allow_empty=False, help_text="addresses, ranges A-B or networks in CIDR notation")
    port = serializers.IntegerField(min_value=1, max_value=65535, default=22)
    user = serializers.CharField(max_length=32, default="root")


class CollectRequest(NodesRequest):
    """Request to collect the hardware of nodes."""

    force = serializers.BooleanField(default=False, help_text="include nodes in service")


class EstablishRequest(NodesRequest):
    """Request to enable key login on nodes."""

    port = serializers.IntegerField(min_value=1, max_value=65535, required=False, allow_null=True)
    user = serializers.CharField(max_length=32, required=False, allow_null=True)
    password = serializers.CharField(
        write_only=True,
        required=False,
        allow_null=True,
        max_length=1024,
        trim_whitespace=False,
        help_text="used once; omit it if key login already works",
    )
    accept_new = serializers.BooleanField(
        default=None,
        allow_null=True,
        help_text="trust the host key of a node without a pinned key (default if known_hosts is not given)",
    )
    known_hosts = serializers.CharField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        max_length=MAX_FILE_CHARS,
        help_text="host keys in OpenSSH format (output of ssh-keyscan); only these are accepted",
    )
    replace_host_keys = AddressList(
        required=False, help_text="addresses whose new host key to pin, after comparing the fingerprints"
    )


class ErasePreviewRequest(NodesRequest):
    """Request to preview the erasing of disks."""

    disks = serializers.ListField(
        child=serializers.CharField(max_length=64),
        allow_empty=False,
        max_length=256,
        help_text="disk names on every node",
    )
    mode = serializers.ChoiceField(
        MODES, default="quick", help_text="quick: signatures and both ends; full: every byte"
    )


class EraseRequest(Request):
    """Request to erase the disks of a preview."""

    permit_id = serializers.CharField(max_length=10, help_text="`permit_id` of a preview that you requested")


class Confirmed(serializers.Serializer[Any]):
    """Confirmation of a verb that cannot be undone; a mixin for requests."""

    confirm = serializers.CharField(
        max_length=2000,
        default="",
        allow_blank=True,
        help_text="host names of the nodes, separated by spaces; for more than 5 nodes, their number",
    )


class DeleteNodeRequest(Request, Confirmed):
    """Confirmation to delete a node; needed if it was corrected manually or has been in service."""


class RetireRequest(NodesRequest, Confirmed):
    """Request to take nodes out of service."""

    reason = serializers.CharField(
        max_length=MAX_REASON_CHARS, default="", allow_blank=True, help_text="required except for a dry run"
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="report the consequences without retiring nodes"
    )


class ImportRequest(Request):
    """Request to import a file of nodes."""

    name = serializers.CharField(
        max_length=255, default="", allow_blank=True, help_text="file name, used in findings"
    )
    text = serializers.CharField(
        trim_whitespace=False, help_text="JSON in the describe_nodes format, or exported CSV"
    )
    dry_run = serializers.BooleanField(default=False, help_text="report the changes without importing")
    force = serializers.BooleanField(default=False, help_text="include facts of nodes in service")


class ExportQuery(Request):
    """Format of an export."""

    def get_fields(self) -> dict[str, Any]:
        """Declare ``as`` here, since it is a reserved word and cannot be a class attribute."""
        return {"as": serializers.ChoiceField(FORMATS, default="json")}


class ModifyDisksRequest(NodesRequest):
    """Request to correct a disk on nodes."""

    disk = serializers.CharField(
        max_length=MAX_IDENTITY,
        help_text="disk name, or `identity` of an absent disk to clear its corrections",
    )
    type = serializers.ChoiceField(DiskType.choices, required=False, allow_null=True)
    size_bytes = serializers.IntegerField(min_value=1, max_value=10**18, required=False, allow_null=True)
    status = serializers.ChoiceField([0, 1], required=False, allow_null=True)
    clear = serializers.ListField(child=serializers.ChoiceField(CORRECTABLE), required=False)
    reason = serializers.CharField(max_length=MAX_REASON_CHARS, required=False, allow_blank=True)
    seen = serializers.DictField(
        child=serializers.CharField(max_length=400),
        required=False,
        help_text="known_by of the viewed disk, by address; refused if the name now belongs to another disk",
    )
    seen_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="when the disk was viewed: 409 with later corrections of the same field by other "
        "people; without it, 409 with any correction by another person that this request "
        "would replace",
    )
    dry_run = serializers.BooleanField(
        default=False, help_text="return the resulting values without saving them"
    )


class NodeExecRequest(Request):
    """Request to run a command on one node."""

    command = serializers.CharField(max_length=4000)
    timeout_s = serializers.IntegerField(min_value=1, max_value=3600, default=60)
