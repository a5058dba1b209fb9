"""Users and groups, in the style of the console."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as BaseGroupAdmin
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import Group, User
from django.db.models import Field, QuerySet
from django.http import HttpRequest, HttpResponse

from installer.accounts import record_change, record_deletion, record_password, rights
from installer.console import verbs
from installer.console.base import FrameAdmin
from installer.console.units import moment_text

admin.site.unregister(User)
admin.site.unregister(Group)


class AuditedAdmin(FrameAdmin):
    """Records each change in the audit, with what the account or group was and may do before and after it."""

    # A list of boxes instead of Django's two lists, which need scripts and a mouse.
    filter_horizontal = ()

    def formfield_for_dbfield(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        """Offer boxes to tick for groups and permissions, the latter with what they belong to."""
        field: forms.Field | None = super().formfield_for_dbfield(db_field, request, **kwargs)
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.widget = forms.CheckboxSelectMultiple()
            field.widget.choices = field.choices
            field.help_text = ""
        return field

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Remember the permissions before the change."""
        form.rights_before = rights(type(obj).objects.get(pk=obj.pk)) if change else None
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Record the change once groups and permissions are saved, too."""
        super().save_related(request, form, formsets, change)
        record_change(verbs.actor(request), form.instance, form.rights_before)

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """Record the deletion and delete."""
        record_deletion(verbs.actor(request), obj)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Record each deletion and delete."""
        for item in queryset:
            record_deletion(verbs.actor(request), item)
        super().delete_queryset(request, queryset)


@admin.register(User)
class UserAdmin(AuditedAdmin, BaseUserAdmin):  # type: ignore[type-arg]
    """Users. Signing in here takes the staff flag; permissions come from the groups viewer, operator and approver."""

    add_form = UserCreationForm
    # All but the last part, which has the dates in Django's own form.
    fieldsets = (
        *(BaseUserAdmin.fieldsets or ())[:-1],
        ((BaseUserAdmin.fieldsets or ())[-1][0], {"fields": ("signed_in", "joined")}),
    )
    readonly_fields = ("signed_in", "joined")
    list_display = ("username", "is_active", "is_staff", "is_superuser", "last_login")
    # Without the staff flag and a group a new user can neither sign in nor see anything.
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("username", "password1", "password2", "is_staff", "groups")},
        ),
    )

    @admin.display(description=User._meta.get_field("last_login").verbose_name)
    def signed_in(self, user: User) -> str:
        """Show the time of the last login."""
        return moment_text(user.last_login) or "–"

    @admin.display(description=User._meta.get_field("date_joined").verbose_name)
    def joined(self, user: User) -> str:
        """Show the time when the account was created."""
        return moment_text(user.date_joined)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Set the staff flag by default, so that a new user may sign in."""
        return {**super().get_changeform_initial_data(request), "is_staff": True}

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Let an administrator set the password of a user."""
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            record_password(verbs.actor(request), User.objects.get(pk=id))
        return response


@admin.register(Group)
class GroupAdmin(AuditedAdmin, BaseGroupAdmin):
    """The three groups of the console, and those that an administrator adds."""
