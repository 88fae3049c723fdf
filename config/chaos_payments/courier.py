"""Webhooks on their way: those of the companies, the same ones again, and those of somebody who has no secret."""

from __future__ import annotations

import dataclasses
import json
import random
import re
from urllib.parse import urlsplit

from django.test import RequestFactory

from config.chaos_payments.dice import Crash, Dice
from payments.local_gateways import mercadopago, stripe_books, wompi
from payments.local_gateways.messages import Webhook
from payments.local_gateways.world import World
from payments.models import ProviderEvent
from payments.webhook_api import WebhookView

MOST_TRIES = 4
AGAIN_SECONDS = 300
_view = WebhookView.as_view()
_requests = RequestFactory()


class Courier:
    """Brings what is due. `wrong` are the promises that were broken on the way."""

    def __init__(self, world: World, dice: Dice) -> None:
        self.world, self.dice, self.chance = world, dice, dice.chance
        self.brought: list[Webhook] = []
        self.wrong: list[str] = []
        world.faults.choose_api, world.faults.choose_webhook = dice.api, dice.webhook

    def bring(self) -> None:
        for webhook in self.world.take_due():
            try:
                status = post(webhook)
            except Crash:
                status = 0
            if status != 200 and webhook.tries < MOST_TRIES:
                self.world.try_again(webhook, after=AGAIN_SECONDS)
            self.brought.append(webhook)

    def bring_everything(self) -> None:
        """What was held back to be overtaken, too."""
        self.world.outbox += self.world.faults.let_go()
        self.bring()

    def replay(self) -> None:
        """Somebody who has overheard a webhook sends it again."""
        if self.brought:
            self.dice.faults["webhook: replayed"] += 1
            status = post(self.chance.choice(self.brought))
            if status not in (200, 401):
                self.wrong.append(f"a replayed webhook is answered with {status}")

    def forge(self) -> None:
        """A webhook that its company never signed stores nothing."""
        kind, forged = self._forgery()
        self.dice.faults[f"forged: {kind}"] += 1
        before = _last_event()
        status = post(forged)
        if status not in (400, 401):
            self.wrong.append(f"forged ({kind}) at {forged.company}: answered with {status}")
        if _last_event() != before:
            self.wrong.append(f"forged ({kind}) at {forged.company}: stored")

    def _forgery(self) -> tuple[str, Webhook]:
        if not self.brought or self.chance.random() < 0.3:
            return "another secret", _with_another_secret(self.chance)
        webhook = self.chance.choice(self.brought)
        # MercadoPago signs no body: half of one is as good as the whole.
        kinds = [
            "signature",
            "content",
            "no signature",
            *(["cut off"] if webhook.company != "mercadopago" else []),
        ]
        kind = self.chance.choice(kinds)
        return kind, {
            "signature": _another_signature,
            "content": _another_content,
            "cut off": _cut_off,
            "no signature": _unsigned,
        }[kind](webhook)


def post(webhook: Webhook) -> int:
    """As if it came by HTTP; the status of the answer."""
    address = urlsplit(webhook.url)
    request = _requests.post(
        f"{address.path}?{address.query}",
        data=webhook.body,
        content_type="application/json",
        headers={name: value for name, value in webhook.headers.items() if name != "Content-Type"},
    )
    return int(_view(request, provider=address.path.rpartition("/")[2]).status_code)


def _last_event() -> int | None:
    return ProviderEvent.objects.order_by("-pk").values_list("pk", flat=True).first()


def _another_signature(webhook: Webhook) -> Webhook:
    digits = str.maketrans("0123456789abcdef", "123456789abcdef0")
    headers = {
        name: value.translate(digits) if name in ("Stripe-Signature", "X-Signature") else value
        for name, value in webhook.headers.items()
    }
    return dataclasses.replace(webhook, headers=headers, body=_checksum(webhook.body, digits))


def _checksum(body: bytes, digits: dict[int, int]) -> bytes:
    """Wompi's signature lies in the body."""
    return re.sub(
        rb'("checksum": ")(\w+)', lambda found: found[1] + found[2].decode().translate(digits).encode(), body
    )


def _another_content(webhook: Webhook) -> Webhook:
    """MercadoPago signs the id in the address, the others what they say."""
    body = re.sub(rb'"(status|id|object)": "', rb'"\1": "x', webhook.body)
    return dataclasses.replace(webhook, url=re.sub(r"data\.id=\d", "data.id=77", webhook.url), body=body)


def _cut_off(webhook: Webhook) -> Webhook:
    return dataclasses.replace(webhook, body=webhook.body[: len(webhook.body) // 2])


def _unsigned(webhook: Webhook) -> Webhook:
    body = re.sub(rb'"signature": {[^{}]*}', b'"signature": {}', webhook.body)
    return dataclasses.replace(webhook, headers={}, body=body)


def _with_another_secret(chance: random.Random) -> Webhook:
    shop = "http://localhost/api/v1/payments/webhook"
    company = chance.choice(["stripe", "mercadopago", "wompi"])
    if company == "mercadopago":
        url = f"{shop}/mercadopago?data.id=1000000001&type=payment"
        return Webhook(company, url, mercadopago.signed("1000000001", secret="guessed"), b"{}")  # noqa: S106
    if company == "stripe":
        money = {"id": "pi_made_up", "object": "payment_intent", "metadata": {"reference": "P-MADEUP-1"}}
        event = {"id": "evt_made_up", "type": "payment_intent.succeeded", "data": {"object": money}}
        body = json.dumps(event).encode()
        return Webhook(company, f"{shop}/stripe", stripe_books.signed(body, secret="guessed"), body)  # noqa: S106
    said = {
        "id": "1-1",
        "status": "APPROVED",
        "amount_in_cents": 100,
        "reference": "P-MADEUP-1",
        "currency": "COP",
    }
    event = {"event": "transaction.updated", "data": {"transaction": said}}
    headers, body = wompi.signed(event, secret="guessed")  # noqa: S106
    return Webhook(company, f"{shop}/wompi", headers, body)
