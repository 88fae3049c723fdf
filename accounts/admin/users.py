"""Accounts of everybody, for IT administration."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import F, Model, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.decorators import display

from accounts import services, unlocking
from accounts.account_state import AccountState, in_state, locked_among, state_of
from accounts.admin.base import IT, Opens, link_to, staff_member
from accounts.admin_lists import ByChoice, BySelect, badge, column
from accounts.admin_verbs import verb
from accounts.forms.staff import NewAccountForm
from accounts.models import User
from accounts.second_factor import verbs as second_factor
from accounts.second_factor.rule import owns_second_factor
from accounts.shown import note_shown

_CHANGED = ngettext_lazy("%(count)d account changed.", "%(count)d accounts changed.", "count")


_COLOURS = {
    AccountState.ACTIVE: "success",
    AccountState.LOCKED: "warning",
    AccountState.TEMPORARY: "info",
    AccountState.DEACTIVATED: "danger",
}


def _is_anothers(user: User) -> bool:
    """Open, and not the own one of whoever looks: the domain refuses to lock oneself out."""
    return user.is_active and not user.is_own  # type: ignore[attr-defined]


class ByState(BySelect):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in AccountState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        state = self.value()
        return in_state(queryset, state) if state else queryset


class BySecondFactor(BySelect):
    title = _("sign-in in two steps")
    parameter_name = "two_step"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("set up")), ("no", _("not set up")), ("missing", _("not set up, but needed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        match self.value():
            case "yes":
                return queryset.filter(owns_second_factor())
            case "no":
                return queryset.filter(~owns_second_factor())
            case "missing":
                needed = {"role__in": settings.SECOND_FACTOR_ROLES, "is_active": True}
                return queryset.filter(~owns_second_factor(), **needed)
        return queryset


@admin.register(User)
class UserAdmin(Opens):
    managers = IT
    menu_icon = "manage_accounts"
    list_display = ("who", "role", "state", "two_step", "signed_in_at")
    list_filter = (("role", ByChoice), ByState, BySecondFactor)
    search_fields = ("email", "name")
    search_help_text = _("E-mail or name")
    # Those of whom nothing but a number is left come last.
    ordering = (F("closed_at").asc(nulls_first=True), "email")
    readonly_fields = (
        "state",
        "two_step",
        "practice",
        "trace",
        "temporary_until",
        "signed_in_at",
        "created",
        "closed",
    )
    fields = (
        "email",
        "name",
        "role",
        "practice",
        "state",
        "temporary_until",
        "two_step",
        "signed_in_at",
        "language",
        "timezone",
        "created",
        "closed",
        "trace",
    )
    temporary_until = column("temporary_password_until", _("temporary password until"))
    signed_in_at = column("last_login", _("last signed in"), ordering=True)
    created = column("created_at", _("created"))
    closed = column("closed_at", _("deleted"))
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
        return found.annotate(has_second_factor=owns_second_factor()).select_related("professional")

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        page: ChangeList = super().get_changelist_instance(request)
        _say_who_is_locked(page.result_list)
        note_shown(user.pk for user in page.result_list)
        return page

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> User | None:
        user: User | None = super().get_object(request, object_id, from_field)
        if user:
            user.is_own = user == request.user  # type: ignore[attr-defined]
            _say_who_is_locked([user])
            note_shown([user.pk])
        return user

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Of what is not said about this account nothing stands there."""
        fields = super().get_fields(request, obj)
        if not isinstance(obj, User):
            return fields
        silent = {"temporary_until"} if obj.temporary_password_until is None else set()
        silent |= {"closed"} if obj.closed_at is None else set()
        gone = {"email", "name", "timezone", "signed_in_at", "two_step"} if obj.closed_at else set()
        practice = set() if hasattr(obj, "professional") else {"practice"}
        return [name for name in fields if name not in silent | gone | practice]

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Only ever a new one."""
        obj.pk = services.open_account(**form.cleaned_data).pk

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to its page, with what happens next. No address stands in the message: a cookie carries it."""
        opened = _(
            "The account is open. A temporary password is on its way by e-mail; it is good once, for 24 hours."
        )
        self.message_user(request, opened, messages.SUCCESS)
        if "_addanother" in request.POST:
            return redirect("admin:accounts_user_add")
        return redirect("admin:accounts_user_change", obj.pk)

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
        applies=_is_anothers,
    )
    def send_temporary_password(self, request: HttpRequest, user: User) -> None:
        services.issue_temporary_password(user_id=user.pk, by=staff_member(request))

    @verb(
        _("Unlock"),
        done=ngettext_lazy("%(count)d account unlocked.", "%(count)d accounts unlocked.", "count"),
        icon="lock_open",
        applies=lambda user: user.is_locked,
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
        applies=lambda user: _is_anothers(user) and user.has_second_factor,
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
        _("Deactivate"),
        asks=_("They are signed out everywhere and cannot sign in any more. Their appointments stay."),
        done=_CHANGED,
        icon="person_off",
        dangerous=True,
        applies=_is_anothers,
    )
    def deactivate(self, request: HttpRequest, user: User) -> None:
        services.set_active(user_id=user.pk, active=False, by=staff_member(request))

    @verb(
        _("Deactivate, and cancel their appointments to come"),
        asks=_(
            "They are signed out everywhere and cannot sign in any more. All their appointments to come are "
            "cancelled, those concerned are told, and what was paid is given back. This cannot be undone."
        ),
        done=_CHANGED,
        icon="event_busy",
        dangerous=True,
        applies=_is_anothers,
    )
    def deactivate_and_cancel(self, request: HttpRequest, user: User) -> None:
        by = staff_member(request)
        services.set_active(user_id=user.pk, active=False, by=by, cancel_bookings=True)

    def describe(self, row: Any) -> str:
        if row.closed_at:
            return " ".join(self.who(row))
        return f"{row.name} <{row.email}>" if row.name else str(row.email)

    @display(description=_("account"), ordering="email", header=True)
    def who(self, user: User) -> list[str]:
        """Of a deleted account nothing is left that would say whose it was."""
        if user.closed_at:
            return [str(_("Deleted account")), user.pk.hex[:8]]
        return [user.name or user.email, user.email if user.name else ""]

    @admin.display(description=_("state"))
    def state(self, user: User) -> str:
        state = state_of(user, is_locked=getattr(user, "is_locked", False))
        return badge(state.label, _COLOURS.get(state, ""))

    @admin.display(description=_("sign-in in two steps"))
    def two_step(self, user: User) -> str | None:
        """Nothing is said where nobody asks for it and it is not there."""
        if getattr(user, "has_second_factor", False):
            return badge(_("set up"), "success")
        needed = user.is_active and user.role in settings.SECOND_FACTOR_ROLES
        return badge(_("missing"), "danger") if needed else None

    @admin.display(description=_("professional"))
    def practice(self, user: User) -> str:
        practice = user.professional
        return link_to(reverse("admin:accounts_professional_change", args=[practice.pk]), practice.name)

    @admin.display(description=_("audit"))
    def trace(self, user: User) -> str:
        link = reverse("admin:audit", query={"object_id": user.pk})
        return link_to(link, str(_("What was done with this account")))


def _say_who_is_locked(users: Iterable[User]) -> None:
    users = list(users)
    locked = locked_among(users)
    for user in users:
        user.is_locked = user.pk in locked  # type: ignore[attr-defined]
