"""Who offers services."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from string import ascii_lowercase
from typing import TypedDict, Unpack
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.crypto import get_random_string
from django.utils.text import slugify
from django.utils.timezone import now as timezone_now
from django.utils.translation import gettext_lazy as _

from accounts import letters, practices
from accounts.models import Professional, Role, Specialty, User
from accounts.services.refusals import refused
from core import audit
from core.errors import Missing, Refused


class Described(TypedDict, total=False):
    """What a practice may say of itself when it begins."""

    bio: str
    city: str
    country: str
    address: str


class OfPractice(Described, total=False):
    licence: str
    specialties: Sequence[Specialty]


def create_professional(
    *,
    user: User,
    name: str,
    timezone: str,
    slug: str = "",
    specialties: Iterable[Specialty] = (),
    licence: str = "",
    languages: Iterable[str] = ("es",),
    is_listed: bool = True,
    approved: bool = True,
    **described: Unpack[Described],
) -> Professional:
    """The public face of a user in the role professional, with the usual rules for bookings. Without `slug` one is
    made of the name. Not `approved`: nobody finds or books them until staff say so.

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
        languages=list(languages),
        is_listed=is_listed,
        approved_at=timezone_now() if approved else None,
        **described,
    )
    try:
        professional.full_clean(validate_unique=False)
        # A slug of our making that a namesake took meanwhile is no fault of the person: `_insert` finds another.
        professional.validate_unique(exclude=None if slug else {"slug"})
    except ValidationError as error:
        raise refused(error) from error
    with transaction.atomic():
        _insert(professional, may_rename=not slug)
        professional.specialties.set(specialties)
        practices.opened(professional)
    return professional


@transaction.atomic
def approve_professional(*, professional_id: UUID) -> Professional:
    """From now on people find and book them; they are told. Idempotent. Raises Missing."""
    professional = Professional.objects.select_for_update().filter(pk=professional_id).first()
    if professional is None:
        raise Missing
    if professional.approved_at is None:
        professional.approved_at = timezone_now()
        professional.save(update_fields=["approved_at"])
        audit.record("professional.approved", object=professional)
        letters.approved(professional.user)
    return professional


def _insert(professional: Professional, *, may_rename: bool) -> None:
    """A namesake who registers at the same moment may be faster: some letters more tell them apart."""
    try:
        with transaction.atomic():
            professional.save(force_insert=True)
    except IntegrityError:
        if not may_rename:
            raise
        professional.slug += "-" + get_random_string(5, ascii_lowercase)
        professional.save(force_insert=True)


def _free_slug(name: str) -> str:
    """`ana-ruiz`, or `ana-ruiz-2` where that is taken."""
    stem = slugify(name)[:70] or "professional"
    taken = set(Professional.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug, number = stem, 2
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug
