"""What the audit says of accounts, in words, and by whom it was done where nobody is signed in yet."""

from __future__ import annotations

from uuid import UUID

from allauth.account.models import EmailAddress
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core import audit
from core.audit.words import Words

ACTIONS: Words = {
    "sign_in.succeeded": _("Sign-in succeeded"),
    "sign_in.refused": _("Sign-in refused"),
    "password.refused": _("Wrong password, asked for again"),
    "second_factor.refused": _("Second step of signing in refused"),
    "session.signed_out": _("Signed out"),
    "session.ended": _("Sessions ended"),
    "refresh_token.reused": _("Copied token used; its session ended"),
    "lockout.began": _("Locked after too many wrong passwords"),
    "lockout.lifted": _("Lock lifted"),
    "second_factor.added": _("Second factor set up"),
    "second_factor.removed": _("Second factor removed"),
    "second_factor.reset": _("Second factors reset"),
    "recovery_codes.made": _("Recovery codes made"),
    "recovery_codes.used": _("Recovery code used"),
    "password.changed": _("Password changed"),
    "password.reset": _("Password chosen anew by a link"),
    "temporary_password.issued": _("Temporary password sent"),
    "temporary_password.replaced": _("Temporary password replaced by an own one"),
    "email.changed": _("E-mail of the account changed"),
    "account.registered": _("Registered"),
    "account.opened": _("Account opened"),
    "account.activated": _("Account activated"),
    "account.deactivated": _("Account deactivated"),
    "account.closed": _("Account closed by its owner"),
    "patient.erased": _("Patient erased"),
    "patient.erasure_asked": _("Patient asks to be erased"),
    "patient.erasure_withdrawn": _("Patient no longer asks to be erased"),
    "patient.erasure_declined": _("Record kept, though the patient asked to be erased"),
    "professional.approved": _("Professional approved"),
    "practice.changed": _("Practice’s profile changed"),
    "registration_token.issued": _("Invitation issued"),
    "registration_token.withdrawn": _("Invitation withdrawn"),
    "registration_token.used": _("Invitation used"),
    "audit.searched": _("Audit searched"),
    "audit.exported": _("Audit exported"),
}


def who_is(user: User) -> audit.Who:
    return audit.Who(user.pk, user.role)


def whose_address(email: str) -> audit.Who | None:
    """Whom somebody speaks for who gives this address: one question, whether there is an account or not."""
    known = EmailAddress.objects.filter(email=email.strip().lower()).order_by("-verified", "pk")
    found = known.values_list("user_id", "user__role").first()
    return audit.Who(*found) if found else None


def account(user_id: UUID | str | None) -> User | None:
    """For the audit, which asks for no more than the id."""
    return User(pk=UUID(str(user_id))) if user_id else None
