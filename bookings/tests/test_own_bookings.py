"""The list of somebody's own bookings: both sides of it, nobody else's, and never a walk through the whole table."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import Role
from bookings.models import Booking
from bookings.selectors import booking_for, bookings_for
from bookings.tests.factories import make_booking, make_professional, make_service, make_user
from core.errors import Missing

pytestmark = pytest.mark.django_db

# Many practices with a few patients each, and some appointments for each of these.
CROWD = """
WITH users AS (
    INSERT INTO accounts_user (id, password, is_superuser, email, name, role, language, timezone, is_active,
        is_staff, created_at)
    SELECT gen_random_uuid(), '', false, 'u' || n || '@example.org', '', 'professional', 'es', '', true, false, now()
    FROM generate_series(1, 100) n RETURNING id, email
), practices AS (
    INSERT INTO accounts_professional (id, user_id, slug, name, licence, bio, city, country, address, languages,
        timezone, is_listed, created_at)
    SELECT gen_random_uuid(), id, md5(email), '', '', '', '', '', '', '{}', 'UTC', true, now()
    FROM users RETURNING id
), people AS (
    INSERT INTO accounts_patient (id, professional_id, name, email, email_index, phone, phone_index, notes, language,
        timezone, created_at)
    SELECT gen_random_uuid(), id, '', '', '', '', '', '', 'es', '', now()
    FROM practices, generate_series(1, 10) RETURNING id, professional_id
)
SELECT id, professional_id FROM people
"""


def a_crowd_like(model: Booking) -> None:
    with connection.cursor() as cursor:
        cursor.execute(CROWD)
        people = cursor.fetchall()
    alike = {field.attname: getattr(model, field.attname) for field in Booking._meta.concrete_fields}
    alike |= {"status": "expired", "meeting_id": None, "reason": ""}
    del alike["id"]
    Booking.objects.bulk_create(
        Booking(**alike | {"patient_id": patient, "professional_id": professional, "reference": f"C{n}"})
        for n, (patient, professional) in enumerate(people * 5)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def steps(plan):
    yield plan
    for step in plan.get("Plans", []):
        yield from steps(step)


@pytest.mark.parametrize("role", [Role.PATIENT, Role.PROFESSIONAL])
def test_the_whole_table_is_not_read(role):
    professional = make_professional(always_open=True)
    mine = make_booking(make_service(professional))
    user = make_user() if role == Role.PATIENT else professional.user
    if role == Role.PATIENT:
        mine.patient.user = user
        mine.patient.save()
    a_crowd_like(mine)
    found = bookings_for(user).order_by("-starts_at", "id")
    assert list(found.all()) == [mine]
    for question in (found[:25], found.values("pk")):
        explained = question.explain(format="json")
        read = [
            step["Node Type"]
            for step in steps(json.loads(explained)[0]["Plan"])
            if step.get("Relation Name") == "bookings_booking"
        ]
        assert read and "Seq Scan" not in read


def test_what_is_not_theirs_is_not_there():
    booking = make_booking()
    other = make_professional()
    for stranger in (make_user(), other.user):
        assert list(bookings_for(stranger)) == []
        for booking_id in (booking.pk, uuid4()):
            with pytest.raises(Missing):
                booking_for(stranger, booking_id)
    assert booking_for(booking.professional.user, booking.pk) == booking
