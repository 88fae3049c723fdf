"""Wompi: the checkout link, transactions, voids and events as its API has them."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import time

from payments.local_gateways.company import Button, Company, Row, Sale, from_iso, iso, now
from payments.local_gateways.messages import Answer, Refusal, Request, Webhook, as_json

PUBLIC_KEY = "pub_test_local"
PRIVATE_KEY = "prv_test_local"
INTEGRITY_SECRET = "test_integrity_local"  # noqa: S105
EVENTS_SECRET = "test_events_local"  # noqa: S105
SIGNED = ("transaction.id", "transaction.status", "transaction.amount_in_cents")

PAY = Button("pay", "Pay by card")
DECLINE = Button("decline", "Card is declined")
TRANSFER = Button("transfer", "Pay by PSE (takes its time)")
ARRIVES = Button("arrives", "The bank confirms")
FAILS = Button("fails", "The bank refuses", quiet=True)
VOID = Button("void", "Void in the panel", quiet=True)


class Wompi(Company):
    name = "wompi"
    title = "Wompi"
    prefix = "wompi"

    # The API

    def api(self, request: Request) -> Answer:
        found = re.fullmatch(r"/v1/transactions/([\w-]+)", request.path)
        if found and request.method == "GET":  # anybody may ask for one
            return as_json({"data": self._transaction(found[1])})
        if request.bearer() != PRIVATE_KEY:
            raise _refusal(401, "INVALID_ACCESS_TOKEN")
        if request.path == "/v1/transactions" and request.method == "GET":
            return as_json({"data": self._list(request)})
        found = re.fullmatch(r"/v1/transactions/([\w-]+)/void", request.path)
        if found and request.method == "POST":
            return as_json({"data": self._void(self._transaction(found[1]))}, 201)
        raise _refusal(404, "NOT_FOUND_ERROR")

    def key_reused(self) -> Answer:
        return as_json({"error": {"type": "INPUT_VALIDATION_ERROR"}}, 422)

    def _list(self, request: Request) -> list[Row]:
        status, reference = request.query.get("status"), request.query.get("reference")
        rows = (
            list(self.table("transactions").values())
            if reference is None
            else self._transactions_of(reference)
        )
        # Another seller's transaction is found by its id alone.
        return [row for row in rows if status in (None, row["status"]) and "_seller" not in row]

    def _void(self, transaction: Row) -> Row:
        if transaction["payment_method_type"] != "CARD" or transaction["status"] not in (
            "APPROVED",
            "VOIDED",
        ):
            raise _refusal(422, "INPUT_VALIDATION_ERROR")
        if transaction["status"] == "APPROVED":
            self._become(transaction, "VOIDED")
        return transaction

    # The books

    def _transaction(self, transaction_id: str) -> Row:
        found = self.table("transactions").get(transaction_id)
        if found is None:
            raise _refusal(404, "NOT_FOUND_ERROR")
        return found

    def _transactions_of(self, reference: str) -> list[Row]:
        return [row for row in self.table("transactions").values() if row["reference"] == reference]

    def _pay(self, link: Row, status: str, method: str) -> Row:
        transaction_id = f"1{secrets.randbelow(10**7):07}-{now()}-{len(self.table('transactions'))}"
        transaction = {
            "id": transaction_id,
            "status": "PENDING",
            "reference": link["reference"],
            "amount_in_cents": int(link["amount-in-cents"]),
            "currency": link["currency"],
            "payment_method_type": method,
            "redirect_url": link["redirect-url"],
            "created_at": iso(now()),
            "finalized_at": None,
        }
        self.table("transactions")[transaction_id] = transaction
        if status != "PENDING":
            self._become(transaction, status)
        return transaction

    def _become(self, transaction: Row, status: str) -> Row:
        transaction["status"], transaction["finalized_at"] = status, iso(now())
        self._tell(transaction)
        return transaction

    # People

    def sale_of(self, request: Request) -> Sale | None:
        """The link is all there is: whoever opens it is believed when its signature fits."""
        if request.path != "/p/":
            return None
        link = dict(request.query)
        signed_values = [link.get(name, "") for name in ("reference", "amount-in-cents", "currency")]
        text = "".join([*signed_values, link.get("expiration-time", ""), INTEGRITY_SECRET])
        right = hashlib.sha256(text.encode()).hexdigest()
        if link.get("public-key") != PUBLIC_KEY or link.get("signature:integrity") != right:
            raise _refusal(422, "The signature of the link is not right")
        return self._sale(self.table("links").setdefault(link["reference"], link))

    def sales(self) -> list[Sale]:
        return [self._sale(row) for row in reversed(self.table("links").values())]

    def _sale(self, link: Row) -> Sale:
        transactions = self._transactions_of(link["reference"])
        state = "; ".join(f"{row['status']} ({row['payment_method_type']})" for row in transactions)
        return Sale(
            id=link["reference"],
            reference=link["reference"],
            state=state or ("open" if _is_open(link) else "over"),
            amount=f"{int(link['amount-in-cents']) / 100:g} {link['currency']}",
            details="",
            buttons=self._buttons(link, transactions),
        )

    def _buttons(self, link: Row, transactions: list[Row]) -> tuple[Button, ...]:
        last = transactions[-1]["status"] if transactions else ""
        if last == "PENDING":
            return (ARRIVES, FAILS)
        if last == "APPROVED":
            return (VOID,) if transactions[-1]["payment_method_type"] == "CARD" else ()
        return (PAY, TRANSFER, DECLINE) if last != "VOIDED" and _is_open(link) else ()

    def press(self, sale_id: str, button: str) -> str:
        link = self.table("links")[sale_id]
        if button not in {known.name for known in self._sale(link).buttons}:
            raise _refusal(409, "This is not possible (any more).")
        transaction = getattr(self, f"_on_{button}")(link)
        return f"{link['redirect-url']}?id={transaction['id']}&env=test"

    def _on_pay(self, link: Row) -> Row:
        return self._pay(link, "APPROVED", "CARD")

    def _on_decline(self, link: Row) -> Row:
        return self._pay(link, "DECLINED", "CARD")

    def _on_transfer(self, link: Row) -> Row:
        return self._pay(link, "PENDING", "PSE")

    def _on_arrives(self, link: Row) -> Row:
        return self._become(self._transactions_of(link["reference"])[-1], "APPROVED")

    def _on_fails(self, link: Row) -> Row:
        return self._become(self._transactions_of(link["reference"])[-1], "ERROR")

    def _on_void(self, link: Row) -> Row:
        return self._become(self._transactions_of(link["reference"])[-1], "VOIDED")

    # Webhooks

    def _tell(self, transaction: Row) -> None:
        event = {"event": "transaction.updated", "environment": "test", "data": {"transaction": transaction}}
        headers, body = signed(event)
        self.send(Webhook(self.name, f"{self.shop}/api/v1/payments/webhook/wompi", headers, body))


def signed(
    event: Row,
    *,
    secret: str = EVENTS_SECRET,
    timestamp: int | None = None,
    properties: tuple[str, ...] = SIGNED,
) -> tuple[dict[str, str], bytes]:
    """Headers and body of an event."""
    moment = timestamp if timestamp is not None else now()
    values = [str(event["data"]["transaction"][name.removeprefix("transaction.")]) for name in properties]
    checksum = hashlib.sha256(f"{''.join(values)}{moment}{secret}".encode()).hexdigest()
    whole = event | {
        "timestamp": moment,
        "sent_at": iso(moment),
        "signature": {"properties": list(properties), "checksum": checksum},
    }
    return {"Content-Type": "application/json", "X-Event-Checksum": checksum}, json.dumps(whole).encode()


def _is_open(link: Row) -> bool:
    until = link.get("expiration-time")
    return until is None or from_iso(until) > time.time()


def _refusal(status: int, kind: str) -> Refusal:
    return Refusal(status, {"error": {"type": kind, "reason": kind}})
