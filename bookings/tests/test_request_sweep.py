"""A wish that nobody answered ends when the database's clock says so, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models.functions import Now

from bookings import services
from bookings.models import BookingRequest
from bookings.tests.factories import make_request
from core.actor import Actor
from core.errors import Refused

pytestmark = pytest.mark.django_db


def over(wish):
    BookingRequest.objects.filter(pk=wish.pk).update(expires_at=Now() - timedelta(seconds=1))
    return wish


def test_it_ends_once_and_others_wait_on():
    wish, other = over(make_request()), make_request()
    assert services.sweep() == 1
    assert services.sweep() == 0
    wish.refresh_from_db()
    other.refresh_from_db()
    assert (wish.status, other.status) == ("expired", "pending")
    assert wish.answered_at is not None


def test_one_that_was_answered_meanwhile_does_not_end():
    wish = over(make_request())
    services.reject_request(request_id=wish.pk, actor=Actor("professional"))
    with pytest.raises(Refused) as refusal:
        services.expire_request(request_id=wish.pk)
    assert refusal.value.code == "wrong_state"


def test_one_that_has_time_does_not_end():
    with pytest.raises(Refused) as refusal:
        services.expire_request(request_id=make_request().pk)
    assert refusal.value.code == "not_due"
