"""The page of the console that does what a command does: remedies name commands, a page shows links."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class _Page:
    """A page by the name of its URL; ``of`` says what it is about: ``zone``, ``plan``, ``job``, or nothing."""

    label: Promise | str
    url: str
    of: str = ""
    # The list to choose from, where the remedy does not say which one.
    otherwise: str = ""


_NODES, _ZONES, _PLANS, _JOBS = (
    f"admin:{name}_changelist" for name in ("nodes_node", "zones_zone", "zones_plan", "jobs_job")
)


def _zone(label: Promise | str, page: str) -> _Page:
    return _Page(label, f"admin:zones_zone_{page}", "zone", _ZONES)


def _plan(label: Promise | str, page: str = "change") -> _Page:
    return _Page(label, f"admin:zones_plan_{page}", "plan", _PLANS)


def _job(label: Promise | str, page: str = "change") -> _Page:
    return _Page(label, f"admin:jobs_job_{page}", "job", _JOBS)


_PAGES: Mapping[str, _Page] = {
    "add_nodes": _Page(_("Add nodes"), "admin:nodes_node_add"),
    "adopt_zone": _Page(_("Adopt a zone"), "admin:zones_zone_configure"),
    "approve_plan": _plan(_("Approve the plan")),
    "build_global_conf": _zone(_("Build the global configuration"), "maintain"),
    "cancel_job": _job(_("Cancel the job")),
    "clear_zone_cache": _zone(_("Clear the zone cache"), "cache"),
    "collect_nodes": _Page(_("Collect"), _NODES),
    "config_qingcloud": _Page(_("Configure the zone"), "admin:zones_zone_configure"),
    "copy_template": _Page(_("Examples"), "admin:zones_zone_examples"),
    "create_token": _Page(_("Tokens"), "admin:installer_accesstoken_changelist"),
    "delete_nodes": _Page(_("Delete nodes"), "admin:nodes_node_remove_form"),
    "describe_nodes": _Page(_("Nodes"), _NODES),
    "dump_vbc_route": _Page(_("Return routes"), "admin:zones_vbcassignment_changelist"),
    "edit_plan_file": _plan(_("Edit the file in the plan")),
    "erase_data_disks": _Page(_("Erase data disks"), "admin:nodes_node_erase_form"),
    "establish_ssh": _Page(_("Establish SSH"), "admin:nodes_node_ssh_form"),
    "explain": _Page(_("Codes"), "codes"),
    "export_nodes": _Page(_("Export nodes"), _NODES),
    "gen_node_list": _plan(_("Generate the node lists")),
    "get_log": _job(_("Log")),
    "get_status": _job(_("Job")),
    "import_nodes": _Page(_("Import nodes"), "admin:nodes_node_import_form"),
    "leave_out_nodes": _plan(_("Leave out nodes"), "leave_out"),
    "list_changes": _zone(_("Proposed changes"), "change"),
    "list_tokens": _Page(_("Tokens"), "admin:installer_accesstoken_changelist"),
    "modify_node_attributes": _Page(_("Correct the disks"), _NODES),
    "pause_job": _job(_("Pause the job")),
    "rebuild_cache": _zone(_("Rebuild the cache"), "maintain"),
    "reject_plan": _plan(_("Reject the plan")),
    "render_haproxy": _zone(_("haproxy"), "haproxy"),
    "restart_services": _zone(_("Services"), "services"),
    "resume_job": _job(_("Resume the job")),
    "retire_nodes": _Page(_("Retire nodes"), "admin:nodes_node_retire_form"),
    "revoke_token": _Page(_("Tokens"), "admin:installer_accesstoken_changelist"),
    "scale_qingcloud": _zone(_("Scale out"), "scale"),
    "scale_qingcloud_zone": _zone(_("Add the zone to its region"), "scale"),
    "set_qemu_version": _zone(_("QEMU versions"), "qemu"),
    "settle_job": _job(_("Confirm it has stopped"), "settle"),
    "show_plan": _plan(_("Plan")),
    "show_ssh_key": _Page(_("The installer's SSH key"), "admin:nodes_node_key_page"),
    "update_hyper_mirror": _zone(_("Update the mirror lists"), "maintain"),
    "update_nodes": _zone(_("Update packages"), "maintain"),
    "verify_services": _zone(_("Services"), "services"),
    "zone_checklist": _zone(_("Checklist"), "joining"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a page: its address and its text."""

    url: str
    label: str


def link_to(command: str) -> Link | None:
    """Return the page that does what the command does, or None when there is none."""
    words = shlex.split(command)
    page = _PAGES.get(words[0]) if words else None
    if page is None:
        return None
    about = _about(page.of, words[1:])
    if about:
        try:
            return Link(reverse(page.url, args=[about]), f"{page.label} {about}")
        except NoReverseMatch:
            pass
    if page.url == _NODES:
        address = _value("-i", words)
        return Link(
            f"{reverse(_NODES)}?{urlencode({'q': address})}" if address else reverse(_NODES), str(page.label)
        )
    return Link(reverse(page.otherwise if page.of else page.url), str(page.label))


def _about(what: str, words: Sequence[str]) -> str:
    """Return the id of the zone, plan or job that the command names; empty for a placeholder such as ZONE."""
    first = words[0] if words and not words[0].startswith("-") else ""
    found = _value("-z", words) if what == "zone" else first if what else ""
    return "" if found.isupper() else found


def _value(option: str, words: Sequence[str]) -> str:
    place = words.index(option) + 1 if option in words else len(words)
    return words[place] if place < len(words) else ""
