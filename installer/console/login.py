"""Sign-in to the console, and changing one's own password: attempts are counted and limited."""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from common.actor import Actor
from installer.accounts import record_password
from installer.console import verbs
from installer.form_recovery import FIELD, take_back
from installer.preferences import begin_with_kept
from installer.signin import Locked, sign_in


class SignInForm(AdminAuthenticationForm):
    """Name and password of a user with staff status."""

    request: HttpRequest
    locked: Locked | None = None

    def clean(self) -> dict[str, Any]:
        """Check name and password. Raises :class:`ValidationError` if wrong, or after too many attempts."""
        name, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if name and password:
            try:
                self.user_cache = sign_in(
                    name=name,
                    password=password,
                    actor=Actor("", "admin", self.request.META.get("REMOTE_ADDR", "")),
                    request=self.request,
                    admitted=_staff,
                )
            except Locked as locked:
                self.locked = locked
                raise ValidationError(str(locked), code="locked") from None
            if self.user_cache is None:
                raise self.get_invalid_login_error()
        return dict(self.cleaned_data)


def _staff(user: User) -> bool:
    return user.is_active and user.is_staff


@never_cache
@sensitive_post_parameters()
def password_change(request: HttpRequest) -> HttpResponseBase:
    """Serve the admin's page for one's own password, and record the change in the audit."""
    response = admin.site.password_change(request)
    if request.method == "POST" and response.status_code == 302:
        record_password(verbs.actor(request), cast(User, request.user))
    return response


@never_cache
@sensitive_post_parameters()
def login(request: HttpRequest) -> HttpResponseBase:
    """Serve the admin's login; 429 with the reason on the page after too many attempts."""
    response: HttpResponse = admin.site.login(request)
    context = getattr(response, "context_data", None) or {}
    form, kept = context.get("form"), request.POST.get(FIELD, "")
    if request.method == "POST" and response.status_code == 302:
        begin_with_kept(request)
        response = (take_back(request, kept) if kept else None) or response
        # From here on the account's own choice counts.
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
        return response
    if kept and request.method == "POST":
        context[FIELD] = kept
    if request.method == "POST" and isinstance(form, SignInForm) and form.locked:
        response.status_code = 429
        response["Retry-After"] = str(form.locked.seconds)
    return response
