"""How a list of bookings is narrowed."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import rest_framework as filters

from bookings.api.people import zone_of
from bookings.domain.lifecycle_table import Status
from bookings.models import Booking


class BookingFilter(filters.FilterSet):
    """Dates are those of the account's zone (UTC when it has none), both included."""

    # One column has no duplicates: to look for some would sort whole rows, all of them.
    status = filters.MultipleChoiceFilter(
        choices=Status.choices, distinct=False, label=_("may be given several times")
    )
    service = filters.UUIDFilter(field_name="service_id")
    patient = filters.UUIDFilter(field_name="patient_id")
    to = filters.DateFilter(method="until", label=_("last date, YYYY-MM-DD"))

    class Meta:
        model = Booking
        fields: list[str] = []

    def since(self, bookings: QuerySet[Booking], name: str, day: date) -> QuerySet[Booking]:
        return bookings.filter(starts_at__gte=self._midnight(day))

    def until(self, bookings: QuerySet[Booking], name: str, day: date) -> QuerySet[Booking]:
        return bookings.filter(starts_at__lt=self._midnight(min(day, date(9000, 1, 1)) + timedelta(days=1)))

    def _midnight(self, day: date) -> datetime:
        within = min(max(day, date(2000, 1, 1)), date(9000, 1, 2))
        return datetime.combine(within, time(0), zone_of(self.request.user))


# `from` is a word of the language.
BookingFilter.base_filters["from"] = filters.DateFilter(method="since", label=_("first date, YYYY-MM-DD"))
