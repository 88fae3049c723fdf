"""Registering, and confirming the address. Whether an address is known is said in letters alone, never here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from accounts import services, sign_in, verification
from accounts.forms.registration import ConfirmForm, JoinForm, ProfessionalSignupForm, SignupForm
from core.errors import DomainError, Refused
from core.form_pages import read_or_send

View = Callable[..., HttpResponse]
# Where the last letter went, so that its page can say so and send another.
WRITTEN_TO = "written_to"
# The page from which somebody came to register (`?next=`): there they go on once their address is confirmed.
LEADS_TO = "leads_to"


def for_strangers(view: View) -> View:
    """Whoever is signed in is led home."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            return redirect("home_of_role")
        return view(request, *args, **kwargs)

    return never_cache(sensitive_post_parameters("password")(read_or_send(shown)))


@for_strangers
def signup(request: HttpRequest) -> HttpResponse:
    form = SignupForm(request.POST or None)
    if form.is_valid():
        zone = getattr(request.visitor_zone, "key", "")  # type: ignore[attr-defined]
        done = _registered(request, form, services.register_patient, **form.cleaned_data, timezone=zone)
        if done:
            return done
    return _page(request, "signup", form)


@for_strangers
def signup_professional(request: HttpRequest) -> HttpResponse:
    form = ProfessionalSignupForm(request.POST or None, initial=_zone(request))
    if form.is_valid():
        who = {name: form.cleaned_data[name] for name in ("name", "email", "password")}
        done = _registered(request, form, services.register_professional, **who, **form.practice)
        if done:
            return done
    return _page(request, "signup_professional", form)


@for_strangers
def join(request: HttpRequest, token: str) -> HttpResponse:
    """By the invitation of IT: the password comes by e-mail."""
    try:
        invitation = services.usable_token(token)
    except Refused as refusal:
        return render(request, "account/join_closed.html", {"reason": str(refusal)}, status=410)
    form = JoinForm(request.POST or None, initial=_zone(request), address=invitation.email)
    if form.is_valid():
        data = form.cleaned_data
        try:
            services.register_medical_professional(
                token=token,
                email=data["email"],
                name=data["name"],
                language=_language(),
                licence=data["licence"],
                timezone=data["timezone"],
                specialty=data["specialty"].slug if data["specialty"] else "",
                city=data["city"],
                country=data["country"],
            )
        except DomainError as error:
            form.refuse(error)
        else:
            return render(request, "account/join_done.html", {"email": data["email"]})
    return _page(request, "join", form)


@never_cache
@read_or_send
def confirmation_sent(request: HttpRequest) -> HttpResponse:
    """Where to look for the letter; sends it once more."""
    address = request.session.get(WRITTEN_TO, "")
    if request.method == "POST" and address:
        sign_in.limit(request, "signup", key=address)
        services.resend_confirmation(email=address, language=_language())
        return render(request, "account/verification_sent.html", {"email": address, "again": True})
    return render(request, "account/verification_sent.html", {"email": address})


@never_cache
@sensitive_post_parameters("password")
@read_or_send
def confirm_email(request: HttpRequest, key: str) -> HttpResponse:
    """The link of the letter: asks for the account's password, unless it is its owner who is signed in."""
    try:
        address = verification.address_of(key)
    except Refused:
        return render(request, "account/email_confirm.html", {}, status=410)
    asks = verification.needs_password(request, address)
    form = ConfirmForm(request.POST if asks and request.method == "POST" else None)
    context = {"address": address.email, "form": form if asks else None, "key": key}
    if request.method != "POST" or (asks and not form.is_valid()):
        return render(request, "account/email_confirm.html", context)
    try:
        owner = verification.confirm(request, key=key, password=request.POST.get("password", ""))
    except DomainError as error:
        if not asks:
            raise
        form.refuse(error)
        return render(request, "account/email_confirm.html", context)
    request.session.pop(WRITTEN_TO, None)
    leads_to = request.session.pop(LEADS_TO, None)
    if not asks:
        return redirect(leads_to or "home_of_role")
    credentials = {"email": address.email, "password": request.POST["password"]}
    login = Login(user=owner, email=address.email, redirect_url=leads_to)
    return perform_password_login(request, credentials, login)


def _registered(
    request: HttpRequest, form: Any, register: Callable[..., None], **details: Any
) -> HttpResponse | None:
    """None, and words in the form, where a rule said no."""
    sign_in.limit(request, "signup", key=details["email"].lower())
    try:
        register(**details, language=_language())
    except DomainError as error:
        form.refuse(error)
        return None
    request.session[WRITTEN_TO] = details["email"]
    request.session[LEADS_TO] = get_next_redirect_url(request)
    return redirect("account_email_verification_sent")


def _page(request: HttpRequest, name: str, form: Any) -> HttpResponse:
    context = {"form": form, "redirect_field_value": get_next_redirect_url(request)}
    return render(request, f"account/{name}.html", context)


def _zone(request: HttpRequest) -> dict[str, str]:
    return {"timezone": getattr(request.visitor_zone, "key", "")}  # type: ignore[attr-defined]


def _language() -> str:
    return (get_language() or "es").partition("-")[0]
