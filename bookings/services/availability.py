"""When a practice is open: hours of every week, and openings on one date.

Each verb locks the professional, so that nobody books by hours that are just being changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date as Date
from datetime import time
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.availability_selectors import block_of
from bookings.days_off import FARTHEST
from bookings.hours import DAY, MIDNIGHT, boundary
from bookings.lengths import LINE, kept_reason
from bookings.models import AvailabilityBlock, Modality, Service
from bookings.services.overlaps import overlaps_in_words
from bookings.services.transition import lock_professional, require_practice
from core.actor import Actor
from core.errors import Refused

# Of every week and on dates to come; what is past does not count.
MOST_BLOCKS = 200


@transaction.atomic
def add_block(
    *,
    professional: Professional,
    actor: Actor,
    starts: time,
    ends: time,
    weekday: int | None = None,
    date: Date | None = None,
    notes: str = "",
    is_active: bool = True,
    service_ids: Collection[UUID] = (),
    modalities: Collection[str] = (),
) -> AvailabilityBlock:
    """Opens every week on `weekday` (ISO, 1..7), or on one `date`, in wall time of the practice; `ends` 00:00 is
    midnight. With services or modalities it is open for these alone.

    Raises NotAllowed, and Refused: `overlap` (extra `overlaps`: the id of the block in the way), `order`, `seconds`,
    `weekday_or_date`, `past`, `too_far`, `skipped_by_clock`, `unknown_service`, `unknown_modality`,
    `fits_no_service`, `too_many`, `reason_too_long`.
    """
    require_practice(actor)
    block = AvailabilityBlock(
        professional=lock_professional(professional.pk),
        weekday=weekday,
        date=date,
        starts=starts,
        ends=ends,
        notes=_line(notes),
        is_active=is_active,
        modalities=_modalities(modalities),
    )
    services = _services(professional, service_ids)
    _require_some_service(services, block.modalities)
    _require_day(block)
    _create([block], services)
    return block


@transaction.atomic
def add_weekly_blocks(
    *,
    professional: Professional,
    actor: Actor,
    weekdays: Collection[int],
    starts: time,
    ends: time,
    notes: str = "",
    is_active: bool = True,
    service_ids: Collection[UUID] = (),
    modalities: Collection[str] = (),
) -> list[AvailabilityBlock]:
    """The same hours on several days of the week: all of them or none. Raises what `add_block` raises."""
    if not weekdays:
        raise Refused(_("Please choose at least one day."), code="weekday_or_date", attr="weekday")
    return [
        add_block(
            professional=professional,
            actor=actor,
            weekday=weekday,
            starts=starts,
            ends=ends,
            notes=notes,
            is_active=is_active,
            service_ids=service_ids,
            modalities=modalities,
        )
        for weekday in sorted(set(weekdays))
    ]


@transaction.atomic
def change_block(
    *,
    professional: Professional,
    actor: Actor,
    block_id: UUID,
    weekday: int | None = None,
    date: Date | None = None,
    starts: time | None = None,
    ends: time | None = None,
    notes: str | None = None,
    is_active: bool | None = None,
    service_ids: Collection[UUID] | None = None,
    modalities: Collection[str] | None = None,
) -> AvailabilityBlock:
    """What is None stays; a `weekday` makes a weekly block of one for a date, and the other way round.

    Raises Missing, and what `add_block` raises.
    """
    require_practice(actor)
    lock_professional(professional.pk)
    block = block_of(professional, block_id)
    day_before = block.weekday, block.date
    if weekday is not None or date is not None:
        block.weekday, block.date = weekday, date
    block.starts = block.starts if starts is None else starts
    block.ends = block.ends if ends is None else ends
    block.notes = block.notes if notes is None else _line(notes)
    block.is_active = block.is_active if is_active is None else is_active
    block.modalities = block.modalities if modalities is None else _modalities(modalities)
    kept = list(block.services.all())
    services = kept if service_ids is None else _services(professional, service_ids, kept)
    _require_some_service(services, block.modalities)
    if (block.weekday, block.date) != day_before:
        _require_day(block)
    _require_hours(block)
    with overlaps_in_words(lambda: _overlap([block])):
        block.save()
        block.services.set(services)
    return block


@transaction.atomic
def remove_block(*, professional: Professional, actor: Actor, block_id: UUID) -> None:
    """What is booked already stays booked. Raises NotAllowed, Missing."""
    require_practice(actor)
    lock_professional(professional.pk)
    block_of(professional, block_id).delete()


@transaction.atomic
def copy_day(
    *, professional: Professional, actor: Actor, weekday: int, to: Collection[int], replace: bool = False
) -> list[AvailabilityBlock]:
    """Gives other days of the week the hours of one, all or none; `replace` takes away what they had.

    Raises NotAllowed, and Refused: `nothing_to_copy`, `weekday_or_date`, `overlap`, `too_many`.
    """
    require_practice(actor)
    lock_professional(professional.pk)
    days = sorted(set(to) - {weekday})
    if not days or not all(1 <= day <= 7 for day in days):
        raise Refused(_("Please choose at least one other day."), code="weekday_or_date", attr="to")
    own = AvailabilityBlock.objects.filter(professional=professional)
    sources = list(own.filter(weekday=weekday).prefetch_related("services"))
    if not sources:
        raise Refused(_("This day has no hours to copy."), code="nothing_to_copy", attr="weekday")
    if replace:
        own.filter(weekday__in=days).delete()
    made = []
    for source in sources:
        copies = [_copy(source, day) for day in days]
        _create(copies, list(source.services.all()))
        made += copies
    return made


def _copy(source: AvailabilityBlock, weekday: int) -> AvailabilityBlock:
    return AvailabilityBlock(
        professional_id=source.professional_id,
        weekday=weekday,
        starts=source.starts,
        ends=source.ends,
        notes=source.notes,
        is_active=source.is_active,
        modalities=source.modalities,
    )


def _create(blocks: Sequence[AvailabilityBlock], services: Sequence[Service]) -> None:
    for block in blocks:
        _require_hours(block)
    _require_room(blocks)
    links = AvailabilityBlock.services.through
    with overlaps_in_words(lambda: _overlap(blocks)):
        AvailabilityBlock.objects.bulk_create(blocks)
        links.objects.bulk_create(
            links(availabilityblock=block, service=service) for block in blocks for service in services
        )


# Rules


def _line(notes: str) -> str:
    return kept_reason(" ".join(notes.split()), LINE, "notes")


def _require_room(blocks: Sequence[AvailabilityBlock]) -> None:
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


def _require_day(block: AvailabilityBlock) -> None:
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


def _require_hours(block: AvailabilityBlock) -> None:
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


def _services(
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


def _modalities(modalities: Collection[str]) -> list[str]:
    if not set(modalities) <= set(Modality.values):
        raise Refused(_("There is no such modality."), code="unknown_modality", attr="modalities")
    return [modality for modality in Modality.values if modality in modalities]


def _require_some_service(services: Sequence[Service], modalities: Sequence[str]) -> None:
    """An opening for some services in other modalities than theirs would be one for nobody."""
    if services and modalities and not any(service.modality in modalities for service in services):
        raise Refused(
            _("None of the chosen services is given in this way."),
            code="fits_no_service",
            attr="modalities",
        )


def _overlap(blocks: Sequence[AvailabilityBlock]) -> Refused:
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
