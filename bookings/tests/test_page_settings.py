"""A professional's rules on one page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import BookingPolicy
from bookings.tests.factories import make_professional

pytestmark = pytest.mark.django_db
URL = "/doctor/settings/"


@pytest.fixture
def professional():
    return make_professional(country="ES", horizon_days=50)


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def typed(doctor, **changes):
    """What the page holds, as a browser sends it, with some of it changed."""
    form = doctor.get(URL).context["form"]
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_saved_as_it_is_nothing_changes(doctor):
    before = BookingPolicy.objects.values().get()
    assert doctor.post(URL, typed(doctor))["Location"] == URL
    assert BookingPolicy.objects.values().get() == before


def test_rules_are_changed(doctor):
    changes = {
        "allow_public_booking": False,
        "auto_accept": True,
        "minimum_notice_minutes": 1440,
        "max_bookings_per_day": 8,
        "late_refund_percent": 50,
        "reminder_minutes": [2880, 60],
        "closed_on_holidays": True,
        "holiday_region": "MD",
    }
    doctor.post(URL, typed(doctor, **changes))
    policy = BookingPolicy.objects.get()
    assert {name: getattr(policy, name) for name in changes} == changes


def test_what_was_chosen_elsewhere_is_offered_too(doctor):
    BookingPolicy.objects.update(minimum_notice_minutes=135, reminder_minutes=[100])
    form = doctor.get(URL).context["form"]
    assert (50, "50 days ahead") in form.fields["horizon_days"].choices
    assert (135, "2 hours 15 minutes before") in form.fields["minimum_notice_minutes"].choices
    assert (100, "1 hour 40 minutes") in form.fields["reminder_minutes"].choices


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"reminder_minutes": [2880, 1440, 720, 240, 120, 60]}, "reminder_minutes", "at most 5"),
        ({"horizon_days": 7, "minimum_notice_minutes": 20160}, "minimum_notice_minutes", "Nobody could book"),
        ({"max_bookings_per_day": 0}, "max_bookings_per_day", "greater than or equal to 1"),
        ({"step_minutes": 7}, "step_minutes", "not one of the available choices"),
        ({"holiday_region": "BW"}, "holiday_region", "not one of the available choices"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(doctor, wrong, field, words):
    response = doctor.post(URL, typed(doctor, cancellation_hours=72, **wrong))
    assert response.status_code == 400
    form = response.context["form"]
    assert words in " ".join(form.errors[field])
    assert form["cancellation_hours"].value() == "72"
    assert 'class="error-summary"' in response.content.decode()
    assert BookingPolicy.objects.get().cancellation_hours == 24


def test_without_a_known_country_the_page_says_so(doctor, professional):
    professional.country = ""
    professional.save()
    response = doctor.get(URL)
    assert "in which country you work" in response.content.decode()
    assert not {"closed_on_holidays", "holiday_region"} & response.context["form"].fields.keys()
    assert doctor.post(URL, typed(doctor, horizon_days=30)).status_code == 302
    assert BookingPolicy.objects.get().horizon_days == 30


def test_holidays_of_a_country_left_behind_can_be_switched_off(doctor, professional):
    BookingPolicy.objects.update(closed_on_holidays=True, holiday_region="MD")
    professional.country = "XX"
    professional.save()
    refused = doctor.post(URL, typed(doctor))
    assert "unknown" not in refused.content.decode()
    assert refused.context["form"].errors["closed_on_holidays"]
    assert doctor.post(URL, typed(doctor, closed_on_holidays=False)).status_code == 302
    assert not BookingPolicy.objects.get().closed_on_holidays


def test_who_has_set_nothing_yet_starts_with_the_usual_rules(doctor):
    BookingPolicy.objects.all().delete()
    assert doctor.post(URL, typed(doctor)).status_code == 302
    assert BookingPolicy.objects.get().horizon_days == 60


def test_the_page_asks_for_little(doctor):
    with CaptureQueriesContext(connection) as captured:
        doctor.get(URL)
    assert len(captured) <= 8
