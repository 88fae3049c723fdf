"""The three companies behind one address: who is asked, what goes wrong, and the news on their way to the shop."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from payments.local_gateways import pages
from payments.local_gateways.company import Company
from payments.local_gateways.faults import Faults
from payments.local_gateways.mercadopago import MercadoPago
from payments.local_gateways.messages import Answer, Refusal, Request, Webhook, as_json, as_page, to_page
from payments.local_gateways.stripe import Stripe
from payments.local_gateways.wompi import Wompi


class Cut(Exception):
    """The connection ends without an answer; first `after` so many seconds of silence."""

    def __init__(self, after: float = 0) -> None:
        super().__init__(after)
        self.after = after


class World:
    """`base` is our own address, `shop` the shop's; `file` keeps the books over a restart, if given."""

    TIMEOUT = 60.0

    def __init__(self, *, base: str, shop: str, file: Path | None = None) -> None:
        self.faults = Faults()
        self.outbox: list[Webhook] = []
        self.file = file
        self.lock = threading.RLock()
        self.stripe = Stripe(base=base, shop=shop, send=self._send)
        self.mercadopago = MercadoPago(base=base, shop=shop, send=self._send)
        self.wompi = Wompi(base=base, shop=shop, send=self._send)
        self.companies: dict[str, Company] = {
            company.prefix: company for company in (self.stripe, self.mercadopago, self.wompi)
        }
        self._load()

    # Asked from outside

    def answer(self, request: Request) -> Answer:
        """Raises Cut."""
        with self.lock:
            try:
                return self._answer(request)
            except Refusal as refusal:
                return refusal.answer
            finally:
                self._keep()

    def _answer(self, request: Request) -> Answer:
        _, prefix, *rest = request.path.split("/", 2)
        company = self.companies.get(prefix)
        if company is None:
            return self._overview(request)
        inner = Request(request.method, "/" + "".join(rest), request.query, request.headers, request.body)
        sale = company.sale_of(inner)
        if sale is None:
            return self._api(company, inner)
        if request.method != "POST":
            return as_page(pages.checkout(company.title, sale))
        return to_page(company.press(sale.id, inner.form().get("button", "")))

    def _api(self, company: Company, request: Request) -> Answer:
        fault = self.faults.choose_api()
        if fault == "429":
            return as_json({"message": "too many requests", "error": {"type": "rate_limit"}}, 429)
        if fault == "500":
            return company.stumble(request)
        answer = company.api(request)
        if fault == "late_500":
            return as_json({"message": "an error on our side"}, 500)
        if fault in ("cut", "timeout"):
            raise Cut(self.TIMEOUT if fault == "timeout" else 0)
        return answer

    def _overview(self, request: Request) -> Answer:
        """All sales with what can be done to them, and the faults that can be ordered."""
        if request.path != "/":
            return as_json({"message": "not found"}, 404)
        if request.method == "POST":
            form = request.form()
            if fault := form.get("fault"):
                self.faults.queue(fault)
            else:
                self.companies[form["company"]].press(form["sale"], form["button"])
            return to_page("/")
        return as_page(pages.overview(list(self.companies.values()), self.faults, self.outbox))

    # Webhooks

    def _send(self, webhook: Webhook) -> None:
        self.outbox.extend(self.faults.on_the_way(webhook))

    def take_due(self) -> Iterator[Webhook]:
        """The webhooks whose moment has come, in the order of sending; each is given once."""
        while True:
            with self.lock:
                found = next((one for one in self.outbox if one.due <= time.time()), None)
                if found is None:
                    return
                self.outbox.remove(found)
            yield found

    def try_again(self, webhook: Webhook, *, after: float) -> None:
        webhook.tries += 1
        webhook.due = time.time() + after
        with self.lock:
            self.outbox.append(webhook)

    # Books on disk

    def _keep(self) -> None:
        if self.file is not None:
            building = self.file.with_suffix(".new")
            building.write_text(json.dumps({name: one.books for name, one in self.companies.items()}))
            os.replace(building, self.file)

    def _load(self) -> None:
        if self.file is not None and self.file.exists():
            for name, books in json.loads(self.file.read_text()).items():
                self.companies[name].books = books
