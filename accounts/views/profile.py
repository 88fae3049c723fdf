"""One's own account: the person's name, language and time zone."""

from __future__ import annotations

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.forms.profile import ProfileForm
from accounts.language import remember_language
from accounts.models import User
from accounts.services import change_account
from core.errors import Refused
from core.form_pages import read_or_send, status_of


@never_cache
@login_required
@read_or_send
def account(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    form = ProfileForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            change_account(user=user, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
        else:
            with translation.override(user.language):
                messages.success(request, _("Saved."))
            return remember_language(redirect("account"), user.language)
    context = {"section": "profile", "form": form}
    return render(request, "account/profile.html", context, status=status_of(form))
