"""Users and professionals for IT administration; patients, read only, for medical administration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Model, Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import services
from accounts.admin_access import RoleAdmin
from accounts.forms.staff import NewAccountForm, NewTokenForm
from accounts.models import Patient, Professional, RegistrationToken, Role, User
from accounts.second_factor import verbs as second_factor
from core.errors import DomainError


class _Acts(RoleAdmin):
    """Verbs of the domain, each for one row after the other."""

    def act_on_each(
        self,
        request: HttpRequest,
        rows: QuerySet[Any],
        act: Callable[[Any], object],
        say: Callable[[int], str],
    ) -> None:
        done = 0
        for row in rows:
            try:
                act(row)
            except DomainError as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
            else:
                done += 1
        self.message_user(request, say(done) % {"count": done}, messages.SUCCESS)


class _Opens(_Acts):
    """Rows are added here by a verb of the domain, with a form of their own."""

    add_form: type[ModelForm[Any]]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_manage_permission(request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return super().get_fields(request, obj) if obj else self.add_form._meta.fields

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        options = {} if obj else {"form": self.add_form}
        return super().get_form(request, obj, change, **{**kwargs, **options})

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Who opened what is for the domain to remember: no name of a person is copied into the admin's log."""


@admin.register(User)
class UserAdmin(_Opens):
    managers = frozenset({Role.IT_ADMIN})
    list_display = ("email", "name", "role", "is_active", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    ordering = ("email",)
    fields = ("email", "name", "role", "language", "timezone", "is_active", "last_login", "created_at")
    actions = (
        "send_temporary_password",
        "reset_second_factor",
        "activate",
        "deactivate",
        "deactivate_and_cancel",
    )
    add_form = NewAccountForm

    @admin.action(description=_("Activate"), permissions=["manage"])
    def activate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users, active=True)

    @admin.action(
        description=_("Deactivate, and sign out everywhere; appointments stay"), permissions=["manage"]
    )
    def deactivate(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users, active=False)

    @admin.action(
        description=_("Deactivate, sign out everywhere, and cancel their appointments to come"),
        permissions=["manage"],
    )
    def deactivate_and_cancel(self, request: HttpRequest, users: QuerySet[User]) -> None:
        self._set_active(request, users, active=False, cancel_bookings=True)

    @admin.action(description=_("Reset sign-in in two steps"), permissions=["manage"])
    def reset_second_factor(self, request: HttpRequest, users: QuerySet[User]) -> None:
        by = cast(User, request.user)
        self.act_on_each(
            request,
            users,
            lambda user: second_factor.reset(user_id=user.pk, by=by),
            lambda done: ngettext("%(count)d account changed.", "%(count)d accounts changed.", done),
        )

    @admin.action(description=_("Send a temporary password"), permissions=["manage"])
    def send_temporary_password(self, request: HttpRequest, users: QuerySet[User]) -> None:
        by = cast(User, request.user)
        self.act_on_each(
            request,
            users,
            lambda user: services.issue_temporary_password(user_id=user.pk, by=by),
            lambda done: ngettext(
                "%(count)d temporary password is on its way.",
                "%(count)d temporary passwords are on their way.",
                done,
            ),
        )

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm[User], change: bool) -> None:
        """Only ever a new one."""
        obj.pk = services.open_account(**form.cleaned_data).pk

    def _set_active(
        self, request: HttpRequest, users: QuerySet[User], *, active: bool, cancel_bookings: bool = False
    ) -> None:
        by = cast(User, request.user)
        self.act_on_each(
            request,
            users,
            lambda user: services.set_active(
                user_id=user.pk, active=active, by=by, cancel_bookings=cancel_bookings
            ),
            lambda done: ngettext("%(count)d account changed.", "%(count)d accounts changed.", done),
        )


@admin.register(Professional)
class ProfessionalAdmin(_Acts):
    managers = frozenset({Role.IT_ADMIN})
    list_display = ("name", "email", "licence", "city", "country", "approved_at", "is_listed")
    list_filter = (("approved_at", admin.EmptyFieldListFilter), "is_listed", "country", "specialties")
    list_select_related = ("user",)
    search_fields = ("name", "slug", "user__email", "licence")
    fields = (
        "name",
        "slug",
        "user",
        "specialties",
        "licence",
        "bio",
        "city",
        "country",
        "address",
        "languages",
        "timezone",
        "is_listed",
        "approved_at",
        "created_at",
    )
    actions = ("approve",)

    @admin.action(description=_("Approve: patients find and book them"), permissions=["manage"])
    def approve(self, request: HttpRequest, professionals: QuerySet[Professional]) -> None:
        self.act_on_each(
            request,
            professionals,
            lambda professional: services.approve_professional(professional_id=professional.pk),
            lambda done: ngettext(
                "%(count)d professional approved.", "%(count)d professionals approved.", done
            ),
        )

    @admin.display(description=_("e-mail"), ordering="user__email")
    def email(self, professional: Professional) -> str:
        return professional.user.email


@admin.register(RegistrationToken)
class RegistrationTokenAdmin(_Opens):
    """Invitations. The link itself is nowhere kept: it is sent, or shown once."""

    managers = frozenset({Role.IT_ADMIN})
    list_display = ("issued_at", "email", "issued_by", "state", "expires_at", "used_by")
    list_select_related = ("issued_by", "used_by")
    fields = ("email", "issued_by", "issued_at", "state", "expires_at", "used_at", "used_by")
    readonly_fields = ("state",)
    actions = ("withdraw",)
    add_form = NewTokenForm

    def save_model(
        self, request: HttpRequest, obj: RegistrationToken, form: ModelForm[RegistrationToken], change: bool
    ) -> None:
        """Only ever a new one."""
        issued = services.issue_registration_token(
            by=cast(User, request.user),
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
        context = self.admin_site.each_context(request) | {
            "title": _("Invitation"),
            "opts": self.opts,
            "issued": obj,
        }
        return TemplateResponse(request, "admin/accounts/registration_token_issued.html", context)

    @admin.action(description=_("Withdraw"), permissions=["manage"])
    def withdraw(self, request: HttpRequest, tokens: QuerySet[RegistrationToken]) -> None:
        self.act_on_each(
            request,
            tokens,
            lambda token: services.withdraw_registration_token(token_id=token.pk),
            lambda done: ngettext(
                "%(count)d invitation withdrawn.", "%(count)d invitations withdrawn.", done
            ),
        )

    @admin.display(description=_("state"))
    def state(self, token: RegistrationToken) -> str:
        if token.used_at:
            return str(_("used"))
        return str(_("too old") if token.expires_at <= timezone.now() else _("open"))


@admin.register(Patient)
class PatientAdmin(RoleAdmin):
    readers = frozenset({Role.MEDICAL_ADMIN})
    list_display = ("name", "email", "phone", "practice", "created_at")
    list_display_links = ("name", "email")
    list_select_related = ("data_key", "professional")
    sortable_by = ("practice", "created_at")
    ordering = ("-created_at",)
    search_fields = ("email_index", "phone_index")
    search_help_text = _("The whole e-mail or the whole phone number")
    fields = ("name", "email", "phone", "practice", "account", "language", "timezone", "created_at")
    readonly_fields = ("practice", "account")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Patient]:
        found: QuerySet[Patient] = super().get_queryset(request)
        return found.filter(merged_into=None).select_related("data_key", "professional", "user")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Patient], search_term: str
    ) -> tuple[QuerySet[Patient], bool]:
        """Sealed values are found by their blind indexes."""
        if not search_term.strip():
            return queryset, False
        email = Q(email_index=Patient.index_of_email(search_term))
        phone = Q(phone_index=Patient.index_of_phone(search_term)) & ~Q(phone_index="")
        return queryset.filter(email | phone), False

    # Words, not links: the pages of professionals and users are not this role's.
    @admin.display(description=_("professional"), ordering="professional__name")
    def practice(self, patient: Patient) -> str:
        return patient.professional.name

    @admin.display(description=_("user"), empty_value="-")
    def account(self, patient: Patient) -> str | None:
        return patient.user.email if patient.user else None
