"""The sweep writes each reminder once, by the database's clock, whatever dies in between."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from celery import current_app
from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import Patient
from bookings import services, tasks
from bookings.models import Booking
from bookings.services import reminders
from bookings.tests.factories import make_confirmed, make_professional, make_service, make_user, open_window
from notifications.models import Message, Notification

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def due_booking(*, starts_in=timedelta(minutes=55), due_since=MINUTE, reminder_minutes=(1440, 60), **details):
    """Agreed and starting soon; its reminder has been due for a while."""
    professional = make_professional(always_open=True, reminder_minutes=list(reminder_minutes))
    booking = make_confirmed(make_service(professional, price=0), **details)
    open_window(booking, starts_in=starts_in)
    Booking.objects.filter(pk=booking.pk).update(next_reminder_at=Now() - due_since)
    Message.objects.all().delete()
    return booking


def next_time(booking):
    return Booking.objects.get(pk=booking.pk).next_reminder_at


def test_a_due_reminder_is_written_once():
    booking = due_booking(email="juan@example.org")
    assert services.send_reminders() == 1
    assert services.send_reminders() == 0
    letter = Message.objects.get()
    assert (letter.kind, letter.recipient) == ("booking_reminder", "juan@example.org")
    assert letter.data_key_id == booking.patient.data_key_id
    assert next_time(booking) is None


def test_then_the_next_one_comes():
    booking = due_booking(starts_in=timedelta(hours=5))
    services.send_reminders()
    assert next_time(booking) == booking.starts_at - timedelta(hours=1)


def test_of_several_that_passed_while_the_worker_was_down_one_is_written():
    booking = due_booking(due_since=timedelta(hours=20), reminder_minutes=(1440, 720, 60))
    assert services.send_reminders() == 1
    assert services.send_reminders() == 0
    assert Message.objects.count() == 1
    assert next_time(booking) is None


@pytest.mark.parametrize("ago", [timedelta(0), timedelta(hours=3)])
def test_nothing_is_written_once_it_has_begun(ago):
    booking = due_booking(starts_in=-ago, due_since=timedelta(hours=5))
    services.send_reminders()
    assert not Message.objects.exists()
    assert next_time(booking) is None


def test_what_is_not_due_or_not_agreed_any_more_is_left_alone():
    coming = due_booking(due_since=-MINUTE)
    cancelled = due_booking()
    Booking.objects.filter(pk=cancelled.pk).update(status="cancelled", cancelled_by="patient")
    assert services.send_reminders() == 0
    assert next_time(coming) is not None


def test_who_has_no_address_gets_no_letter_and_keeps_nobody_waiting():
    booking = due_booking()
    booking.patient.email = ""
    booking.patient.save()
    assert services.send_reminders() == 1
    assert not Message.objects.exists()
    assert next_time(booking) is None


def test_an_account_is_told_in_the_app_as_well():
    user = make_user(email="ana@example.org")
    booking = due_booking(email=user.email)
    Patient.objects.update(user=user)
    services.send_reminders()
    told = Notification.objects.get(kind="BOOKING_REMINDER")
    assert told.user == user
    assert told.payload["starts_at"] == booking.starts_at.isoformat()


def test_the_letter_speaks_the_readers_language_and_zone_and_leads_to_the_appointment():
    booking = due_booking(language="en", timezone="Asia/Tokyo")
    services.send_reminders()
    letter = Message.objects.get()
    there = booking.starts_at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f"{there:%H:%M}" in letter.text and "Tokyo" in letter.text
    assert f"{there:%H:%M}" in letter.subject
    assert "/b/" in letter.text and "/b/" in letter.html
    assert "waiting room opens" in letter.text


@pytest.mark.parametrize("dies_in", ["next_reminder", "notify"])
def test_a_sweep_that_dies_before_it_commits_writes_once_all_the_same(monkeypatch, dies_in):
    """The letter was queued already, and the next time not yet set."""
    user = make_user(email="ana@example.org")
    booking = due_booking(email=user.email)
    Patient.objects.update(user=user)

    def dies(**_kwargs):
        assert Message.objects.exists()
        raise SystemExit

    with monkeypatch.context() as killed:
        killed.setattr(reminders, dies_in, dies)
        with pytest.raises(SystemExit):
            services.send_reminders()
    assert not Message.objects.exists()
    assert services.send_reminders() == 1
    assert services.send_reminders() == 0
    assert (Message.objects.count(), Notification.objects.filter(user=user).count()) == (1, 1)
    assert next_time(booking) is None


def test_one_that_fails_does_not_hold_up_the_others(monkeypatch):
    poor, other = due_booking(due_since=2 * MINUTE), due_booking()
    write = reminders.letters.write

    def fails(booking, *args, **kwargs):
        if booking.pk == poor.pk:
            raise RuntimeError
        write(booking, *args, **kwargs)

    monkeypatch.setattr(reminders.letters, "write", fails)
    assert services.send_reminders() == 1
    assert next_time(other) is None
    assert next_time(poor) is not None


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_not_wait_for_each_other(elsewhere):
    booking = due_booking()
    with transaction.atomic():
        Booking.objects.select_for_update().get(pk=booking.pk)
        assert elsewhere(services.send_reminders) == 0
    assert services.send_reminders() == 1


def test_finding_what_is_due_reads_an_index_of_what_is_due():
    with connection.cursor() as cursor:
        # Of a table that is as good as empty, what is left of other tests would decide.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = Booking.objects.filter(reminders.DUE).order_by("next_reminder_at").explain()
    assert "booking_reminder" in plan


def test_a_worker_does_it_twice_a_minute():
    [entry] = [
        e for e in current_app.conf.beat_schedule.values() if e["task"] == "bookings.tasks.send_reminders"
    ]
    assert entry["schedule"] <= 60
    assert tasks.send_reminders() == 0
