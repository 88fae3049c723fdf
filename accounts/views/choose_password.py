"""The one page that a temporary password opens."""

from __future__ import annotations

from typing import cast

from allauth.account.internal.decorators import login_stage_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters

from accounts import services
from accounts.forms.registration import ChoosePasswordForm
from accounts.models import User
from accounts.stages import ChooseOwnPassword
from core.errors import Refused
from core.form_pages import read_or_send


@sensitive_post_parameters("new_password")
@read_or_send
@login_stage_required(stage=ChooseOwnPassword.key, redirect_urlname="account_login")
def choose_password(request: HttpRequest) -> HttpResponse:
    stage = cast(ChooseOwnPassword, request._login_stage)  # type: ignore[attr-defined]
    user = cast(User, stage.login.user)
    form = ChoosePasswordForm(request.POST or None)
    if form.is_valid():
        try:
            stage.login.user = services.replace_temporary_password(
                user_id=user.pk,
                opened_with=stage.state["opened_with"],
                new_password=form.cleaned_data["new_password"],
            )
        except Refused as refusal:
            if refusal.attr is None:  # the temporary password is no more: nothing to do on this page
                messages.error(request, str(refusal))
                return cast(HttpResponse, stage.abort())
            form.refuse(refusal)
        else:
            return cast(HttpResponse, stage.exit())
    return render(request, "account/choose_password.html", {"form": form, "email": user.email})
