"""What IT fills in to let others in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminEmailInputWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from accounts.forms.registration import zone_choices
from accounts.models import RegistrationToken, Role, User

_TAKEN = _("There is already an account with this e-mail.")


class NewAccountForm(forms.ModelForm):
    """A professional or a colleague: the password is sent by e-mail. Patients register themselves."""

    role = forms.ChoiceField(
        label=capfirst(_("role")),
        choices=[(role.value, role.label) for role in Role if role is not Role.PATIENT],
        widget=UnfoldAdminSelectWidget,
    )
    timezone = forms.ChoiceField(
        label=capfirst(_("time zone")),
        required=False,
        widget=UnfoldAdminSelectWidget,
        help_text=_("Of a professional's opening hours."),
    )

    class Meta:
        model = User
        fields = ("email", "name", "role", "language", "timezone")
        widgets = {
            "email": UnfoldAdminEmailInputWidget,
            "name": UnfoldAdminTextInputWidget,
            "language": UnfoldAdminSelectWidget,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        self.fields["timezone"].choices = [("", "-"), *zone_choices()]  # type: ignore[attr-defined]

    def clean_email(self) -> str:
        address = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email=address).exists():
            raise forms.ValidationError(_TAKEN, code="email_taken")
        return address

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("role") == Role.PROFESSIONAL and not data.get("timezone"):
            self.add_error("timezone", _("A professional's opening hours need a time zone."))
        return data


class NewTokenForm(forms.ModelForm):
    class Meta:
        model = RegistrationToken
        fields = ("email",)
        widgets = {"email": UnfoldAdminEmailInputWidget}
        help_texts = {
            "email": _(
                "The link is sent there, and works for this address alone. Empty: the link is shown to you once."
            )
        }

    def clean_email(self) -> str:
        address = str(self.cleaned_data.get("email") or "").strip().lower()
        if address and User.objects.filter(email=address).exists():
            raise forms.ValidationError(_TAKEN, code="email_taken")
        return address
