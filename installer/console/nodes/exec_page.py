"""A command on one node, in a zone or not: for example to release its disks."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from installer.console import verbs
from installer.console.base import ConsoleAdmin
from nodes.erasing.holders import release
from nodes.models import Node
from nodes.services.erase_preview import contents_of_nodes
from operations.commands.core import MAX_COMMAND, looking_commands, only_looks
from operations.commands.service import MAX_TIMEOUT_S, exec_nodes


class NodeExecForm(forms.Form):
    """A command and its time limit."""

    command = forms.CharField(
        max_length=MAX_COMMAND,
        label=gettext_lazy("Command"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    timeout_s = forms.IntegerField(
        min_value=1,
        max_value=MAX_TIMEOUT_S,
        initial=60,
        label=gettext_lazy("Time limit in seconds"),
    )
    sure = forms.BooleanField(required=False)


class ExecVerbs(ConsoleAdmin):
    """Mixin for the admin of nodes."""

    def exec_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the proposed or typed command; on POST start the job. One with side effects needs a second confirmation."""
        node = self.get_item(request, object_id)
        verbs.need(verbs.may_run(request))
        proposed = request.GET.get("command", "")[:MAX_COMMAND]
        posted = request.method == "POST"
        form = NodeExecForm(request.POST) if posted else NodeExecForm(initial={"command": proposed})
        asked = False
        if posted and form.is_valid():
            data = form.cleaned_data
            asked = verbs.may_decide(request) and not data["sure"] and not only_looks(data["command"])
            if not asked:
                job = verbs.attempt(
                    request,
                    lambda: exec_nodes(
                        group=node.node_id,
                        command=data["command"],
                        timeout_s=data["timeout_s"],
                        anything=verbs.may_decide(request),
                        actor=verbs.actor(request),
                    ),
                )
                if job is not None:
                    return HttpResponseRedirect(reverse("admin:jobs_job_answers", args=[job.job_id]))
        return self.page(
            request,
            "console/node_exec.html",
            gettext("Run a command on %(node)s") % {"node": node},
            node=node,
            form=form,
            asked=asked,
            users=_users(node),
            looking=looking_commands(),
            may_decide=verbs.may_decide(request),
        )


def _users(node: Node) -> list[tuple[str, str]]:
    """List what uses a disk of the node, by its last collection, and the command that releases it."""
    contents = contents_of_nodes([node]).get(node.pk, {})
    sentences = dict.fromkeys(user for content in contents.values() for user in content.users)
    return [(sentence, release(sentence)) for sentence in sentences]
