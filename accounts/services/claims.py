"""A guest's bookings join the account of whoever verifies the same e-mail (docs/adr/0016-guests-and-accounts.md)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from uuid import UUID

from allauth.account.models import EmailAddress
from django.db import OperationalError, transaction
from django.db.models import QuerySet

from accounts import claims
from accounts.models import Patient, Professional, Role, User

log = logging.getLogger(__name__)


def claim_records(*, user: User) -> int:
    """Every practice's records with a verified address of this account, and no account yet, become the account's,
    whatever names they carry. Returns how many. Idempotent, and safe in parallel.

    Only for patients: the address of a practice or of staff stands in many records that are not about them.
    """
    if user.role != Role.PATIENT or not user.is_active:
        return 0
    addresses = _indexes(_verified(user))
    if not addresses:
        return 0
    practices = _unclaimed(addresses).order_by("professional_id").values_list("professional_id", flat=True)
    claimed = sum(_claim_in(practice, user) for practice in practices.distinct())
    for claim in claims.registered():
        claim(user, addresses)
    return claimed


def try_to_claim(user: User) -> None:
    """For a sign-in, which does not fail because a practice's rows are busy: the next one finds the same rows."""
    try:
        claim_records(user=user)
    except OperationalError as error:
        log.warning("records not claimed", extra={"error": type(error).__name__})


def _claim_in(practice: UUID, user: User) -> int:
    """Under the practice's lock, as all that writes patients. Asked again there: an address may have gone over to
    somebody else, or a record to another address."""
    with transaction.atomic():
        Professional.objects.select_for_update(no_key=True).get(pk=practice)
        addresses = _indexes(_verified(user).select_for_update(of=("self",)))
        return _unclaimed(addresses).filter(professional_id=practice).update(user=user)


def _verified(user: User) -> QuerySet[EmailAddress]:
    return EmailAddress.objects.filter(user=user, verified=True, user__is_active=True).order_by("pk")


def _indexes(addresses: QuerySet[EmailAddress]) -> Collection[str]:
    return {Patient.index_of_email(address.email) for address in addresses} - {""}


def _unclaimed(addresses: Collection[str]) -> QuerySet[Patient]:
    # With `not empty`, as the index for it says.
    return Patient.objects.filter(email_index__in=addresses, user=None).exclude(email_index="")
