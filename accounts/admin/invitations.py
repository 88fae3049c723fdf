"""Invitations of professionals, for IT administration."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import QuerySet, TextChoices
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts import services
from accounts.admin.base import IT, Opens, staff_member
from accounts.admin_access import in_the_admin
from accounts.admin_lists import BySelect, badge, column, in_short
from accounts.admin_verbs import verb
from accounts.forms.staff import NewTokenForm
from accounts.models import RegistrationToken


class InvitationState(TextChoices):
    OPEN = "open", _("still open")
    USED = "used", _("used")
    OVER = "over", _("too old or withdrawn")


_COLOURS = {InvitationState.OPEN: "info", InvitationState.USED: "success", InvitationState.OVER: ""}


class ByState(BySelect):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in InvitationState]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[RegistrationToken]
    ) -> QuerySet[RegistrationToken]:
        now = timezone.now()
        match self.value():
            case InvitationState.OPEN:
                return queryset.filter(used_at=None, expires_at__gt=now)
            case InvitationState.USED:
                return queryset.filter(used_at__isnull=False)
            case InvitationState.OVER:
                return queryset.filter(used_at=None, expires_at__lte=now)
        return queryset


@admin.register(RegistrationToken)
class RegistrationTokenAdmin(Opens):
    """Invitations. The link itself is nowhere kept: it is sent, or shown once."""

    managers = IT
    menu_icon = "mail"
    list_display = ("whom", "state", "issued", "issued_by", "expires", "used_by")
    list_filter = (ByState,)
    search_fields = ("email",)
    search_help_text = _("E-mail")
    list_select_related = ("issued_by", "used_by")
    fields = ("whom", "issued_by", "issued", "state", "expires", "used", "used_by")
    readonly_fields = ("whom", "state", "issued", "expires", "used")
    issued = column("issued_at", _("issued"), ordering=True)
    expires = column("expires_at", _("expires"), ordering=True)
    used = column("used_at", _("used"))
    verbs = ("withdraw",)
    add_form = NewTokenForm

    def save_model(
        self, request: HttpRequest, obj: RegistrationToken, form: ModelForm[RegistrationToken], change: bool
    ) -> None:
        """Only ever a new one."""
        issued = services.issue_registration_token(
            by=staff_member(request),
            email=form.cleaned_data["email"],
            language=request.LANGUAGE_CODE.partition("-")[0],
        )
        obj.pk, obj.expires_at = issued.row.pk, issued.row.expires_at
        obj.link = settings.PUBLIC_URL + reverse("join", args=[issued.token])  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: RegistrationToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        if obj.email:
            sent = _("The invitation is on its way to %(email)s.") % {"email": obj.email}
            self.message_user(request, sent, messages.SUCCESS)
            next_page = "add" if "_addanother" in request.POST else "changelist"
            return redirect(f"admin:accounts_registrationtoken_{next_page}")
        context = {"opts": self.opts, "issued": obj, "until": in_short(obj.expires_at)}
        template = "admin/accounts/registration_token_issued.html"
        return in_the_admin(request, template, context, title=_("The invitation is ready"))

    @verb(
        _("Withdraw"),
        asks=_("The link opens nothing any more."),
        done=ngettext_lazy("%(count)d invitation withdrawn.", "%(count)d invitations withdrawn.", "count"),
        icon="link_off",
        dangerous=True,
        applies=lambda token: token.used_at is None and token.expires_at > timezone.now(),
    )
    def withdraw(self, request: HttpRequest, token: RegistrationToken) -> None:
        services.withdraw_registration_token(token_id=token.pk)

    def describe(self, row: Any) -> str:
        return self.whom(row)

    @admin.display(description=_("for"), ordering="email")
    def whom(self, token: RegistrationToken) -> str:
        return token.email or str(_("whoever has the link"))

    @admin.display(description=_("state"))
    def state(self, token: RegistrationToken) -> str:
        state = _state_of(token)
        return badge(state.label, _COLOURS[state])


def _state_of(token: RegistrationToken) -> InvitationState:
    if token.used_at:
        return InvitationState.USED
    return InvitationState.OVER if token.expires_at <= timezone.now() else InvitationState.OPEN
