from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from payments.models import Attempt
from payments.sandbox.models import SandboxCheckout, SandboxEvent, SandboxStatus
from payments.tests.conftest import RETURN_URL

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(shop, sandbox) -> str:
    return shop.opened(amount="25000", currency="COP").checkout_url.removeprefix("http://localhost")


def press(client, page: str, action: str):
    return client.post(page, {"action": action})


def time_passes() -> None:
    SandboxCheckout.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def buttons(response) -> set[str]:
    html = response.content.decode()
    return {name for name in ("pay", "decline", "pay_late") if f'value="{name}"' in html}


def test_the_page_says_that_it_is_a_test_and_what_is_paid(client, page):
    client.cookies["django_language"] = "en"
    response = client.get(page)
    html = response.content.decode()
    assert response.status_code == 200
    assert "This is a test payment" in html
    assert Attempt.objects.get().reference in html
    assert "25,000" in html
    assert f'href="{RETURN_URL}"' in html
    assert buttons(response) == {"pay", "decline"}
    assert "no-store" in response["Cache-Control"]


def test_paying_leads_back_and_tells_the_shop(client, page):
    response = press(client, page, "pay")
    assert (response.status_code, response["Location"]) == (302, RETURN_URL)
    assert SandboxEvent.objects.get().kind == "checkout.paid"
    assert buttons(client.get(page)) == set()


def test_paying_twice_pays_once(client, page):
    assert [press(client, page, "pay").status_code for _ in range(2)] == [302, 302]
    assert SandboxEvent.objects.count() == 1


def test_declining_leads_back_and_cannot_be_taken_back(client, page):
    assert press(client, page, "decline")["Location"] == RETURN_URL
    assert press(client, page, "pay").status_code == 409
    assert SandboxCheckout.objects.get().status == SandboxStatus.DECLINED


def test_after_the_end_only_a_late_payment_is_possible(client, page):
    assert press(client, page, "pay_late").status_code == 409
    time_passes()
    assert buttons(client.get(page)) == {"pay_late"}
    refused = press(client, page, "pay")
    assert refused.status_code == 409
    assert buttons(refused) == {"pay_late"}
    assert press(client, page, "pay_late")["Location"] == RETURN_URL
    assert SandboxCheckout.objects.get().status == SandboxStatus.PAID


@pytest.mark.parametrize("action", ["", "refund", "x" * 5000])
def test_other_actions_are_refused(client, page, action):
    assert press(client, page, action).status_code == 400


def test_an_unknown_checkout_is_not_found(client, sandbox):
    assert client.get(f"/sandbox/checkout/{uuid.uuid4()}/").status_code == 404


@pytest.mark.parametrize(
    ("setting", "value"), [("EMBEDDED", False), ("PAYMENT_GATEWAYS", []), ("SANDBOX_SECRET", "")]
)
def test_without_the_sandbox_there_is_no_page(client, page, settings, setting, value):
    setattr(settings, setting, value)
    assert client.get(page).status_code == 404
    assert press(client, page, "pay").status_code == 404
    assert SandboxCheckout.objects.get().status == SandboxStatus.OPEN
