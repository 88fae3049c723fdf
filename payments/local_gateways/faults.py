"""How the companies misbehave on command: each fault is queued, and the next call or webhook has it."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable

from payments.local_gateways.messages import Webhook

# Of the API. `500` and `429`: nothing was done. `late_500`, `cut`, `timeout`: done, and the answer is lost.
API_FAULTS = ("500", "429", "late_500", "cut", "timeout")
# Of webhooks.
WEBHOOK_FAULTS = ("lose", "duplicate", "delay", "reorder", "forge", "alter")

DELAY_SECONDS = 60.0


class Faults:
    def __init__(self) -> None:
        self.api: deque[str] = deque()
        self.webhooks: deque[str] = deque()
        # A test that plays dice puts its own in place of the queues.
        self.choose_api: Callable[[], str] = lambda: self.api.popleft() if self.api else ""
        self.choose_webhook: Callable[[], str] = lambda: self.webhooks.popleft() if self.webhooks else ""
        self._held: list[Webhook] = []

    def queue(self, fault: str) -> None:
        """Raises ValueError for what nobody knows."""
        if fault in API_FAULTS:
            self.api.append(fault)
        elif fault in WEBHOOK_FAULTS:
            self.webhooks.append(fault)
        else:
            raise ValueError(fault)

    def on_the_way(self, webhook: Webhook) -> list[Webhook]:
        """What becomes of a webhook: usually itself, after those that were held back for it to overtake."""
        fault = self.choose_webhook()
        if fault == "reorder":
            self._held.append(webhook)
            return []
        sent, self._held = [*_with(fault, webhook), *self._held], []
        return sent

    def let_go(self) -> list[Webhook]:
        """What is still held back though nothing overtook it."""
        held, self._held = self._held, []
        return held


def _with(fault: str, webhook: Webhook) -> list[Webhook]:
    if fault == "lose":
        return []
    if fault == "duplicate":
        return [webhook, dataclasses.replace(webhook), dataclasses.replace(webhook)]
    if fault == "delay":
        return [dataclasses.replace(webhook, due=webhook.due + DELAY_SECONDS)]
    if fault == "forge":
        return [webhook, _forged(webhook)]
    if fault == "alter":
        # A body that was changed on its way; the company sends the true one again.
        return [dataclasses.replace(webhook, body=_altered(webhook.body)), webhook]
    return [webhook]


def _forged(webhook: Webhook) -> Webhook:
    """Somebody without the secret: every digit of the signatures is another one."""
    digits = str.maketrans("0123456789abcdef", "123456789abcdef0")
    headers = {
        name: value.translate(digits) if "ignature" in name or "hecksum" in name else value
        for name, value in webhook.headers.items()
    }
    return dataclasses.replace(webhook, headers=headers, body=_altered(webhook.body))


def _altered(body: bytes) -> bytes:
    for old, new in ((b'"DECLINED"', b'"APPROVED"'), (b'"APPROVED"', b'"DECLINED"'), (b'"id"', b'"Id"')):
        if old in body:
            return body.replace(old, new)
    return body + b" "
