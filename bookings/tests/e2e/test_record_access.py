"""Who opened the record, in a browser: the patient reads it, IT administration finds it."""

from __future__ import annotations

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import Role
from accounts.tests import people
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_confirmed, make_professional, make_service

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_patient_reads_it_and_it_administration_finds_it(
    page: Page, ws_server: str, for_everybody
) -> None:
    luz = people.user(email="luz@people.test", name="Luz Marín")
    service = make_service(make_professional(name="Dra. Ana Ruiz", always_open=True), price=0)
    booking = make_confirmed(service, user=luz, email=luz.email, name=luz.name)
    ana = Client()
    ana.force_login(booking.professional.user)
    ana.get(f"/doctor/patients/{booking.patient_id}/")

    sign_in(page, ws_server, luz)
    page.goto(f"{ws_server}/me/")
    page.locator("a[href='/me/record-access']").click()
    expect(page.locator("main li")).to_have_count(1)
    expect(page.locator("main li strong")).to_have_text("Dra. Ana Ruiz")
    for_everybody(page)

    page.context.clear_cookies()
    sign_in(page, ws_server, people.user(Role.IT_ADMIN))
    page.goto(f"{ws_server}/admin/audit/")
    page.locator(".audit summary").click()
    page.fill("[name=patient]", str(booking.patient_id))
    page.select_option("[name=role]", "professional")
    page.locator(".audit form button").click()
    expect(page.locator(".events tbody tr")).to_have_count(1)
    for_everybody(page)
