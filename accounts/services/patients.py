"""Whose patient somebody is."""

from __future__ import annotations

from accounts.models import Patient, Professional, User
from accounts.services.users import owns_email
from core.crypto import normalize
from core.models import DataKey


def find_or_create_patient(
    *,
    professional: Professional,
    name: str,
    email: str,
    phone: str = "",
    language: str,
    timezone: str,
    user: User | None = None,
) -> Patient:
    """The person within one practice: same e-mail and same name is the same person; another name on a shared
    e-mail is another person.

    The caller holds the professional's row lock, so that nobody is created twice. `user` is linked, and a missing
    phone filled in, only when the e-mail is that account's own and verified: else anybody who types somebody's
    name and e-mail could take over what that person books, or be called in that person's place.
    """
    account = user if user is not None and owns_email(user, email) else None
    patient = _known_patient(professional, name, email)
    if patient is None:
        return _create_patient(professional, name, email, phone, language, timezone, account)
    changed = []
    if account is not None and patient.user_id is None:
        patient.user = account
        changed.append("user")
    if phone and not patient.phone and account is not None and patient.user_id == account.pk:
        patient.phone, patient.phone_index = phone.strip(), Patient.index_of_phone(phone)
        changed += ["phone", "phone_index"]
    if changed:
        patient.save(update_fields=changed)
    return patient


def _known_patient(professional: Professional, name: str, email: str) -> Patient | None:
    index = Patient.index_of_email(email)
    if not index:
        return None
    of_this_email = Patient.objects.filter(professional=professional, email_index=index)
    candidates = of_this_email.select_related("data_key").order_by("created_at", "id")
    return next((known for known in candidates if _same_name(known.name, name)), None)


def _create_patient(
    professional: Professional,
    name: str,
    email: str,
    phone: str,
    language: str,
    timezone: str,
    user: User | None,
) -> Patient:
    patient = Patient(
        professional=professional,
        user=user,
        data_key=DataKey.create(),
        name=" ".join(name.split()),
        email=email.strip(),
        email_index=Patient.index_of_email(email),
        phone=phone.strip(),
        phone_index=Patient.index_of_phone(phone),
        language=language,
        timezone=timezone,
    )
    patient.save(force_insert=True)
    return patient


def _same_name(one: str, other: str) -> bool:
    return " ".join(normalize(one).split()) == " ".join(normalize(other).split())
