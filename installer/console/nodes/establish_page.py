"""Key login to nodes: the form with the password, also for the nodes left by a job; the installer's public key."""

from __future__ import annotations

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters

from installer.console import verbs
from installer.console.nodes.actions import NodeVerbs, ids
from installer.console.nodes.forms import SshForm
from installer.console.return_path import onward
from jobs.lookups import find_job
from jobs.models import Job
from jobs.services.resume import addresses_left
from nodes.models import Node
from nodes.services.establish import establish_ssh
from nodes.services.ssh_key import show_ssh_key
from operations.scale_out.load import load
from operations.scale_out.service import find_scale_out
from operations.scale_out.stages import needs_ssh


class EstablishVerbs(NodeVerbs):
    """Mixin for the admin of nodes."""

    @admin.action(description=gettext_lazy("Establish SSH…"), permissions=["run"])
    def establish_ssh(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse:
        """Ask for the login first."""
        return self._ask(request, SshForm(initial={"nodes": ids(queryset)}), "ssh_form", queryset)

    @method_decorator(sensitive_post_parameters("password"))
    def ssh_form(self, request: HttpRequest) -> HttpResponse:
        """Start the job on POST; on GET show the form for the nodes that a job left, or those of a scale-out without SSH."""
        if request.method == "GET" and request.GET.get("job"):
            return self._ask_anew(request, request.GET["job"])
        if request.method == "GET" and request.GET.get("scale_out"):
            return self._ask_of_scale_out(request, request.GET["scale_out"])

        def run(form: forms.Form) -> Job:
            data = form.cleaned_data
            return establish_ssh(
                addresses=data["nodes"],
                actor=verbs.actor(request),
                port=data["port"],
                user=data["user"] or None,
                password=data["password"],
                accept_new=None if data["known_hosts"].strip() else data["accept_new"],
                replace_host_keys=data["replace_host_keys"],
                known_hosts=data["known_hosts"].strip().encode(),
                file=gettext("known host keys"),
            )

        return self._run(request, SshForm, "ssh_form", run)

    def _ask_anew(self, request: HttpRequest, job_id: str) -> HttpResponse:
        verbs.need(verbs.may_run(request))
        job = verbs.attempt(request, lambda: find_job(job_id))
        chosen = Node.objects.filter(mgmt_address__in=addresses_left(job) if job else [])
        if job is None or not chosen:
            if job:
                text = gettext("Job %(job)s has no remaining nodes: nothing to repeat.")
                messages.info(request, text % {"job": job_id})
            return HttpResponseRedirect(self.url_of("changelist"))
        login = {"user": job.params.get("user") or "", "port": job.params.get("port")}
        return self._ask(request, SshForm(initial={"nodes": ids(chosen), **login}), "ssh_form", chosen)

    def _ask_of_scale_out(self, request: HttpRequest, scale_out_id: str) -> HttpResponse:
        """Show the form for the nodes that have no key login yet, or whose host key changed."""
        verbs.need(verbs.may_run(request))
        scale_out = verbs.attempt(request, lambda: find_scale_out(scale_out_id[:10]))
        due = [node for node in load(scale_out).nodes if needs_ssh(node)] if scale_out else []
        if not due:
            return HttpResponseRedirect(onward(request, self.url_of("changelist")))
        chosen = Node.objects.filter(node_id__in=[node.node_id for node in due])
        changed = " ".join(node.address for node in due if node.key_changed)
        form = SshForm(initial={"nodes": ids(chosen), "replace_host_keys": changed, "accept_new": True})
        return self._ask(request, form, "ssh_form", chosen)

    def key_page(self, request: HttpRequest) -> HttpResponse:
        """Show the installer's public key, for accounts where it is installed manually."""
        verbs.need(self.has_view_permission(request))
        key = verbs.attempt(request, show_ssh_key)
        return self.page(request, "console/ssh_key.html", gettext("SSH key of the installer"), key=key)
