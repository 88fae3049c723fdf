"""Paying through the real SDKs at the companies of this machine; their webhooks arrive when a test says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings

from payments.local_gateways import environment
from payments.local_gateways.company import Company
from payments.local_gateways.messages import Webhook
from payments.local_gateways.server import Server
from payments.local_gateways.world import World
from payments.models import Attempt
from payments.services import inbox

LISTS = ("PAYMENT_GATEWAYS",)


@dataclass
class Companies:
    """`bring` delivers what is on its way and looks into it, as the courier and the worker do."""

    world: World
    client: Any

    def press(self, attempt: Attempt, button: str) -> None:
        """What a person does on the company's page."""
        company = self.of(attempt)
        sale = next(one for one in company.sales() if one.reference == attempt.reference)
        company.press(sale.id, button)

    def of(self, attempt: Attempt) -> Company:
        return self.world.companies[attempt.gateway]

    def post(self, webhook: Webhook) -> int:
        address = urlsplit(webhook.url)
        path = f"{address.path}?{address.query}" if address.query else address.path
        answer = self.client.post(
            path, data=webhook.body, content_type="application/json", headers=_without_type(webhook)
        )
        return int(answer.status_code)

    def bring(self) -> list[int]:
        statuses = [self.post(webhook) for webhook in self.world.take_due()]
        inbox.process_due()
        return statuses


def _without_type(webhook: Webhook) -> dict[str, str]:
    return {name: value for name, value in webhook.headers.items() if name != "Content-Type"}


@pytest.fixture(scope="session")
def local_server() -> Iterator[Server]:
    server = Server(("127.0.0.1", 0))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def companies(local_server: Server, settings, client) -> Companies:
    """Fresh books for each test."""
    for name, value in environment.of_shop(local_server.url).items():
        setattr(settings, name, value.split(",") if name in LISTS else value)
    local_server.world = World(base=local_server.url, shop=django_settings.PUBLIC_URL)
    return Companies(local_server.world, client)
