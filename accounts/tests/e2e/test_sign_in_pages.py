"""Signing in with a real browser: strict CSP, both sizes, accessible."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role
from accounts.tests import people

ADDRESSES = [
    "/login",
    "/password/forgot",
    "/password/forgot/sent",
    "/password/reset/no-link",
    "/password/reset/done",
    "/signup",
    "/login/inactive",
    "/email/confirm",
]


def fill_in(page: Page, server: str, email: str, password: str) -> None:
    page.goto(f"{server}/login")
    page.locator("[name=login]").fill(email)
    page.locator("[name=password]").fill(password)
    page.locator("main .btn.large").click()


def test_every_page_is_well_made(page: Page, ws_server: str, a11y: Callable, at_both_sizes: Callable) -> None:
    for address in ADDRESSES:
        page.goto(ws_server + address)
        at_both_sizes(page, lambda _size: a11y(page))


def test_a_wrong_password_is_put_right(page: Page, ws_server: str, a11y: Callable) -> None:
    user = people.user(Role.PATIENT, email="eva@people.test")
    fill_in(page, ws_server, user.email, "wrong")
    expect(page.get_by_role("alert")).to_be_focused()
    expect(page.locator("[name=login]")).to_have_value("eva@people.test")
    a11y(page)
    page.locator("[name=password]").fill(people.PASSWORD)
    page.locator("main .btn.large").click()
    expect(page).to_have_url(f"{ws_server}/me/")


def test_the_language_is_switched_where_one_is(page: Page, ws_server: str) -> None:
    page.goto(f"{ws_server}/login?next=/me/")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.locator("[name=language][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(f"{ws_server}/login?next=/me/")


@pytest.mark.parametrize(
    ("role", "addresses"),
    [
        (Role.IT_ADMIN, ["accounts/user/", "accounts/professional/"]),
        (
            Role.MEDICAL_ADMIN,
            ["accounts/patient/", "bookings/booking/", "payments/payment/", "payments/refund/"],
        ),
    ],
)
def test_the_admin_works_under_its_policy(
    page: Page, ws_server: str, role: Role, addresses: list[str]
) -> None:
    """Nothing on the console: neither the policy nor a missing file."""
    people.patient(people.professional())
    fill_in(page, ws_server, people.user(role).email, people.PASSWORD)
    page.locator("[name=code]").fill(people.code_now())
    page.locator("main .btn.large").click()
    expect(page).to_have_url(f"{ws_server}/admin/")
    for address in addresses:
        page.wait_for_load_state("networkidle")
        page.goto(f"{ws_server}/admin/{address}")
        expect(page.locator("#changelist")).to_be_visible()
