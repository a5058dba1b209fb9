"""The page of the console that does what a command does: remedies name commands, a page shows links."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy


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
    "add_nodes": _Page(gettext_lazy("Add nodes"), "admin:nodes_node_add"),
    "adopt_zone": _Page(gettext_lazy("Adopt a zone"), "admin:zones_zone_configure"),
    "approve_plan": _plan(gettext_lazy("Approve the plan")),
    "build_global_conf": _zone(gettext_lazy("Build the global configuration"), "maintain"),
    "cancel_job": _job(gettext_lazy("Cancel the job")),
    "clear_zone_cache": _zone(gettext_lazy("Clear the zone cache"), "cache"),
    "collect_nodes": _Page(gettext_lazy("Collect"), _NODES),
    "config_qingcloud": _Page(gettext_lazy("Configure the zone"), "admin:zones_zone_configure"),
    "copy_template": _Page(gettext_lazy("Examples"), "admin:zones_zone_examples"),
    "create_token": _Page(gettext_lazy("Tokens"), "admin:installer_accesstoken_changelist"),
    "delete_nodes": _Page(gettext_lazy("Delete nodes"), "admin:nodes_node_remove_form"),
    "describe_nodes": _Page(gettext_lazy("Nodes"), _NODES),
    "dump_vbc_route": _Page(gettext_lazy("Return routes"), "admin:zones_vbcassignment_changelist"),
    "edit_plan_file": _plan(gettext_lazy("Edit the file in the plan")),
    "erase_data_disks": _Page(gettext_lazy("Erase data disks"), "admin:nodes_node_erase_form"),
    "establish_ssh": _Page(gettext_lazy("Establish SSH"), "admin:nodes_node_ssh_form"),
    "explain": _Page(gettext_lazy("Codes"), "codes"),
    "export_nodes": _Page(gettext_lazy("Export nodes"), _NODES),
    "gen_node_list": _plan(gettext_lazy("Generate the node lists")),
    "get_log": _job(gettext_lazy("Log")),
    "get_status": _job(gettext_lazy("Job")),
    "import_nodes": _Page(gettext_lazy("Import nodes"), "admin:nodes_node_import_form"),
    "leave_out_nodes": _plan(gettext_lazy("Leave out nodes"), "leave_out"),
    "list_changes": _zone(gettext_lazy("Proposed changes"), "change"),
    "list_tokens": _Page(gettext_lazy("Tokens"), "admin:installer_accesstoken_changelist"),
    "modify_node_attributes": _Page(gettext_lazy("Correct the disks"), _NODES),
    "pause_job": _job(gettext_lazy("Pause the job")),
    "rebuild_cache": _zone(gettext_lazy("Rebuild the cache"), "maintain"),
    "reject_plan": _plan(gettext_lazy("Reject the plan")),
    "render_haproxy": _zone(gettext_lazy("haproxy"), "haproxy"),
    "restart_services": _zone(gettext_lazy("Services"), "services"),
    "resume_job": _job(gettext_lazy("Resume the job")),
    "retire_nodes": _Page(gettext_lazy("Retire nodes"), "admin:nodes_node_retire_form"),
    "revoke_token": _Page(gettext_lazy("Tokens"), "admin:installer_accesstoken_changelist"),
    "scale_qingcloud": _zone(gettext_lazy("Scale out"), "scale"),
    "scale_qingcloud_zone": _zone(gettext_lazy("Add the zone to its region"), "scale"),
    "set_qemu_version": _zone(gettext_lazy("QEMU versions"), "qemu"),
    "settle_job": _job(gettext_lazy("Confirm it has stopped"), "settle"),
    "show_plan": _plan(gettext_lazy("Plan")),
    "show_ssh_key": _Page(gettext_lazy("The installer's SSH key"), "admin:nodes_node_key_page"),
    "update_hyper_mirror": _zone(gettext_lazy("Update the mirror lists"), "maintain"),
    "update_nodes": _zone(gettext_lazy("Update packages"), "maintain"),
    "verify_services": _zone(gettext_lazy("Services"), "services"),
    "zone_checklist": _zone(gettext_lazy("Checklist"), "joining"),
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
