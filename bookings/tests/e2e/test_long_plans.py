"""The longest names and words that a plan can have fit a phone, and mark-up in them is read as words."""

from __future__ import annotations

import pytest

from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_professional, make_service
from bookings.tests.members import bought, make_member, make_plan

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("width", [390, 1280])
def test_long_names_fit_every_page_that_shows_a_plan(person, browser, ws_server, width):
    service = make_service(make_professional(slug="ana", always_open=True), slug="talk")
    plan = make_plan(service, name=f"<i>{'W' * 117}", description=f"<b>{'M' * 497}", times=3)
    luz = make_member()
    bought(luz, plan)
    pages = {
        luz: ("/p/ana/", f"/p/ana/plans/{plan.pk}/", "/p/ana/talk/", "/me/membership"),
        service.professional.user: (
            "/doctor/plans/",
            f"/doctor/plans/{plan.pk}/",
            f"/doctor/plans/{plan.pk}/edit",
            f"/doctor/patients/{luz.patients.get().pk}/",
        ),
    }
    for user, paths in pages.items():
        page = person(browser, viewport={"width": width, "height": 844})
        sign_in(page, ws_server, user)
        for path in paths:
            page.goto(ws_server + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert not page.locator("main :is(i, b)").count(), path
            assert "<i>WWW" in page.locator("main").inner_text(), path
