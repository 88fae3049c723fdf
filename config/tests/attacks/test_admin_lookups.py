"""The admin answers no question that its filters do not offer."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import Role
from accounts.tests import people
from bookings.tests.factories import make_booking

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "question",
    [
        "accounts/user/?password__startswith=md5",
        "accounts/user/?password__regex=.",
        "accounts/user/?is_superuser__exact=1",
        "accounts/user/?patients__name__startswith=L",
        "accounts/professional/?user__password__startswith=md5",
        "accounts/professional/?patients__email_index__startswith=a",
        "accounts/professional/?specialties__professionals__user__password__startswith=md5",
        "accounts/professional/?specialties__slug__regex=.",
    ],
)
def test_of_it_administration(question):
    assert asked("it_admin", question) == 400


@pytest.mark.parametrize(
    "question",
    [
        "accounts/patient/?notes__gt=a",
        "accounts/patient/?email_index__startswith=a",
        "accounts/patient/?user__password__startswith=md5",
        "bookings/booking/?reason__gt=a",
        "bookings/booking/?notes__isnull=0",
        "bookings/booking/?patient__email_index__startswith=a",
        "bookings/bookingrequest/?message__gt=a",
    ],
)
def test_of_medical_administration(question):
    make_booking(reason="a secret worry")
    assert asked("medical_admin", question) == 400


@pytest.mark.parametrize(
    ("role", "question"),
    [
        ("it_admin", "accounts/user/?role__exact=patient&state=active&two_step=no"),
        ("it_admin", "accounts/professional/?state=waiting"),
        ("it_admin", "accounts/professional/?country=CO"),
        ("medical_admin", "bookings/booking/?status__exact=confirmed&starts_at__year=2026"),
        ("medical_admin", "payments/payment/?currency=COP"),
    ],
)
def test_filters_that_are_offered(role, question):
    assert asked(role, question) == 200


def asked(role: str, question: str) -> int:
    client = Client()
    client.force_login(people.user(Role(role)))
    return client.get(f"/admin/{question}").status_code
