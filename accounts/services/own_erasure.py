"""A patient asks to be erased: at once where nothing has to be kept, else by staff, who know the practice's duties;
until they decide, the person may withdraw."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import erasing
from accounts.models import Patient, Role, User
from accounts.own_password import require_own_password
from accounts.services.erasure import erase_patient, lock_patient
from core import audit
from core.errors import Conflict, MaybeSaved, Missing, NotAllowed, Refused


class Fate(enum.StrEnum):
    """What becomes, or became, of one record."""

    ERASE = "erase"
    ASK = "ask"  # staff decide
    SETTLE_FIRST = "settle_first"
    ERASED = "erased"
    ASKED = "asked"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Outcome:
    """`code`: why something has to be settled first (`appointments_to_come`, `open_request`, `open_refund`)."""

    record: Patient
    fate: Fate
    code: str = ""


def records_of(user: User) -> list[Patient]:
    """The person's records, one at each practice."""
    found = Patient.objects.filter(user=user, merged_into=None, erased_at=None)
    return list(found.select_related("professional", "data_key").order_by("created_at", "pk"))


def foretell(user: User) -> list[Outcome]:
    """What asking would do now."""
    return [_fate_of(record) for record in records_of(user)]


def erase_own(*, user: User, password: str) -> list[Outcome]:
    """For each record what became of it. Where nothing has to be kept it is erased, for good; where something may have
    to be, staff are asked. To be called outside of a transaction. Idempotent.

    Raises TooMany, Refused `no_password`, `wrong_password`, MaybeSaved where only some of them were reached.
    """
    require_own_password(user, password)
    return _of_each(records_of(user), lambda record: _erase(user, record.pk))


def withdraw_own(*, user: User) -> list[Outcome]:
    """The person wants to stay after all: for each record that waited what became of it, which is `erased` where staff
    were faster. To be called outside of a transaction. Asked again it changes nothing.

    Raises Conflict `no_request_waits` where nothing was withdrawn: it is decided, or was withdrawn before; MaybeSaved
    where only some of them were reached.
    """
    waiting = [record for record in records_of(user) if record.erasure_asked_at is not None]
    outcomes = _of_each(waiting, lambda record: _withdraw(record.pk))
    if not any(outcome.fate == Fate.WITHDRAWN for outcome in outcomes):
        raise Conflict(
            _("No request to be erased is waiting: it has been answered, or you have withdrawn it already."),
            code="no_request_waits",
        )
    return outcomes


@transaction.atomic
def keep_record(*, patient_id: UUID, by: User) -> Patient:
    """The practice has to keep the record, and the person was told so: nobody is asked any more. Idempotent.

    Raises NotAllowed (`not_yours_to_do`), Missing.
    """
    if by.role != Role.MEDICAL_ADMIN:
        raise NotAllowed(_("This is not for you to do."), code="not_yours_to_do")
    patient = lock_patient(patient_id)
    if patient.erasure_asked_at is not None:
        _write_asked(patient, None)
        audit.record("patient.erasure_declined", object=patient, subjects=_key_of(patient))
    return patient


def _of_each(records: list[Patient], act: Callable[[Patient], Outcome]) -> list[Outcome]:
    """One transaction each; what was merged away or removed just now is left out. Raises MaybeSaved where only some
    of them were reached."""
    outcomes: list[Outcome] = []
    for record in records:
        try:
            outcomes.append(act(record))
        except Missing:
            continue
        except (OperationalError, InterfaceError) as error:
            if outcomes:
                raise MaybeSaved from error
            raise
    return outcomes


@transaction.atomic
def _erase(user: User, patient_id: UUID) -> Outcome:
    record = lock_patient(patient_id)
    if record.erased_at is not None:  # the button was pressed twice
        return Outcome(record, Fate.ERASED)
    outcome = _fate_of(record)
    if outcome.fate == Fate.ERASE:
        return Outcome(erase_patient(patient_id=patient_id, by=user), Fate.ERASED)
    if outcome.fate == Fate.ASK:
        _write_asked(record, timezone.now())
        audit.record("patient.erasure_asked", object=record, subjects=_key_of(record))
        return Outcome(record, Fate.ASKED)
    return outcome


@transaction.atomic
def _withdraw(patient_id: UUID) -> Outcome:
    record = lock_patient(patient_id)
    if record.erased_at is not None:
        return Outcome(record, Fate.ERASED)
    if record.erasure_asked_at is None:  # staff keep it, or the button was pressed twice
        return _fate_of(record)
    _write_asked(record, None)
    audit.record("patient.erasure_withdrawn", object=record, subjects=_key_of(record))
    return Outcome(record, Fate.WITHDRAWN)


def _fate_of(record: Patient) -> Outcome:
    if record.erasure_asked_at is not None:
        return Outcome(record, Fate.ASKED)
    theirs = Patient.objects.filter(Q(pk=record.pk) | Q(merged_into=record)).select_related("data_key")
    records: Collection[Patient] = list(theirs)
    if any(part.keeps(records) for part in erasing.parts()):
        return Outcome(record, Fate.ASK)
    try:
        for part in erasing.parts():
            part.require(records)
    except Refused as refusal:
        return Outcome(record, Fate.SETTLE_FIRST, refusal.code)
    return Outcome(record, Fate.ERASE)


def _write_asked(record: Patient, at: datetime | None) -> None:
    record.erasure_asked_at = at
    Patient.objects.filter(pk=record.pk).update(erasure_asked_at=at)


def _key_of(record: Patient) -> list[UUID]:
    return [record.data_key_id] if record.data_key_id else []
