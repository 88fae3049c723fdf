"""MercadoPago: Checkout Pro as its API has it. A preference can be paid more than once, as at the real one."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
import time

from payments.local_gateways.company import Button, Company, Row, Sale, from_iso, iso, now
from payments.local_gateways.messages import Answer, Refusal, Request, Webhook, as_json

SELLER = 123456789
ACCESS_TOKEN = f"TEST-1111111111111111-010101-local-{SELLER}"
WEBHOOK_SECRET = "mp_local"  # noqa: S105
SITE, CURRENCY = "MCO", "COP"

PAY = Button("pay", "Pay")
DECLINE = Button("decline", "Card is rejected")
REVIEW = Button("review", "Pay, and it is looked into first")
APPROVE = Button("approve", "The review approves")
REJECT = Button("reject", "The review rejects", quiet=True)
DISPUTE = Button("dispute", "Chargeback", quiet=True)
WIN = Button("win", "Chargeback: the shop keeps the money", quiet=True)
LOSE = Button("lose", "Chargeback: the payer gets it", quiet=True)
REFUND = Button("refund", "Refund in the panel", quiet=True)


class MercadoPago(Company):
    name = "mercadopago"
    title = "Mercado Pago"
    prefix = "mercadopago"

    # The API

    def api(self, request: Request) -> Answer:
        if request.bearer() != ACCESS_TOKEN:
            raise _refusal(401, "invalid_token", "unauthorized")
        key = request.headers.get("X-Idempotency-Key", "") if request.method == "POST" else ""
        return self.remembered(request, key, lambda: self._answer(request))

    def key_reused(self) -> Answer:
        return as_json(
            {"message": "Idempotency key already used with another request", "error": "conflict"}, 409
        )

    def _answer(self, request: Request) -> Answer:
        for method, pattern, call in (
            ("GET", r"/users/me", self._me),
            ("POST", r"/checkout/preferences", self._create_preference),
            ("GET", r"/checkout/preferences/([\w-]+)", self._get_preference),
            ("PUT", r"/checkout/preferences/([\w-]+)", self._update_preference),
            ("GET", r"/v1/payments/search", self._search),
            ("GET", r"/v1/payments/(\d+)", self._get_payment),
            ("POST", r"/v1/payments/(\d+)/refunds", self._create_refund),
            ("GET", r"/v1/payments/(\d+)/refunds", self._list_refunds),
            ("GET", r"/v1/chargebacks/(\d+)", self._get_chargeback),
        ):
            found = re.fullmatch(pattern, request.path)
            if found and request.method == method:
                return as_json(call(request, *found.groups()), 201 if method == "POST" else 200)
        raise _refusal(404, "not found", "not_found")

    def _me(self, request: Request) -> Row:
        return {"id": SELLER, "site_id": SITE}

    def _create_preference(self, request: Request) -> Row:
        asked = request.json()
        item = asked["items"][0]
        if item.get("currency_id", CURRENCY) != CURRENCY or item["unit_price"] <= 0:
            raise _refusal(400, "currency_id or unit_price invalid", "invalid_items")
        preference_id = f"{SELLER}-{secrets.token_hex(8)}"
        url = f"{self.base}/checkout/v1/redirect?pref_id={preference_id}"
        shown = {"id": preference_id, "collector_id": SELLER, "init_point": url, "sandbox_init_point": url}
        self.table("preferences")[preference_id] = asked | shown
        return asked | shown

    def _get_preference(self, request: Request, preference_id: str) -> Row:
        return self._preference(preference_id)

    def _update_preference(self, request: Request, preference_id: str) -> Row:
        preference = self._preference(preference_id)
        preference.update(request.json())
        return preference

    def _search(self, request: Request) -> Row:
        status, reference = request.query.get("status"), request.query.get("external_reference")
        rows = self.table("payments").values() if reference is None else self._payments_of(reference)
        found = [row for row in rows if status in (None, row["status"])]
        return {"paging": {"total": len(found), "limit": 30, "offset": 0}, "results": found}

    def _get_payment(self, request: Request, payment_id: str) -> Row:
        return self._payment(payment_id)

    def _create_refund(self, request: Request, payment_id: str) -> Row:
        payment = self._payment(payment_id)
        left = payment["transaction_amount"] - payment["transaction_amount_refunded"]
        amount = request.json().get("amount", left)
        if payment["status"] != "approved":
            raise _refusal(
                400, "The action requested is not valid for the current payment state", "bad_request"
            )
        if not 0 < amount <= left:
            raise _refusal(400, "The amount to refund is larger than what is left", "bad_request")
        return self._refund(payment, amount)

    def _list_refunds(self, request: Request, payment_id: str) -> list[Row]:
        refunds: list[Row] = self._payment(payment_id)["refunds"]
        return refunds

    def _get_chargeback(self, request: Request, chargeback_id: str) -> Row:
        found = self.table("chargebacks").get(chargeback_id)
        if found is None:
            raise _refusal(404, "chargeback not found", "not_found")
        return found

    # The books

    def _preference(self, preference_id: str) -> Row:
        found = self.table("preferences").get(preference_id)
        if found is None:
            raise _refusal(404, "preference not found", "not_found")
        return found

    def _payment(self, payment_id: str) -> Row:
        found = self.table("payments").get(payment_id)
        if found is None:
            raise _refusal(404, "Payment not found", "not_found")
        return found

    def _payments_of(self, reference: str) -> list[Row]:
        return [row for row in self.table("payments").values() if row["external_reference"] == reference]

    def _pay(self, preference: Row, status: str, detail: str) -> Row:
        payment_id = 1_000_000_000 + len(self.table("payments")) + secrets.randbelow(10**6) * 1000
        item = preference["items"][0]
        payment = {
            "id": payment_id,
            "status": status,
            "status_detail": detail,
            "external_reference": preference["external_reference"],
            "transaction_amount": item["unit_price"] * item.get("quantity", 1),
            "transaction_amount_refunded": 0,
            "currency_id": item.get("currency_id", CURRENCY),
            "collector_id": SELLER,
            "live_mode": False,
            "date_created": iso(now()),
            "date_approved": iso(now()) if status == "approved" else None,
            "refunds": [],
            "notification_url": preference.get("notification_url", ""),
        }
        self.table("payments")[str(payment_id)] = payment
        self._tell(payment)
        return payment

    def _refund(self, payment: Row, amount: float) -> Row:
        refund_id = 2_000_000_000 + secrets.randbelow(10**9)
        refund = {"id": refund_id, "payment_id": payment["id"], "amount": amount, "status": "approved"}
        payment["refunds"].append(refund)
        payment["transaction_amount_refunded"] += amount
        if payment["transaction_amount_refunded"] >= payment["transaction_amount"]:
            payment["status"] = payment["status_detail"] = "refunded"
        self._tell(payment)
        return refund

    # People

    def sale_of(self, request: Request) -> Sale | None:
        found = request.path == "/checkout/v1/redirect" and self.table("preferences").get(
            request.query["pref_id"]
        )
        return self._sale(found) if found else None

    def sales(self) -> list[Sale]:
        return [self._sale(row) for row in reversed(self.table("preferences").values())]

    def _sale(self, preference: Row) -> Sale:
        item = preference["items"][0]
        payments = self._payments_of(preference["external_reference"])
        return Sale(
            id=preference["id"],
            reference=preference["external_reference"],
            state="; ".join(_words(row) for row in payments) or ("open" if _is_open(preference) else "over"),
            amount=f"{item['unit_price']} {item.get('currency_id', CURRENCY)}",
            details=item["title"],
            buttons=self._buttons(preference, payments),
        )

    def _buttons(self, preference: Row, payments: list[Row]) -> tuple[Button, ...]:
        found = [PAY, REVIEW, DECLINE] if _is_open(preference) else []
        last = payments[-1] if payments else {}
        if last.get("status") == "in_process":
            found += [APPROVE, REJECT]
        if last.get("status") == "approved":
            found += [DISPUTE, REFUND]
        if last.get("status_detail") == "in_process" and last["status"] == "charged_back":
            found += [WIN, LOSE]
        return tuple(found)

    def press(self, sale_id: str, button: str) -> str:
        preference = self._preference(sale_id)
        if button not in {known.name for known in self._sale(preference).buttons}:
            raise _refusal(409, "This is not possible (any more).", "conflict")
        payment = getattr(self, f"_on_{button}")(preference)
        backs = preference["back_urls"]
        back = {"approved": "success", "rejected": "failure"}.get(payment["status"], "pending")
        return str(backs.get(back) or backs["success"])

    def _on_pay(self, preference: Row) -> Row:
        return self._pay(preference, "approved", "accredited")

    def _on_decline(self, preference: Row) -> Row:
        return self._pay(preference, "rejected", "cc_rejected_insufficient_amount")

    def _on_review(self, preference: Row) -> Row:
        return self._pay(preference, "in_process", "pending_review_manual")

    def _on_approve(self, preference: Row) -> Row:
        return self._become(preference, "approved", "accredited")

    def _on_reject(self, preference: Row) -> Row:
        return self._become(preference, "rejected", "cc_rejected_other_reason")

    def _on_refund(self, preference: Row) -> Row:
        payment = self._payments_of(preference["external_reference"])[-1]
        self._refund(payment, payment["transaction_amount"] - payment["transaction_amount_refunded"])
        return payment

    def _on_dispute(self, preference: Row) -> Row:
        payment = self._become(preference, "charged_back", "in_process", quietly=True)
        chargeback_id = str(217_000_000_000 + payment["id"])
        self.table("chargebacks")[chargeback_id] = {
            "id": chargeback_id,
            "payments": [payment["id"]],
            "amount": payment["transaction_amount"],
            "currency": payment["currency_id"],
            "coverage_applied": None,
        }
        self._tell(payment, kind="topic_chargebacks_wh", about=chargeback_id)
        return payment

    def _on_win(self, preference: Row) -> Row:
        return self._become(preference, "charged_back", "reimbursed")

    def _on_lose(self, preference: Row) -> Row:
        return self._become(preference, "charged_back", "settled")

    def _become(self, preference: Row, status: str, detail: str, *, quietly: bool = False) -> Row:
        payment = self._payments_of(preference["external_reference"])[-1]
        payment["status"], payment["status_detail"] = status, detail
        if status == "approved":
            payment["date_approved"] = iso(now())
        if not quietly:
            self._tell(payment)
        return payment

    # Webhooks

    def _tell(self, payment: Row, *, kind: str = "payment", about: str = "") -> None:
        data_id = about or str(payment["id"])
        if not payment["notification_url"]:
            return
        url = f"{payment['notification_url']}&data.id={data_id}&type={kind}"
        news = {"action": f"{kind}.updated", "type": kind, "data": {"id": data_id}, "user_id": SELLER}
        body = json.dumps(news | {"id": secrets.randbelow(10**9), "live_mode": False}).encode()
        self.send(Webhook(self.name, url, signed(data_id), body))


def signed(
    data_id: str, *, secret: str = WEBHOOK_SECRET, request_id: str = "", timestamp: int | None = None
) -> dict[str, str]:
    """`timestamp` in milliseconds."""
    request_id = request_id or secrets.token_hex(8)
    moment = timestamp if timestamp is not None else now() * 1000
    manifest = f"id:{data_id};request-id:{request_id};ts:{moment};"
    digest = hmac.new(secret.encode(), manifest.encode(), hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Request-Id": request_id,
        "X-Signature": f"ts={moment},v1={digest}",
    }


def _is_open(preference: Row) -> bool:
    until = preference.get("expiration_date_to") if preference.get("expires") else None
    return until is None or from_iso(until) > time.time()


def _words(payment: Row) -> str:
    back = payment["transaction_amount_refunded"]
    return f"{payment['status']} ({payment['status_detail']})" + (f", {back} refunded" if back else "")


def _refusal(status: int, message: str, error: str) -> Refusal:
    return Refusal(status, {"message": message, "error": error, "status": status, "cause": []})
