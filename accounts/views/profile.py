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
from django.views.decorators.http import require_http_methods

from accounts.forms.profile import ProfileForm
from accounts.language import remember_language
from accounts.models import User
from accounts.services import change_account
from core.errors import Refused


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
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
    return render(request, "account/profile.html", context, status=400 if form.errors else 200)
