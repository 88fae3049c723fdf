"""Another e-mail for one's account: asked for with the password, done by the link that is sent to the new address."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import email_change
from accounts.forms.profile import EmailForm
from accounts.models import User
from core.errors import Refused
from core.form_pages import read_or_send, status_of


@never_cache
@login_required
@read_or_send
def change_email(request: HttpRequest) -> HttpResponse:
    form = EmailForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            email_change.ask(request, user=cast(User, request.user), **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            return render(
                request,
                "account/email_sent.html",
                {"section": "email", "address": form.cleaned_data["email"]},
            )
    status = status_of(form)
    return render(request, "account/email.html", {"section": "email", "form": form}, status=status)


@never_cache
@login_required
@read_or_send
def confirm_change_of_email(request: HttpRequest, key: str) -> HttpResponse:
    """A link is followed by programs as well: pressing the button is what counts."""
    user = cast(User, request.user)
    try:
        if request.method == "POST":
            email_change.confirm(request, user=user, key=key)
            messages.success(request, _("Your e-mail is changed."))
            return redirect("change_email")
        address = email_change.address_of(key, user)
    except Refused as error:
        context = {"section": "email", "refusal": error}
        return render(request, "account/email_new.html", context, status=error.status)
    return render(request, "account/email_new.html", {"section": "email", "address": address})
