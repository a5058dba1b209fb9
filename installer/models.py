"""Tokens of the REST API, counters of password attempts, and what people prefer."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy

from common.ids import public_id


def new_token_id() -> str:
    """Return the default of ``AccessToken.token_id``."""
    return public_id("t")


class AccessToken(models.Model):
    """A token of the REST API. Only its digest is stored: the token itself is shown once, when it is created."""

    token_id = models.CharField(
        verbose_name=gettext_lazy("token"), max_length=10, unique=True, default=new_token_id, editable=False
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="access_tokens")
    name = models.CharField(verbose_name=gettext_lazy("purpose"), max_length=64, blank=True, default="")
    # Its first characters, which show to which of several scripts it belongs.
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    # Of the password at its creation: the token ends with that password.
    password_mark = models.CharField(max_length=64)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = gettext_lazy("API token")
        verbose_name_plural = gettext_lazy("API tokens")
        ordering = ("-id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.token_id} of {self.user}"


class TryCount(models.Model):
    """How often something was tried within a time window, across all processes; updated under its row's lock."""

    class Kind(models.TextChoices):
        # A name from one address; an address with any name; a name from any address.
        PAIR = "pair"
        ADDRESS = "address"
        ACCOUNT = "account"
        # Audit rows that a user could cause without limit.
        AUDIT = "audit"

    key = models.CharField(max_length=64, unique=True)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    account = models.CharField(max_length=150, blank=True, default="")
    address = models.CharField(max_length=64, blank=True, default="")
    tries = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()
    # How often it was locked recently: each lock lasts twice as long as the last.
    strikes = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    # Of a pair: a sign-in succeeded from there, so attempts from elsewhere do not lock it.
    known_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["since"], name="trycount_old")]

    def __str__(self) -> str:
        return f"{self.kind} {self.account} {self.address}".rstrip()


class Preferences(models.Model):
    """The language and the time zone of a person; empty: as the browser says."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True)
    language = models.CharField(max_length=16, blank=True, default="")
    time_zone = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.language} {self.time_zone}".rstrip()
