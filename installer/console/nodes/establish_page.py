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
from jobs.lookups import find_job
from jobs.models import Job
from jobs.services.resume import addresses_left
from nodes.models import Node
from nodes.services.establish import establish_ssh
from nodes.services.ssh_key import show_ssh_key


class EstablishVerbs(NodeVerbs):
    """Mixin for the admin of nodes."""

    @admin.action(description=gettext_lazy("Establish SSH…"), permissions=["run"])
    def establish_ssh(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse:
        """Ask for the login first."""
        return self._ask(request, SshForm(initial={"nodes": ids(queryset)}), "ssh_form", queryset)

    @method_decorator(sensitive_post_parameters("password"))
    def ssh_form(self, request: HttpRequest) -> HttpResponse:
        """Start the job on POST; on GET with ``job``, show the form for the nodes left by that job."""
        if request.method == "GET" and request.GET.get("job"):
            return self._ask_anew(request, request.GET["job"])

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

    def key_page(self, request: HttpRequest) -> HttpResponse:
        """Show the installer's public key, for accounts where it is installed manually."""
        verbs.need(self.has_view_permission(request))
        key = verbs.attempt(request, show_ssh_key)
        return self.page(request, "console/ssh_key.html", gettext("SSH key of the installer"), key=key)
