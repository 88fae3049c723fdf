"""Accounts of everybody, for IT administration."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import services, unlocking
from accounts.admin.base import IT, Opens, staff_member
from accounts.admin_verbs import verb
from accounts.forms.staff import NewAccountForm
from accounts.models import User
from accounts.second_factor import verbs as second_factor
from accounts.second_factor.rule import with_second_factor

_CHANGED = ngettext_lazy("%(count)d account changed.", "%(count)d accounts changed.", "count")


def _is_open(user: User) -> bool:
    return user.is_active


@admin.register(User)
class UserAdmin(Opens):
    managers = IT
    list_display = ("email", "name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = ("email", "name", "role", "language", "timezone", "is_active", "last_login", "created_at")
    verbs = (
        "send_temporary_password",
        "unlock",
        "reset_second_factor",
        "activate",
        "deactivate",
        "deactivate_and_cancel",
    )
    add_form = NewAccountForm

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        found: QuerySet[User] = super().get_queryset(request)
        return with_second_factor(found)

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Only ever a new one."""
        obj.pk = services.open_account(**form.cleaned_data).pk

    @verb(
        _("Send a temporary password"),
        asks=_(
            "Their own password ends, and so do their sessions. The temporary one is good once, for 24 hours, and "
            "opens nothing but the choice of a new one."
        ),
        done=ngettext_lazy(
            "%(count)d temporary password is on its way.",
            "%(count)d temporary passwords are on their way.",
            "count",
        ),
        icon="password",
        applies=_is_open,
    )
    def send_temporary_password(self, request: HttpRequest, user: User) -> None:
        services.issue_temporary_password(user_id=user.pk, by=staff_member(request))

    @verb(
        _("Unlock"),
        done=ngettext_lazy("%(count)d account unlocked.", "%(count)d accounts unlocked.", "count"),
        icon="lock_open",
        applies=_is_open,
    )
    def unlock(self, request: HttpRequest, user: User) -> None:
        unlocking.unlock_by_staff(user_id=user.pk, by=staff_member(request))

    @verb(
        _("Reset sign-in in two steps"),
        asks=_(
            "Their apps, passkeys and recovery codes are removed, and their sessions end. Be sure that it is the "
            "person who asks for this."
        ),
        done=_CHANGED,
        icon="phonelink_erase",
        dangerous=True,
        applies=lambda user: _is_open(user) and user.has_second_factor,
    )
    def reset_second_factor(self, request: HttpRequest, user: User) -> None:
        second_factor.reset(user_id=user.pk, by=staff_member(request))

    @verb(
        _("Activate"),
        done=_CHANGED,
        icon="person_check",
        applies=lambda user: not user.is_active and user.closed_at is None,
    )
    def activate(self, request: HttpRequest, user: User) -> None:
        services.set_active(user_id=user.pk, active=True, by=staff_member(request))

    @verb(
        _("Deactivate, and sign out everywhere; appointments stay"),
        asks=_("They are signed out everywhere and cannot sign in any more. Their appointments stay."),
        done=_CHANGED,
        icon="person_off",
        dangerous=True,
        applies=_is_open,
    )
    def deactivate(self, request: HttpRequest, user: User) -> None:
        services.set_active(user_id=user.pk, active=False, by=staff_member(request))

    @verb(
        _("Deactivate, sign out everywhere, and cancel their appointments to come"),
        asks=_(
            "They are signed out everywhere and cannot sign in any more. All their appointments to come are "
            "cancelled, those concerned are told, and what was paid is given back. This cannot be undone."
        ),
        done=_CHANGED,
        icon="event_busy",
        dangerous=True,
        applies=_is_open,
    )
    def deactivate_and_cancel(self, request: HttpRequest, user: User) -> None:
        by = staff_member(request)
        services.set_active(user_id=user.pk, active=False, by=by, cancel_bookings=True)

    def describe(self, row: Any) -> str:
        return f"{row.name} <{row.email}>" if row.name else str(row.email)
