"""The profile with a real browser: a photo as a telephone makes it, and the account's own pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from accounts.models import ProfessionalPhoto
from accounts.pictures import LARGEST_FILE
from accounts.tests.images import opened, saved
from bookings.tests.e2e.conftest import sign_in
from bookings.tests.factories import make_professional

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]


def test_a_photo_that_is_too_large_is_made_smaller_on_the_way(
    page: Page, ws_server: str, a11y: Callable, at_both_sizes: Callable, tmp_path: Path
) -> None:
    professional = make_professional()
    sign_in(page, ws_server, professional.user)
    noise = Image.effect_noise((2400, 1800), 90).convert("RGB")
    photo = tmp_path / "photo.png"
    photo.write_bytes(saved(noise, "PNG", compress_level=0))
    assert photo.stat().st_size > LARGEST_FILE
    page.goto(f"{ws_server}/doctor/profile/")
    page.set_input_files("#id_photo", photo)
    expect(page.locator("#id_photo")).to_have_value("C:\\fakepath\\photo.jpg", timeout=20_000)
    page.get_by_role("button", name="Use this picture").click()
    expect(page.locator(".portrait img")).to_be_visible()
    assert opened(bytes(ProfessionalPhoto.objects.get().content)).size == (512, 512)
    for address in ("/doctor/profile/", "/account/", "/account/email"):
        page.goto(ws_server + address)
        at_both_sizes(page, lambda _size: a11y(page))
