"""When a practice is open: hours of every week, and openings on one date.

Each verb locks the professional, so that nobody books by hours that are just being changed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date as Date
from datetime import time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Professional
from bookings.models import AvailabilityBlock, Service
from bookings.selectors.availability import block_of
from bookings.services.opening_rules import (
    chosen_modalities,
    chosen_services,
    one_line,
    overlap_of,
    require_day,
    require_hours,
    require_room,
    require_some_service,
)
from bookings.services.overlaps import overlaps_in_words
from bookings.services.transition import lock_professional, require_practice
from core.actor import Actor
from core.errors import Refused


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
        notes=one_line(notes),
        is_active=is_active,
        modalities=chosen_modalities(modalities),
    )
    services = chosen_services(professional, service_ids)
    require_some_service(services, block.modalities)
    require_day(block)
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
    block.notes = block.notes if notes is None else one_line(notes)
    block.is_active = block.is_active if is_active is None else is_active
    block.modalities = block.modalities if modalities is None else chosen_modalities(modalities)
    kept = list(block.services.all())
    services = kept if service_ids is None else chosen_services(professional, service_ids, kept)
    require_some_service(services, block.modalities)
    if (block.weekday, block.date) != day_before:
        require_day(block)
    require_hours(block)
    with overlaps_in_words(lambda: overlap_of([block])):
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
        require_hours(block)
    require_room(blocks)
    links = AvailabilityBlock.services.through
    with overlaps_in_words(lambda: overlap_of(blocks)):
        AvailabilityBlock.objects.bulk_create(blocks)
        links.objects.bulk_create(
            links(availabilityblock=block, service=service) for block in blocks for service in services
        )
