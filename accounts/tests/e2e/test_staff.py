"""IT at work in the browser: everybody can use the pages, and by keys alone an account is deactivated."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from accounts.models import Role
from accounts.tests import people
from accounts.tests.e2e.test_sign_in_pages import fill_in

pytestmark = pytest.mark.e2e


def enter(page: Page, server: str) -> None:
    fill_in(page, server, people.user(Role.IT_ADMIN).email, people.PASSWORD)
    page.locator("[name=code]").fill(people.code_now())
    page.locator("main .btn.large").click()
    expect(page).to_have_url(f"{server}/admin/")


def test_everybody_can_use_the_pages_of_it(page: Page, ws_server: str, for_everybody: Callable) -> None:
    user = people.user(email="eva@people.test", name="Eva Luna")
    enter(page, ws_server)
    for address in ("health/", "accounts/user/?o=1", f"accounts/user/{user.pk}/change/"):
        page.goto(f"{ws_server}/admin/{address}")
        for_everybody(page)


def test_by_keys_alone(page: Page, ws_server: str) -> None:
    user = people.user(email="eva@people.test")
    enter(page, ws_server)
    page.goto(f"{ws_server}/admin/accounts/user/?q=eva")
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.locator("[aria-controls=changelist-filter]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#changelist-filter button").first).to_be_focused()
    page.keyboard.press("Escape")
    page.locator("input.action-select").focus()
    page.keyboard.press("Space")
    page.locator("select[name=action]").select_option("deactivate")
    page.locator("#changelist-actions button").focus()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("eva@people.test")
    page.locator("#content-main button").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_be_visible()
    user.refresh_from_db()
    assert not user.is_active
