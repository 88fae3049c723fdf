"""A password of one's own: changing it, choosing it anew by the link of a letter, and the way out of a lockout."""

from __future__ import annotations

from typing import cast

from allauth.account import views as allauth
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import lockout, services, unlocking
from accounts.forms import ChangePasswordForm
from accounts.models import User
from core.errors import DomainError
from core.form_pages import read_or_send, status_of
from core.limits import public_write


@sensitive_post_parameters()
@never_cache
@login_required
@read_or_send
def account_password(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            services.change_password(
                user=user,
                current_password=given["current_password"],
                new_password=given["new_password"],
                session=request.session,
                new_key=True,
            )
        except DomainError as refusal:
            if refusal.attr not in form.fields:
                raise
            form.add_error(refusal.attr, str(refusal))
        else:
            messages.success(request, _("Your password is changed. Everywhere else you are signed out."))
            return redirect("account_password")
    context = {"section": "password", "form": form, "has_password": user.has_usable_password()}
    return render(request, "account/password.html", context, status=status_of(form))


@method_decorator(sensitive_post_parameters(), name="dispatch")
class ChooseNewPassword(allauth.PasswordResetFromKeyView):
    """allauth's page of the link in the letter, with our verb behind its form."""

    def form_valid(self, form: Form) -> HttpResponse:
        user = cast(User, self.reset_user)
        try:
            services.reset_password(user=user, key=self.key, new_password=form.cleaned_data["password1"])
        except DomainError as refusal:
            form.add_error("password1", str(refusal))
            return cast(HttpResponse, self.form_invalid(form))
        logout(self.request)
        response = redirect("account_reset_password_from_key_done")
        lockout.remember_device(self.request, response, user.email)
        return response


@never_cache
@read_or_send
@public_write
def account_unlock(request: HttpRequest, token: str) -> HttpResponse:
    """Asks before it does: programs that read mail open links."""
    if request.method != "POST":
        unlocking.owner_of_link(token)
        return render(request, "account/unlock.html")
    user = unlocking.unlock_by_link(token=token)
    messages.success(request, _("You can sign in again."))
    response = redirect("account_login")
    lockout.remember_device(request, response, user.email)
    return response
