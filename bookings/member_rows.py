"""The members of a plan as their practice knows them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Patient, Professional, User
from accounts.selectors import patients_of
from accounts.shown import note_shown
from bookings.models import Membership
from bookings.plan_words import Standing, standing_of


@dataclass(frozen=True)
class MemberRow:
    """`patient`: their record in the practice, unless it is gone."""

    membership: Membership
    standing: Standing
    patient: Patient | None

    @property
    def name(self) -> str:
        if self.patient:
            return self.patient.shown_name
        return account_name(self.membership.user)


def account_name(user: User) -> str:
    return _("Deleted account") if user.closed_at else user.get_full_name()


def member_rows(
    professional: Professional, memberships: Collection[Membership], now: datetime
) -> list[MemberRow]:
    """Memberships of plans of this practice, each with who it is: two queries."""
    users = {membership.user_id for membership in memberships}
    known = patients_of(professional).filter(user__in=users).defer("notes").order_by("-created_at", "pk")
    patients = {patient.user_id: patient for patient in known}
    note_shown(users - set(patients))
    return [
        MemberRow(membership, standing_of(membership, now), patients.get(membership.user_id))
        for membership in memberships
    ]
