"""Forms shown before a verb on nodes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from common.audit import MAX_REASON_CHARS
from common.confirmation import asked_for
from common.secrets import Secret
from installer.console.units import GB
from nodes.models import MAX_IDENTITY, DiskType, Node
from nodes.services.delete import irreplaceable

UNCHANGED = ("", "unchanged")
CLEARABLE = (("type", "type"), ("size_bytes", "size"), ("status", "use"))


class NodesForm(forms.Form):
    """A form for chosen nodes; they are passed in one field, however many they are."""

    nodes = forms.CharField(widget=forms.HiddenInput, error_messages={"required": "no node is chosen"})

    def clean_nodes(self) -> list[str]:
        """Return the management addresses of the nodes that still exist."""
        ids = self.cleaned_data["nodes"].split()
        found = dict(Node.objects.filter(node_id__in=ids).values_list("node_id", "mgmt_address"))
        gone = [node_id for node_id in ids if node_id not in found]
        if gone:
            shown = ", ".join(gone[:5])
            raise forms.ValidationError(f"deleted meanwhile: {shown}; go back to the list and choose again")
        return [found[node_id] for node_id in ids]


class DeleteForm(NodesForm):
    """Nodes to delete; those that cannot be recovered are confirmed by host name."""

    confirm = forms.CharField(
        max_length=2000, required=False, label="Confirm", widget=UnfoldAdminTextInputWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ids = str((self.data or self.initial).get("nodes", "")).split()
        names = [node.label for node in irreplaceable(Node.objects.filter(node_id__in=ids))]
        if names:
            self.fields["confirm"].help_text = (
                "Corrections of people, or the past of a retired machine, cannot be had again: "
                f"type {asked_for(names)}."
            )
        else:
            del self.fields["confirm"]


class AddForm(forms.Form):
    """Addresses in the format of an IP_LIST file."""

    addresses = forms.CharField(
        max_length=200_000,
        strip=False,
        widget=UnfoldAdminTextareaWidget(
            attrs={
                "rows": 12,
                "spellcheck": "false",
                "placeholder": "172.16.80.5\n172.16.80.7-172.16.80.12\n172.16.81.0/28   # rack 2",
            }
        ),
        help_text="One a line: an address, a range A-B, or a network in CIDR notation. # begins a comment.",
    )
    port = forms.IntegerField(
        min_value=1, max_value=65535, initial=22, label="SSH port", widget=UnfoldAdminIntegerFieldWidget
    )
    user = forms.CharField(
        max_length=32,
        initial="root",
        label="SSH user",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )


class ImportForm(forms.Form):
    """A file written by export_nodes, describe_nodes or a spreadsheet."""

    file = forms.FileField(
        label="File, at most 16 MiB",
        widget=UnfoldAdminFileFieldWidget(attrs={"accept": ".json,.csv,application/json,text/csv"}),
        error_messages={
            "required": "no file was chosen: choose one that export_nodes or a spreadsheet wrote",
            "empty": "the file is empty: choose one that export_nodes or a spreadsheet wrote",
        },
    )


class SshForm(NodesForm):
    """The one login with a password."""

    user = forms.CharField(
        max_length=32,
        required=False,
        label="User",
        help_text="Empty: the user that each node was added with.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
    )
    port = forms.IntegerField(
        min_value=1,
        max_value=65535,
        required=False,
        help_text="Empty: the port that each node was added with.",
        widget=UnfoldAdminIntegerFieldWidget,
    )
    password = forms.CharField(
        required=False,
        strip=False,
        max_length=1024,
        help_text="Used for one log-in to each node, kept encrypted until the job ends, then forgotten. "
        "Empty: the key of the installer is on the nodes already and is only verified.",
        widget=UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"}),
    )
    accept_new = forms.BooleanField(
        required=False,
        initial=True,
        label="Trust the host key of nodes seen for the first time",
        widget=UnfoldBooleanWidget,
    )
    known_hosts = forms.CharField(
        required=False,
        strip=False,
        max_length=1_000_000,
        label="Known host keys",
        help_text="Lines of a known_hosts file, as ssh-keyscan prints them, once compared: then only these keys are "
        "accepted, and no node is trusted on first use.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 4, "spellcheck": "false"}),
    )
    replace_host_keys = forms.CharField(
        required=False,
        label="Replace the pinned host key of",
        help_text="Addresses whose key changed for a reason that you know, such as a new installation. "
        "A changed key is refused otherwise, and the job shows both fingerprints.",
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
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
        label="Disk",
        help_text="Its name on every chosen node, such as sdb.",
        widget=UnfoldAdminTextInputWidget,
    )
    type = forms.ChoiceField(
        required=False,
        choices=[UNCHANGED, *((value, value.upper()) for value in DiskType.values)],
        widget=UnfoldAdminSelectWidget,
    )
    size_gb = forms.DecimalField(
        required=False,
        min_value=Decimal("0.001"),
        max_digits=13,
        decimal_places=3,
        label="Size in GB (10^9 bytes)",
        widget=UnfoldAdminDecimalFieldWidget,
    )
    status = forms.TypedChoiceField(
        required=False,
        coerce=int,
        empty_value=None,
        choices=[UNCHANGED, ("1", "usable"), ("0", "not to be used")],
        label="Use",
        widget=UnfoldAdminSelectWidget,
    )
    clear = forms.MultipleChoiceField(
        required=False,
        choices=CLEARABLE,
        label="Drop the correction of",
        help_text="What was observed counts again.",
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )
    reason = forms.CharField(
        required=False,
        max_length=MAX_REASON_CHARS,
        help_text="Why the observation is wrong: the next person will ask.",
        widget=UnfoldAdminTextInputWidget,
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
