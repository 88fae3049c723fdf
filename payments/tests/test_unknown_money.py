"""Money at a gateway that belongs to no payment of ours: told to staff once, open until it is seen to or gone."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from accounts.models import Role
from accounts.tests import people
from core import outbox
from core.health import read_all
from core.models import AuditEvent
from notifications.models import Notification
from payments.gateways.base import GatewayUnavailable, MoneyStatus, Snapshot
from payments.models import ProviderEvent
from payments.services import inbox
from payments.services.unknown import unknown_money
from payments.tests.conftest import all_due_now

pytestmark = pytest.mark.django_db
PAGE, OURS = "/admin/unknown-money/", "P-CDFGHJKMNPQR-1"


@pytest.fixture
def told(bank, post_webhook):
    """A webhook about money that the bank knows, and we do not."""
    bank.snapshots[OURS] = Snapshot(MoneyStatus.PAID, Decimal("25000"), "COP", Decimal(0), OURS)

    def tell(event_id: str = "evt-1") -> Any:
        raw = json.dumps({"event_id": event_id, "reference": OURS, "provider_ref": "bank-77"}).encode()
        post_webhook(raw, {"X-Bank": "yes"}, provider="bank")
        return inbox.process_due()

    tell()
    return tell


def test_staff_see_how_much_it_is_and_what_the_gateway_calls_it(told):
    (found,) = unknown_money()
    assert (found.amount, found.currency, found.provider_ref) == (Decimal(25000), "COP", "bank-77")


def test_it_is_told_once_however_often_the_gateway_speaks_of_it(told):
    told("evt-2")
    assert len(unknown_money()) == 1
    assert ProviderEvent.objects.get(event_id="evt-2").outcome == "unknown_reference"


def test_it_leaves_by_itself_when_the_gateway_has_given_it_back(told, bank):
    all_due_now()
    inbox.process_due()
    assert len(unknown_money()) == 1
    bank.snapshots[OURS] = Snapshot(MoneyStatus.PAID, Decimal(25000), "COP", Decimal(25000), OURS)
    all_due_now()
    inbox.process_due()
    assert unknown_money() == []


def test_a_gateway_in_trouble_makes_nobody_forget_it(told, bank):
    bank.error = GatewayUnavailable
    ProviderEvent.objects.update(tries=100)
    all_due_now()
    inbox.process_due()
    assert len(unknown_money()) == 1


@pytest.mark.parametrize(
    ("status", "reference"),
    [(MoneyStatus.EXPIRED, OURS), (MoneyStatus.PAID, "of-another-shop")],
)
def test_what_is_no_money_or_another_shops_is_no_question(bank, post_webhook, status, reference):
    bank.snapshots[reference] = Snapshot(status, Decimal(1), "COP", Decimal(0), reference)
    raw = json.dumps({"event_id": "e", "reference": reference}).encode()
    post_webhook(raw, {"X-Bank": "yes"}, provider="bank")
    inbox.process_due()
    assert unknown_money() == []
    assert ProviderEvent.objects.get().done_at is not None


def test_staff_see_to_it_on_their_page(told, client):
    client.force_login(people.user(Role.MEDICAL_ADMIN), backend="accounts.backends.AccountBackend")
    outbox.deliver_due()
    assert Notification.objects.get().kind == "UNKNOWN_MONEY"
    assert "bank-77" in client.get(PAGE).content.decode()
    event = ProviderEvent.objects.get()
    for _twice in range(2):
        assert client.post(f"{PAGE}{event.pk}/seen-to")["Location"] == PAGE
    assert "bank-77" not in client.get(PAGE).content.decode()
    assert AuditEvent.objects.filter(action="payment.unknown_money_seen_to").count() == 1


def test_refused_webhooks_are_counted_on_the_health_page(bank, post_webhook):
    for _number in range(3):
        post_webhook(b"{}", {}, provider="bank")
    readings = {reading.metric: reading for _gauge, some in read_all() for reading in some}
    assert readings["webhooks_refused_bank"].number == 3
