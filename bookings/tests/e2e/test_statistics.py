"""Statistics in a browser: on a phone and on a desk, light and dark."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role
from accounts.tests import people
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_professional, make_service, utc
from bookings.tests.past import given_back, paid, past_booking, past_days

pytestmark = pytest.mark.django_db(transaction=True)
TUESDAY = utc(2025, 1, 7, 15)


def test_charts_for_everybody(page: Page, ws_server: str, for_everybody) -> None:
    service = make_service(make_professional(name="Dra. Ana Peña"))
    for booking in past_days(service, [TUESDAY + timedelta(days=7 * number) for number in range(5)]):
        given_back(paid(booking, TUESDAY), TUESDAY, "5000")
    past_booking(service, TUESDAY + timedelta(days=1), status="no_show", absent="patient")
    sign_in(page, ws_server, people.user(Role.MEDICAL_ADMIN))
    page.goto(f"{ws_server}/admin/statistics/?from=2025-01-06&to=2025-02-09")
    for details in page.locator(".drawn details").all():
        details.locator("summary").click()
    expect(page.locator("#content-main .drawn").first.locator("tbody tr")).to_have_count(5)
    for_everybody(page)
    page.locator("#of-professionals + .scroll a").click()
    expect(page.locator("select[name=professional]")).to_have_value(service.professional.slug)
