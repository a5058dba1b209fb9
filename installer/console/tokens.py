"""Tokens of the REST API: your own, for administrators those of all users; created here, shown once, revoked."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy, ngettext

from common.errors import Refused
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.units import moment_text
from installer.models import AccessToken
from installer.signin import Locked, sign_in
from installer.tokens import MAX_DAYS, MAX_NAME_CHARS, ended, issue_token, revoke_token, tokens_of


class NewTokenForm(forms.Form):
    """Purpose, lifetime, and the password again: a hijacked session cannot create a token."""

    name = forms.CharField(
        max_length=MAX_NAME_CHARS,
        label=gettext_lazy("Purpose"),
        help_text=gettext_lazy("For example the script or machine that uses the token."),
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=MAX_DAYS,
        label=gettext_lazy("Lifetime in days"),
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"), strip=False, max_length=1024, widget=forms.PasswordInput
    )


@admin.register(AccessToken)
class TokenAdmin(ConsoleAdmin):
    """A list with a button to create a token; tokens are revoked from the list."""

    public_id = "token_id"
    list_display = ("token_id", "user", "name", "begins_with", "created", "expires", "used", "state")
    list_display_links = None
    search_fields = ("token_id", "name", "prefix", "user__username")
    actions = ("revoke",)
    list_views = (("new", "new"),)
    empty_text = gettext_lazy("No tokens yet. Scripts that use the REST API need one.")
    list_before_template = "console/token_links.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessToken]:
        """Select the tokens that the user may see."""
        return tokens_of(cast(User, request.user))

    def has_mine_permission(self, request: HttpRequest) -> bool:
        """Decide whether the user may create and end tokens: anyone who may view their own."""
        return bool(self.has_view_permission(request))

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the list, which has all details: a token has no page."""
        return HttpResponseRedirect(self.url_of("changelist"))

    @admin.display(description=gettext_lazy("begins with"))
    def begins_with(self, token: AccessToken) -> str:
        """Show the start of the token."""
        return f"{token.prefix}…"

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def created(self, token: AccessToken) -> str:
        """Show the time of its creation."""
        return moment_text(token.created_at)

    @admin.display(description=gettext_lazy("expires"), ordering="expires_at")
    def expires(self, token: AccessToken) -> str:
        """Show the time when it expires."""
        return moment_text(token.expires_at)

    @admin.display(description=gettext_lazy("last used"), ordering="last_used_at")
    def used(self, token: AccessToken) -> str:
        """Show the time of its last use."""
        return moment_text(token.last_used_at) or gettext("never")

    @admin.display(description=gettext_lazy("state"))
    def state(self, token: AccessToken) -> str:
        """Show whether it is valid, or why not."""
        why = ended(token)
        return pill("dead" if why else "alive", why or gettext("valid"))

    @admin.action(description=gettext_lazy("Revoke"), permissions=["mine"])
    def revoke(self, request: HttpRequest, queryset: QuerySet[AccessToken]) -> None:
        """Revoke each token by the same verb as the other interfaces."""
        who = verbs.actor(request)
        ids = list(queryset.values_list("token_id", flat=True))
        for token_id in ids:
            revoke_token(token_id=token_id, actor=who, among=self.get_queryset(request))
        done = ngettext("%(n)s token revoked.", "%(n)s tokens revoked.", len(ids))
        messages.success(request, done % {"n": len(ids)})

    def new(self, request: HttpRequest) -> HttpResponse:
        """Show the form; on POST the new token, only once."""
        verbs.need(self.has_view_permission(request))
        form = NewTokenForm(request.POST or None, initial={"days": settings.INSTALLER_TOKEN_DAYS})
        key = self._made(request, form) if form.is_valid() else ""
        if key:
            back = self.url_of("changelist")
            return self.page(request, "console/token.html", gettext("New token"), key=key, back=back)
        return self.page(
            request,
            "console/ask.html",
            gettext("New token"),
            form=form,
            action="",
            nodes=None,
            button=gettext("Create token"),
            back=self.url_of("changelist"),
            intro=gettext(
                "The token acts in your name and with your permissions. It is shown once and expires "
                "when your password is changed."
            ),
        )

    def _made(self, request: HttpRequest, form: NewTokenForm) -> str:
        who, values = verbs.actor(request), form.cleaned_data
        try:
            user = sign_in(name=who.name, password=values["password"], actor=who, request=request)
            if user is None:
                form.add_error("password", gettext("This is not your password."))
                return ""
            return issue_token(user=user, actor=who, name=values["name"], days=values["days"]).key
        except Locked as locked:
            form.add_error("password", str(locked))
        except Refused as refused:
            verbs.tell(request, refused)
        return ""
