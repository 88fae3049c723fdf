"""A new professional is told what is next."""

from __future__ import annotations

import pytest

from accounts.models import Professional
from bookings.models import AvailabilityBlock
from bookings.tests.factories import make_professional, make_service

pytestmark = pytest.mark.django_db


def page_of(client, professional):
    client.force_login(professional.user)
    return client.get("/doctor/").content.decode()


def test_services_and_hours_come_next(client):
    professional = make_professional()
    AvailabilityBlock.objects.all().delete()
    page = page_of(client, professional)
    assert 'href="/doctor/services/new"' in page and 'href="/doctor/availability/hours/new"' in page
    make_service(professional)
    page = page_of(client, professional)
    assert 'href="/doctor/services/new"' not in page and 'href="/doctor/availability/hours/new"' in page


def test_whoever_waits_for_the_approval_is_told_so(client):
    professional = make_professional()
    make_service(professional)
    assert "first-steps" not in page_of(client, professional)
    Professional.objects.update(approved_at=None)
    assert "first-steps" in page_of(client, professional)
