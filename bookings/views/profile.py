"""What a professional says of the practice on the public page, with the picture."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import selectors
from accounts.models import Professional
from accounts.pictures import LARGEST_FILE
from accounts.services import change_practice, remove_photo, save_photo
from bookings.forms.profile import PracticeForm
from bookings.views.people import professional_only, user_of
from core.errors import Refused
from core.form_pages import read_or_send, status_of
from core.limits import require_within
from core.uploads import takes_file

PHOTO_RATE = "30/h"


@never_cache
@professional_only
@read_or_send
def doctor_profile(request: HttpRequest, professional: Professional) -> HttpResponse:
    form = PracticeForm(request.POST if request.method == "POST" else None, professional=professional)
    appointments = 0
    if request.method == "POST" and form.is_valid():
        try:
            change_practice(professional=professional, **form.cleaned_data)
        except Refused as error:
            form.refuse(error)
            appointments = error.extra.get("appointments", 0)
        else:
            messages.success(request, _("Saved."))
            return redirect("doctor_profile")
    return _page(request, form, appointments=appointments, status=status_of(form))


@takes_file(largest=LARGEST_FILE)
@never_cache
@professional_only
@require_POST
def doctor_photo(request: HttpRequest, professional: Professional) -> HttpResponse:
    require_within(request, group="photo", rate=PHOTO_RATE)
    sent = request.FILES.get("photo")
    try:
        if sent is None:
            raise Refused(_("Please choose a picture."), code="required", attr="photo")
        save_photo(professional=professional, content=sent.read())
    except Refused as error:
        return _page(request, PracticeForm(professional=professional), photo_error=error, status=error.status)
    messages.success(request, _("Your picture is on your page."))
    return redirect("doctor_profile")


@require_POST
@professional_only
def doctor_photo_remove(request: HttpRequest, professional: Professional) -> HttpResponse:
    remove_photo(professional=professional)
    messages.success(request, _("Your picture is removed."))
    return redirect("doctor_profile")


def _page(request: HttpRequest, form: PracticeForm, *, status: int, **more: Any) -> HttpResponse:
    professional = selectors.own_practice(user_of(request))
    context = {"section": "profile", "form": form, "professional": professional, "largest": LARGEST_FILE}
    return render(request, "bookings/profile.html", context | more, status=status)
