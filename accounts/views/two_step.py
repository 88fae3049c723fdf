"""Sign-in in two steps: its pages on one's account, and the code at sign-in. allauth's views with our words."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import views as account_views
from allauth.mfa.base import views as base
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts import backends
from accounts.models import User
from accounts.second_factor import verbs
from accounts.second_factor.rule import has_second_factor, lacks_second_factor

SECTION = {"section": "two_step"}
ALL = reverse_lazy("mfa_index")
CODES = reverse_lazy("mfa_view_recovery_codes")


@login_required
@require_safe
@never_cache
def two_step(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    context = {
        "app": verbs.app_of(user),
        "passkeys": [passkey.wrap() for passkey in verbs.passkeys_of(user)],
        "may_add_passkey": verbs.passkeys_of(user).count() < verbs.MAX_PASSKEYS,
        "is_on": has_second_factor(user),
        "is_asked_for": lacks_second_factor(user),
        "codes_left": verbs.recovery_codes_left(user),
    }
    return render(request, "mfa/index.html", SECTION | context)


@method_decorator(never_cache, name="dispatch")
class AddApp(totp.ActivateTOTPView):
    extra_context = SECTION

    def form_valid(self, form: BaseForm) -> HttpResponse:
        codes = verbs.add_app(self.request, cast(User, self.request.user), cast(Any, form))
        return redirect(CODES if codes else ALL)


class RemoveApp(totp.DeactivateTOTPView):
    extra_context = SECTION

    def form_valid(self, form: BaseForm) -> HttpResponse:
        verbs.remove_app(self.request, cast(User, self.request.user))
        return redirect(ALL)


@method_decorator(never_cache, name="dispatch")
class AddPasskey(webauthn.AddWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """With the form that was sent: allauth's own forgets it, and what is wrong with it."""
        return super().get_context_data(**kwargs) | SECTION | kwargs

    def form_valid(self, form: BaseForm) -> HttpResponse:
        sent = form.cleaned_data
        made = verbs.add_passkey(
            self.request, cast(User, self.request.user), name=sent["name"], credential=sent["credential"]
        )
        return redirect(CODES if made else ALL)


class RenamePasskey(webauthn.EditWebAuthnView):
    extra_context = SECTION
    success_url = ALL


class RemovePasskey(webauthn.RemoveWebAuthnView):
    extra_context = SECTION

    def form_valid(self, form: BaseForm) -> HttpResponse:
        verbs.remove_passkey(self.request, cast(User, self.request.user), self.get_object())
        return redirect(ALL)


@method_decorator(never_cache, name="dispatch")
class RecoveryCodes(recovery.ViewRecoveryCodesView):
    """Shown once: who needs them again makes new ones."""

    extra_context = SECTION


class NewRecoveryCodes(recovery.GenerateRecoveryCodesView):
    extra_context = SECTION

    def form_valid(self, form: BaseForm) -> HttpResponse:
        verbs.new_recovery_codes(self.request, cast(User, self.request.user))
        return redirect(CODES)


class Code(base.AuthenticateView):
    """The second step of signing in."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.stage.login.user
        is_demo = settings.EMBEDDED and user.email.endswith("@" + backends.DEMO_DOMAIN)
        return super().get_context_data(**kwargs) | {
            "passkeys": verbs.passkeys_of(user).exists(),
            "app": verbs.app_of(user) is not None,
            "is_demo": is_demo,
        }


class Confirm(account_views.ReauthenticateView):
    extra_context = SECTION


class ConfirmByCode(base.ReauthenticateView):
    extra_context = SECTION


class ConfirmByPasskey(webauthn.ReauthenticateWebAuthnView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | SECTION
