"""allauth's forms of the second factor in our words, on our codes."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.core import context
from allauth.mfa.base import forms as base
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY, generate_totp_secret
from allauth.mfa.webauthn import forms as webauthn
from allauth.mfa.webauthn.internal import auth
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import UserVerificationRequirement

from accounts.audited import who_is
from accounts.second_factor import secrets
from accounts.second_factor.codes import count_guess, step_of, use_code, wrong_code
from core import audit

MAX_NAME = 60
# What the parser of passkeys' answers raises when there is none to parse.
_NONSENSE = (AttributeError, KeyError, TypeError, ValueError)


def _name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Name"),
        max_length=MAX_NAME,
        help_text=_("So that you know it again: the phone, the key on your ring."),
    )


def _code_field(label: Any, help_text: Any) -> forms.CharField:
    widget = forms.TextInput(
        attrs={"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
    )
    return forms.CharField(label=label, help_text=help_text, max_length=32, widget=widget)


class CodeForm(base.AuthenticateForm):
    """At sign-in: the code of the app, or a recovery code."""

    code = _code_field(_("Code"), _("Six digits from your app, or one of your recovery codes."))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        self.authenticator = use_code(self.user, code)
        return code


class ConfirmCodeForm(base.ReauthenticateForm):
    """Before something that matters, for somebody without a password."""

    code = _code_field(_("Code"), _("Six digits from your app, or one of your recovery codes."))
    clean_code = CodeForm.clean_code


class ConfirmPasswordForm(ReauthenticateForm):
    """Before something that matters: the password again."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")
        self.fields["password"].widget.attrs.pop("placeholder", None)


class AddAppForm(totp.ActivateTOTPForm):
    """The first code of an app. Its secret waits in the session, sealed, until the code proves that it arrived."""

    code = _code_field(_("Code of the app"), _("Six digits that the app shows for Vicita."))
    step = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user = kwargs.pop("user")
        forms.Form.__init__(
            self, *args, **kwargs
        )  # allauth's own would put the secret into the session as it is
        self.secret = pending_secret() if self.is_bound else new_secret()

    def clean_code(self) -> str:
        validate_can_add_authenticator(self.user)
        guess = count_guess(self.user)
        code: str = self.cleaned_data["code"]
        step = step_of(self.secret, code) if self.secret else None
        if step is None:
            raise wrong_code()
        guess.rollback()
        self.step = step
        return code


class PasskeyForm(webauthn.AuthenticateWebAuthnForm):
    """At sign-in: the passkey's answer. Nobody guesses one: allauth's count of failures is left alone, which a right
    answer would wipe for the whole address."""

    def clean_credential(self) -> Authenticator:
        return _answering(self.cleaned_data["credential"], self.user)


class PasskeyLoginForm(webauthn.LoginWebAuthnForm):
    """Instead of e-mail and password: the passkey says whose it is, and has asked for a finger, a face or a PIN."""

    def clean_credential(self) -> Authenticator:
        """Only as an answer to this question: that of a second step lets a key answer for whoever holds it."""
        if (auth.get_state() or {}).get("user_verification") != UserVerificationRequirement.REQUIRED:
            raise _not_recognised()
        return _answering(self.cleaned_data["credential"], None)


class ConfirmPasskeyForm(webauthn.ReauthenticateWebAuthnForm):
    clean_credential = PasskeyForm.clean_credential


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    name = _name_field()
    passwordless = None  # whether it can stand for the password, too, is the device's to know

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = False  # the device has made the key by then

    def clean(self) -> dict[str, Any]:
        try:
            sent: dict[str, Any] = super().clean()
        except _NONSENSE as error:
            raise _not_recognised() from error
        return sent


class RenamePasskeyForm(webauthn.EditWebAuthnForm):
    name = _name_field()


def new_secret() -> str:
    """Of an app to be set up in this session."""
    secret: str = generate_totp_secret()
    context.request.session[SECRET_SESSION_KEY] = secrets.seal(secret)
    return secret


def pending_secret() -> str:
    """Of the app being set up in this session; '' for none."""
    sealed = context.request.session.get(SECRET_SESSION_KEY)
    return secrets.unseal(sealed) if sealed else ""


def _answering(credential: Any, user: Any) -> Authenticator:
    """The passkey that signed. Raises ValidationError, whatever nonsense was sent."""
    owner = user
    try:
        auth.parse_authentication_response(credential)
        owner = user or auth.extract_user_from_response(credential)
        return auth.complete_authentication(owner, credential)
    except (ValidationError, *_NONSENSE) as error:
        who = who_is(owner) if owner is not None else None
        audit.attempted("second_factor.refused", who=who, object=owner, code="passkey")
        raise _not_recognised() from error


def _not_recognised() -> ValidationError:
    return ValidationError(_("This passkey was not recognised. Please try again."), code="incorrect_code")
