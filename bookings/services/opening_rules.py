"""What openings must satisfy, each rule with the words of its refusal. All raise Refused, with code and field."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date as Date
from datetime import time
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.domain.days_off import FARTHEST
from bookings.domain.hours import DAY, MIDNIGHT, boundary
from bookings.domain.lengths import LINE, kept_reason
from bookings.models import AvailabilityBlock, Modality, Service
from core.errors import Refused

# Of every week and on dates to come; what is past does not count.
MOST_BLOCKS = 200


def one_line(notes: str) -> str:
    """Raises Refused `reason_too_long`."""
    return kept_reason(" ".join(notes.split()), LINE, "notes")


def require_room(blocks: Sequence[AvailabilityBlock]) -> None:
    professional = blocks[0].professional
    today = timezone.localdate(timezone=professional.zone)
    counted = Q(date__isnull=True) | Q(date__gte=today)
    number = AvailabilityBlock.objects.filter(counted, professional=professional).count()
    if number + len(blocks) > MOST_BLOCKS:
        raise Refused(
            _("There can be at most %(most)s openings. Please remove some that you no longer need.")
            % {"most": MOST_BLOCKS},
            code="too_many",
        )


def require_day(block: AvailabilityBlock) -> None:
    if (block.weekday is None) == (block.date is None):
        raise Refused(_("Choose either a day of the week or a date."), code="weekday_or_date", attr="weekday")
    if block.weekday is not None:
        if not 1 <= block.weekday <= 7:
            raise Refused(_("Days of the week go from 1 to 7."), code="weekday_or_date", attr="weekday")
        return
    assert block.date is not None  # noqa: S101  (one of the two is)
    today = timezone.localdate(timezone=block.professional.zone)
    if block.date < today:
        raise Refused(_("This date is already past."), code="past", attr="date")
    if block.date - today > FARTHEST:
        raise Refused(_("This date is too far ahead."), code="too_far", attr="date")


def require_hours(block: AvailabilityBlock) -> None:
    for name in ("starts", "ends"):
        wall: time = getattr(block, name)
        if wall.second or wall.microsecond:
            raise Refused(_("Please give whole minutes, as in 09:30."), code="seconds", attr=name)
    if block.ends != MIDNIGHT and block.ends <= block.starts:
        raise Refused(_("The end must be after the start; 00:00 is midnight."), code="order", attr="ends")
    if block.date is not None and _is_skipped(block, block.date):
        raise Refused(
            _("On this date the clock is put forward over these hours: they do not exist."),
            code="skipped_by_clock",
            attr="starts",
        )


def _is_skipped(block: AvailabilityBlock, day: Date) -> bool:
    zone = block.professional.zone
    last_day = day + DAY if block.ends == MIDNIGHT else day
    return boundary(day, block.starts, zone) >= boundary(last_day, block.ends, zone)


def chosen_services(
    professional: Professional, service_ids: Collection[UUID], kept: Sequence[Service] = ()
) -> list[Service]:
    """Services that are offered, or that the block is `kept` for although they are no longer."""
    wanted = set(service_ids)
    if not wanted:
        return []
    usable = Q(is_active=True) | Q(pk__in=[service.pk for service in kept])
    found = list(Service.objects.filter(usable, professional=professional, pk__in=wanted))
    if len(found) < len(wanted):
        raise Refused(_("This service is not offered."), code="unknown_service", attr="services")
    return found


def chosen_modalities(modalities: Collection[str]) -> list[str]:
    if not set(modalities) <= set(Modality.values):
        raise Refused(_("There is no such modality."), code="unknown_modality", attr="modalities")
    return [modality for modality in Modality.values if modality in modalities]


def require_some_service(services: Sequence[Service], modalities: Sequence[str]) -> None:
    """An opening for some services in other modalities than theirs would be one for nobody."""
    if services and modalities and not any(service.modality in modalities for service in services):
        raise Refused(
            _("None of the chosen services is given in this way."),
            code="fits_no_service",
            attr="modalities",
        )


def overlap_of(blocks: Sequence[AvailabilityBlock]) -> Refused:
    other = next((found for block in blocks if (found := _in_the_way_of(block)) is not None), None)
    words = _("These hours overlap others.") if other is None else _overlap_words(other)
    extra = {} if other is None else {"overlaps": str(other.pk)}
    return Refused(words, code="overlap", attr="starts", extra=extra)


def _in_the_way_of(block: AvailabilityBlock) -> AvailabilityBlock | None:
    others = AvailabilityBlock.objects.filter(
        Q(ends__gt=block.starts) | Q(ends=MIDNIGHT),
        professional_id=block.professional_id,
        is_active=True,
        weekday=block.weekday,
        date=block.date,
    ).exclude(pk=block.pk)
    if block.ends != MIDNIGHT:
        others = others.filter(starts__lt=block.ends)
    return others.order_by("starts").first()


def _overlap_words(other: AvailabilityBlock) -> str:
    day = date_format(other.date, "DATE_FORMAT") if other.date else WEEKDAYS[(other.weekday or 1) - 1]
    return _("These hours overlap %(day)s, %(starts)s to %(ends)s.") % {
        "day": day,
        "starts": f"{other.starts:%H:%M}",
        "ends": f"{other.ends:%H:%M}",
    }
