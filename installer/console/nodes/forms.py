"""Forms shown before a verb on nodes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from common.audit import MAX_REASON_CHARS
from common.confirmation import asked_for
from common.secrets import Secret
from installer.console.units import GB
from nodes.models import MAX_IDENTITY, DiskType, Node
from nodes.services.delete import irreplaceable

UNCHANGED = ("", gettext_lazy("unchanged"))
CLEARABLE = (
    ("type", gettext_lazy("type")),
    ("size_bytes", gettext_lazy("size")),
    ("status", gettext_lazy("use")),
)


class NodesForm(forms.Form):
    """A form for chosen nodes; they are passed in one field, however many they are."""

    nodes = forms.CharField(
        widget=forms.HiddenInput, error_messages={"required": gettext_lazy("No node is selected.")}
    )

    def clean_nodes(self) -> list[str]:
        """Return the management addresses of the nodes that still exist."""
        ids = self.cleaned_data["nodes"].split()
        found = dict(Node.objects.filter(node_id__in=ids).values_list("node_id", "mgmt_address"))
        gone = [node_id for node_id in ids if node_id not in found]
        if gone:
            shown = ", ".join(gone[:5])
            text = gettext("These nodes have been deleted: %(nodes)s. Go back to the list and choose again.")
            raise forms.ValidationError(text % {"nodes": shown})
        return [found[node_id] for node_id in ids]


class DeleteForm(NodesForm):
    """Nodes to delete; those that cannot be recovered are confirmed by host name."""

    confirm = forms.CharField(max_length=2000, required=False, label=gettext_lazy("Confirm"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = str((self.data or self.initial).get("nodes", "")).split()
        names = [node.label for node in irreplaceable(Node.objects.filter(node_id__in=ids))]
        if names:
            text = gettext(
                "Manual corrections and the history of a retired machine cannot be restored. To confirm, type %(names)s."
            )
            self.fields["confirm"].help_text = text % {"names": asked_for(names)}
        else:
            del self.fields["confirm"]


class AddForm(forms.Form):
    """Addresses in the format of an IP_LIST file."""

    addresses = forms.CharField(
        max_length=200_000,
        strip=False,
        widget=forms.Textarea(
            attrs={
                "rows": 12,
                "spellcheck": "false",
                "placeholder": "172.16.80.5\n172.16.80.7-172.16.80.12\n172.16.81.0/28   # rack 2",
            }
        ),
        label=gettext_lazy("Addresses"),
        help_text=gettext_lazy(
            "One per line: an address, a range A-B, or a network in CIDR notation. # starts a comment."
        ),
    )
    port = forms.IntegerField(
        min_value=1,
        max_value=65535,
        initial=22,
        label=gettext_lazy("SSH port"),
    )
    user = forms.CharField(
        max_length=32,
        initial="root",
        label=gettext_lazy("SSH user"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class ImportForm(forms.Form):
    """A file written by export_nodes, describe_nodes or a spreadsheet."""

    file = forms.FileField(
        label=gettext_lazy("File, at most 16 MiB"),
        widget=forms.FileInput(attrs={"accept": ".json,.csv,application/json,text/csv"}),
        error_messages={
            "required": gettext_lazy("Choose a file from Export, export_nodes or a spreadsheet."),
            "empty": gettext_lazy(
                "The file is empty. Choose a file from Export, export_nodes or a spreadsheet."
            ),
        },
    )


class SshForm(NodesForm):
    """The one login with a password."""

    user = forms.CharField(
        max_length=32,
        required=False,
        label=gettext_lazy("User"),
        help_text=gettext_lazy("Empty: the user given when the node was added."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    port = forms.IntegerField(
        min_value=1,
        max_value=65535,
        required=False,
        label=gettext_lazy("Port"),
        help_text=gettext_lazy("Empty: the port given when the node was added."),
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=1024,
        label=gettext_lazy("Password"),
        help_text=gettext_lazy(
            "Used for one login to each node. Stored encrypted until the job ends, then deleted. "
            "Empty: the installer's key is already on the nodes and is only verified."
        ),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    accept_new = forms.BooleanField(
        required=False,
        initial=True,
        label=gettext_lazy("Trust host keys on first contact"),
    )
    known_hosts = forms.CharField(
        required=False,
        strip=False,
        max_length=1_000_000,
        label=gettext_lazy("Known host keys"),
        help_text=gettext_lazy(
            "Verified lines of a known_hosts file, as printed by ssh-keyscan. Only these keys are accepted; "
            "no host key is trusted on first contact."
        ),
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )
    replace_host_keys = forms.CharField(
        required=False,
        label=gettext_lazy("Replace the pinned host keys of"),
        help_text=gettext_lazy(
            "Addresses whose host key changed for a known reason, for example a reinstallation. "
            "Otherwise a changed key is refused and the job shows both fingerprints."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_password(self) -> Secret | None:
        """Mask the password from here on."""
        value = self.cleaned_data.pop("password", "")
        return Secret(value) if value else None

    def clean_replace_host_keys(self) -> list[str]:
        """Split addresses at commas and spaces."""
        return list(self.cleaned_data["replace_host_keys"].replace(",", " ").split())


class DiskForm(NodesForm):
    """A correction of one disk, by name, on all chosen nodes."""

    disk = forms.CharField(
        max_length=MAX_IDENTITY,
        label=gettext_lazy("Disk"),
        help_text=gettext_lazy("Its name on all selected nodes, for example sdb."),
    )
    type = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Type"),
        choices=[UNCHANGED, *((value, value.upper()) for value in DiskType.values)],
    )
    size_gb = forms.DecimalField(
        required=False,
        min_value=Decimal("0.001"),
        max_digits=13,
        decimal_places=3,
        label=gettext_lazy("Size in GB (10^9 bytes)"),
    )
    status = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[UNCHANGED, ("1", gettext_lazy("usable")), ("0", gettext_lazy("do not use"))],
        label=gettext_lazy("Use"),
    )
    clear = forms.MultipleChoiceField(
        required=False,
        choices=CLEARABLE,
        label=gettext_lazy("Drop the correction of"),
        help_text=gettext_lazy("The observed value is used again."),
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        required=False,
        max_length=MAX_REASON_CHARS,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Why the observed value is wrong."),
    )

    def changes(self) -> dict[str, Any]:
        """Return the arguments of ``modify_disks`` other than the nodes and the user."""
        data = self.cleaned_data
        size = data["size_gb"]
        return {
            "disk": data["disk"].strip(),
            "type": data["type"] or None,
            "size_bytes": int(size * GB) if size else None,
            "status": data["status"],
            "clear": data["clear"],
            "reason": data["reason"],
        }
