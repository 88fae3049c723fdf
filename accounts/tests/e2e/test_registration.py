"""Registering in the browser: every page well made, at both sizes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts import services
from accounts.models import Role, User
from accounts.tests import people
from accounts.tests.letters import link_to, temporary_password_of

pytestmark = pytest.mark.e2e
EVA = "eva@people.test"


def test_a_professional_registers_and_is_told_what_is_next(
    page: Page, ws_server: str, a11y: Callable, at_both_sizes: Callable
) -> None:
    def send() -> None:
        page.locator("main form .btn.large").click()

    page.goto(f"{ws_server}/login")
    page.locator("main a[href='/signup/professional']").click()
    expect(page.locator("[name=timezone]")).to_have_value("Europe/Madrid")
    page.locator("[name=name]").fill("Eva Luna")
    page.locator("[name=email]").fill(EVA)
    page.locator("[name=password]").fill("short")
    send()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator("[name=email]")).to_have_value(EVA)
    at_both_sizes(page, lambda _size: None)
    a11y(page)
    page.locator("[name=password]").fill(people.PASSWORD)
    send()
    expect(page).to_have_url(f"{ws_server}/email/confirm")
    page.goto(ws_server + link_to(EVA, "/email/confirm/"))
    page.locator("[name=password]").fill(people.PASSWORD)
    a11y(page)
    send()
    expect(page).to_have_url(f"{ws_server}/doctor/")
    expect(page.locator(".first-steps a[href='/doctor/services/new']")).to_be_visible()
    at_both_sizes(page, lambda _size: None)
    a11y(page)


def test_by_invitation_and_with_a_temporary_password(
    page: Page, ws_server: str, a11y: Callable, at_both_sizes: Callable
) -> None:
    it_admin = people.user(Role.IT_ADMIN)
    services.issue_registration_token(by=it_admin, email=EVA)
    page.goto(ws_server + link_to(EVA, "/join/"))
    expect(page.locator("[name=email]")).to_have_value(EVA)
    a11y(page)
    page.locator("[name=name]").fill("Eva Luna")
    page.locator("[name=licence]").fill("RM 1")
    page.locator("main form .btn.large").click()
    expect(page.locator("main")).to_contain_text(EVA)
    page.goto(f"{ws_server}/login")
    page.locator("[name=login]").fill(EVA)
    page.locator("[name=password]").fill(temporary_password_of(EVA))
    page.locator("main .btn.large").click()
    expect(page).to_have_url(f"{ws_server}/password/choose")
    at_both_sizes(page, lambda _size: None)
    a11y(page)
    page.locator("[name=new_password]").fill("a-password-of-my-own")
    page.locator("main .btn.large").click()
    expect(page).to_have_url(f"{ws_server}/doctor/")
    assert User.objects.get(email=EVA).temporary_password_until is None
