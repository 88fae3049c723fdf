"""The verbs of accounts: who may sign in, who offers services, whose patient somebody is."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from accounts.models import STAFF_ROLES, Patient, Professional, Role, Specialty, User
from core.crypto import normalize
from core.errors import Missing, Refused
from core.models import DataKey


def create_user(
    *,
    email: str,
    password: str | None,
    role: Role | str = Role.PATIENT,
    name: str = "",
    language: str = "es",
    timezone: str = "",
    verified: bool = True,
) -> User:
    """An account. `verified`: the caller vouches for the address, else its owner confirms it at the first
    sign-in. No password: one has to be set by the reset link.

    Raises Refused: `email_taken`, or what is wrong with a field.
    """
    address = email.strip().lower()
    try:
        if password is not None:
            validate_password(password, User(email=address, name=name))
        with transaction.atomic():
            user = User.objects.create_user(
                address,
                password,
                role=role,
                name=name,
                language=language,
                timezone=timezone,
                is_staff=role in STAFF_ROLES,
            )
            EmailAddress.objects.create(user=user, email=address, primary=True, verified=verified)
    except IntegrityError as error:
        raise _email_taken() from error
    except ValidationError as error:
        raise _refused(error) from error
    return user


def create_professional(
    *,
    user: User,
    name: str,
    timezone: str,
    slug: str = "",
    specialties: Iterable[Specialty] = (),
    licence: str = "",
    bio: str = "",
    city: str = "",
    country: str = "",
    address: str = "",
    languages: Iterable[str] = ("es",),
    is_listed: bool = True,
) -> Professional:
    """The public face of a user in the role professional. Without `slug` one is made of the name.

    Raises Refused: `wrong_role`, or what is wrong with a field.
    """
    if user.role != Role.PROFESSIONAL:
        raise Refused(_("This user is not a professional."), code="wrong_role", attr="user")
    professional = Professional(
        user=user,
        slug=slug or _free_slug(name),
        name=name,
        timezone=timezone,
        licence=licence,
        bio=bio,
        city=city,
        country=country,
        address=address,
        languages=list(languages),
        is_listed=is_listed,
    )
    try:
        professional.full_clean()
    except ValidationError as error:
        raise _refused(error) from error
    with transaction.atomic():
        professional.save(force_insert=True)
        professional.specialties.set(specialties)
    return professional


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


def set_language(*, user: User, language: str) -> None:
    """The language of the pages and mails for this person."""
    user.language = language
    user.save(update_fields=["language"])


def set_active(*, user_id: UUID, active: bool, by: User) -> User:
    """Lets somebody sign in, or puts them out at once: each use of a session checks this, and the sessions end,
    so that none comes back to life with the account.

    Raises Missing, and Refused `own_account`.
    """
    if user_id == by.pk:
        raise Refused(_("You cannot deactivate your own account."), code="own_account")
    user = User.objects.filter(pk=user_id).first()
    if user is None:
        raise Missing
    user.is_active = active
    user.save(update_fields=["is_active"])
    if not active:
        for session in UserSession.objects.filter(user=user):
            session.end()
    return user


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


def owns_email(user: User, email: str) -> bool:
    """Whether the address is the account's own, and has been verified."""
    address = email.strip().lower()
    return EmailAddress.objects.filter(user=user, email=address, verified=True).exists()


def _free_slug(name: str) -> str:
    """`ana-ruiz`, or `ana-ruiz-2` where that is taken."""
    stem = slugify(name)[:70] or "professional"
    taken = set(Professional.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, number = stem, 2
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug


def _email_taken() -> Refused:
    return Refused(_("There is already an account with this e-mail."), code="email_taken", attr="email")


def _refused(error: ValidationError) -> Refused:
    """The first of the things that are wrong, in our own shape."""
    by_field = error.error_dict if hasattr(error, "error_dict") else {"password": error.error_list}
    field, problems = next(iter(by_field.items()))
    if field == "email" and any(problem.code == "unique" for problem in problems):
        return _email_taken()
    return Refused(" ".join(problems[0].messages), code=problems[0].code or "invalid", attr=field)
