"""A real browser with a passkey (Chromium's own virtual one), under the strict policy."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role
from accounts.tests import people
from accounts.tests.e2e.test_sign_in_pages import fill_in


@pytest.fixture
def with_passkeys(page: Page) -> None:
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    devices.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def sign_out(page: Page, server: str) -> None:
    page.goto(f"{server}/logout")
    page.locator("main form button").click()
    page.wait_for_url(f"{server}/")


def test_a_passkey_is_added_asked_for_and_enough(
    page: Page, ws_server: str, with_passkeys: None, a11y: Callable, at_both_sizes: Callable
) -> None:
    user = people.user(Role.IT_ADMIN, two_step=False)
    fill_in(page, ws_server, user.email, people.PASSWORD)
    page.goto(f"{ws_server}/admin/")
    expect(page).to_have_url(f"{ws_server}/account/two-step")
    page.locator("a[href$='passkeys/new']").click()
    at_both_sizes(page, lambda _size: a11y(page))
    page.locator("[name=name]").fill("Llavero")
    page.locator("main form button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    at_both_sizes(page, lambda _size: a11y(page))
    with page.expect_download() as saved:
        page.locator("a[download]").click()
    assert len(Path(saved.value.path()).read_text().split()) == 11
    page.goto(f"{ws_server}/account/two-step")
    expect(page.get_by_text("Llavero")).to_be_visible()
    at_both_sizes(page, lambda _size: a11y(page))

    sign_out(page, ws_server)
    fill_in(page, ws_server, user.email, people.PASSWORD)
    expect(page).to_have_url(f"{ws_server}/login/code")
    at_both_sizes(page, lambda _size: a11y(page))
    page.locator("form[data-passkey] button").click()
    expect(page).to_have_url(f"{ws_server}/admin/")

    page.wait_for_load_state("networkidle")
    sign_out(page, ws_server)
    page.goto(f"{ws_server}/login")
    page.locator("form[data-passkey] button").click()
    expect(page).to_have_url(f"{ws_server}/admin/")
    page.wait_for_load_state("networkidle")


def test_an_app_is_set_up_and_sessions_are_shown(
    page: Page, ws_server: str, a11y: Callable, at_both_sizes: Callable
) -> None:
    user = people.user()
    fill_in(page, ws_server, user.email, people.PASSWORD)
    page.goto(f"{ws_server}/account/two-step/app")
    picture = page.locator("img.qr")
    assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    at_both_sizes(page, lambda _size: a11y(page))
    page.locator("[name=code]").fill("000000")
    page.locator("main form button:not([type=button])").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.locator("[name=code]").fill(people.code_now(page.locator(".key").inner_text()))
    page.locator("main form button:not([type=button])").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.goto(f"{ws_server}/account/sessions")
    at_both_sizes(page, lambda _size: a11y(page))
