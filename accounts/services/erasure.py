"""Erasing a patient: the keys are destroyed, and what points to the person without being sealed is emptied (ADR 18)."""

from __future__ import annotations

import logging
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import erasing
from accounts.email_change import CHANGED
from accounts.models import Patient, Professional, Role, User
from core import audit
from core.errors import Conflict, Missing, NotAllowed
from core.models import DataKey, OutboxEvent

log = logging.getLogger(__name__)

_NOTHING = dict.fromkeys(("name", "email", "email_index", "phone", "phone_index", "notes", "timezone"), "")


@transaction.atomic
def erase_patient(*, patient_id: UUID, by: User, as_asked: bool = False) -> Patient:
    """Nobody reads this patient's data again, in whatever backup of the rows; appointments stay without a name. For
    good. Idempotent. Letters that were not sent yet are not sent any more.

    `by`: medical administration, or whose record it is. `as_asked`: because the person asks for it in the account.
    Raises Refused as the registered parts (`appointments_to_come`, `open_request`, `open_refund`), Conflict
    `erasure_withdrawn` (they ask no longer), NotAllowed (`not_yours_to_do`), Missing.
    """
    patient = lock_patient(patient_id)
    if by.role != Role.MEDICAL_ADMIN and by.pk != patient.user_id:
        raise NotAllowed(_("This is not for you to do."), code="not_yours_to_do")
    if patient.erased_at is not None:
        return patient
    if as_asked and patient.erasure_asked_at is None:
        raise Conflict(
            _("The patient does not ask for it any more. Nothing was erased."), code="erasure_withdrawn"
        )
    records = list(
        Patient.objects.filter(Q(pk=patient.pk) | Q(merged_into=patient)).select_related("data_key")
    )
    for part in erasing.parts():
        part.require(records)
    keys = _forget([record.pk for record in records])
    audit.record("patient.erased", object=patient, subjects=keys, records=len(records), keys=len(keys))
    patient.refresh_from_db()
    return patient


def erase_again() -> int:
    """After a restore: whoever's key is destroyed is forgotten anew. Returns how many records. Idempotent."""
    brought_back = ~Q(email_index="") | ~Q(phone_index="") | Q(user__isnull=False) | Q(erased_at=None)
    found = Patient.objects.filter(brought_back, data_key__destroyed_at__isnull=False)
    ids = list(found.values_list("pk", flat=True))
    for record in ids:
        with transaction.atomic():
            _forget([record])
    if ids:
        log.warning("erased anew after a restore", extra={"records": len(ids)})
    return len(ids)


def lock_patient(patient_id: UUID) -> Patient:
    """The patient as they are now; nobody books or writes at the practice meanwhile. Raises Missing, as for one who
    was merged into another."""
    practice = Patient.objects.filter(pk=patient_id).values_list("professional_id", flat=True).first()
    if practice is not None:
        Professional.objects.select_for_update(no_key=True).get(pk=practice)
    patient = Patient.objects.select_related("data_key").filter(pk=patient_id, merged_into=None).first()
    if patient is None:
        raise Missing(_("We could not find this patient."))
    return patient


def _forget(records: Collection[UUID]) -> list[UUID]:
    """Returns the keys that were destroyed."""
    rows = Patient.objects.filter(pk__in=records)
    keys: set[UUID] = {key for key in rows.values_list("data_key_id", flat=True) if key is not None}
    for part in erasing.parts():
        keys |= {*part.keys(records)}
    for part in erasing.parts():
        part.forget(records, keys)
    _forget_addresses({index for index in rows.values_list("email_index", flat=True) if index})
    rows.update(**_NOTHING, user=None, erased_at=timezone.now())
    DataKey.destroy(keys)
    return sorted(keys)


def _forget_addresses(indexes: set[str]) -> None:
    """The news that an account has another address names the old one by its index; they were delivered long ago."""
    for event in OutboxEvent.objects.filter(topic=CHANGED, payload__old__in=indexes):
        event.payload |= {"old": ""}
        event.save(update_fields=["payload"])
