"""Whose patient somebody is. Writers hold the professional's row lock, so that nobody is there twice."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Patient, Professional, User
from accounts.names import same_name
from accounts.services.users import owns_email
from core import audit
from core.errors import Refused
from core.models import DataKey

_PERSONAL = ("name", "email", "email_index", "phone", "phone_index", "notes")


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
    account = _own_account(user, email)
    patient = known_patient(professional=professional, name=name, email=email)
    if patient is None:
        return create_patient(
            professional=professional,
            name=name,
            email=email,
            phone=phone,
            language=language,
            timezone=timezone,
            user=account,
        )
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


def account_of(*, professional: Professional, name: str, email: str, user: User | None = None) -> User | None:
    """Whose account the record will have that `find_or_create_patient` finds or makes."""
    known = known_patient(professional=professional, name=name, email=email)
    return known.user if known is not None and known.user is not None else _own_account(user, email)


def _own_account(user: User | None, email: str) -> User | None:
    return user if user is not None and owns_email(user, email) else None


def known_patient(
    *, professional: Professional, name: str, email: str, besides: Patient | None = None
) -> Patient | None:
    """The patient of this e-mail and this name, `besides` one; nobody is known without an e-mail."""
    index = Patient.index_of_email(email)
    if not index:
        return None
    of_this_email = Patient.objects.filter(professional=professional, email_index=index)
    candidates = of_this_email.select_related("data_key").order_by("created_at", "id")
    with audit.unseen():
        return next((one for one in candidates if one != besides and same_name(one.name, name)), None)


def create_patient(
    *,
    professional: Professional,
    name: str,
    email: str = "",
    phone: str = "",
    language: str,
    timezone: str = "",
    notes: str = "",
    user: User | None = None,
) -> Patient:
    """A new record with a data key of its own, whoever else is on record."""
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
        notes=notes,
    )
    patient.save(force_insert=True)
    return patient


def write_details(*, patient: Patient, details: dict[str, str]) -> list[str]:
    """Writes those of name, e-mail, phone, language, timezone and notes that differ; returns their names.

    An account stays linked only while the e-mail is its own and verified.
    """
    with audit.unseen():
        changed = [name for name, value in details.items() if getattr(patient, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(patient, name, details[name])
    patient.email_index = Patient.index_of_email(patient.email)
    patient.phone_index = Patient.index_of_phone(patient.phone)
    if patient.user is not None and not owns_email(patient.user, patient.email):
        patient.user = None
    patient.save(update_fields=[*changed, "email_index", "phone_index", "user"])
    return changed


def absorb_duplicate(*, keep: Patient, other: Patient) -> None:
    """`keep` takes over what it lacks: e-mail, phone, notes, the wish to be erased, and the account where the e-mail it
    then has is that account's own. `other` keeps only its key, for what was sealed under it, and leads to `keep`.

    Raises Refused `different_accounts`.
    """
    account = joined_account(keep=keep, other=other)
    keep.email, keep.phone = keep.email or other.email, keep.phone or other.phone
    keep.email_index, keep.phone_index = (
        Patient.index_of_email(keep.email),
        Patient.index_of_phone(keep.phone),
    )
    keep.notes = joined_notes(keep, other)
    keep.user = account
    keep.erasure_asked_at = keep.erasure_asked_at or other.erasure_asked_at
    for field in _PERSONAL:
        setattr(other, field, "")
    other.user, other.merged_into, other.erasure_asked_at = None, keep, None
    other.save(update_fields=[*_PERSONAL, "user", "merged_into", "erasure_asked_at"])
    keep.save(update_fields=[*_PERSONAL, "user", "erasure_asked_at"])
    # Whoever was merged into the duplicate before.
    Patient.objects.filter(merged_into=other).update(merged_into=keep)


def joined_account(*, keep: Patient, other: Patient) -> User | None:
    """The account that `keep` has when `other` has gone into it: none where the e-mail it then has is not that
    account's own. Raises Refused `different_accounts`."""
    account = keep.user or other.user
    if account is not None and other.user not in {None, account}:
        raise Refused(
            _("These records belong to two different accounts, so they are two people."),
            code="different_accounts",
        )
    return account if account is not None and owns_email(account, keep.email or other.email) else None


def joined_notes(keep: Patient, other: Patient) -> str:
    """The notes of both, the keeper's first."""
    return "\n\n".join(notes for notes in (keep.notes, other.notes) if notes)


def delete_patient(*, patient: Patient) -> None:
    """Deletes the record and the duplicates merged into it, and destroys the keys of all: letters not yet sent are
    gone too, and so is what an old backup of the rows holds of them."""
    records = Patient.objects.filter(Q(pk=patient.pk) | Q(merged_into=patient))
    keys = list(records.values_list("data_key_id", flat=True))
    records.exclude(pk=patient.pk).delete()
    records.delete()
    DataKey.destroy(keys)
