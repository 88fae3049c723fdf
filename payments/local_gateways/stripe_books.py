"""What Stripe knows of sessions, money, refunds and disputes, and tells the shop of them."""

from __future__ import annotations

import hashlib
import hmac
import json

from payments.local_gateways.company import Company, Row, new_id, now
from payments.local_gateways.messages import Refusal, Webhook

SECRET_KEY = "sk_test_local"  # noqa: S105
WEBHOOK_SECRET = "whsec_local"  # noqa: S105


class StripeBooks(Company):
    name = "stripe"
    title = "Stripe"
    prefix = "stripe"

    def _session(self, session_id: str) -> Row:
        session = self.table("sessions").get(session_id)
        if session is None:
            raise refusal(404, f"No such checkout.session: '{session_id}'", "resource_missing")
        if session["status"] == "open" and session["expires_at"] <= now():
            self._expire(session)
        return session

    def _expire(self, session: Row) -> None:
        session["status"] = "expired"
        self._tell("checkout.session.expired", self._shown(session["id"]))

    def _shown(self, session_id: str, *, expanded: bool = False) -> Row:
        row = self.table("sessions")[session_id]
        shown = {name: value for name, value in row.items() if not name.startswith("_")}
        shown["url"] = row["url"] if row["status"] == "open" else None
        if expanded and row["payment_intent"]:
            intent = self.table("intents")[row["payment_intent"]]
            charge = self.table("charges").get(intent["latest_charge"] or "")
            shown["payment_intent"] = intent | {"latest_charge": charge}
        return shown

    def _charge_of(self, intent_id: str) -> Row:
        for charge in self.table("charges").values():
            if charge["payment_intent"] == intent_id:
                return charge
        raise refusal(404, f"No such payment_intent: '{intent_id}'", "resource_missing")

    def _intent(self, session: Row) -> Row:
        intent_id = session["payment_intent"] or new_id("pi")
        session["payment_intent"] = intent_id
        fresh = {
            "id": intent_id,
            "object": "payment_intent",
            "status": "requires_payment_method",
            "amount": session["amount_total"],
            "currency": session["currency"],
            "metadata": session["_intent_metadata"],
            "livemode": False,
            "latest_charge": None,
        }
        return self.table("intents").setdefault(intent_id, fresh)

    def _take_money(self, session: Row, event: str) -> None:
        intent = self._intent(session)
        charge_id = new_id("ch")
        intent["status"], intent["latest_charge"] = "succeeded", charge_id
        self.table("charges")[charge_id] = {
            "id": charge_id,
            "object": "charge",
            "payment_intent": intent["id"],
            "amount": intent["amount"],
            "amount_refunded": 0,
            "currency": intent["currency"],
            "disputed": False,
            "refunded": False,
            "paid": True,
            "metadata": intent["metadata"],
            "livemode": False,
        }
        session["status"], session["payment_status"] = "complete", "paid"
        self._tell("payment_intent.succeeded", intent)
        self._tell(event, self._shown(session["id"]))

    def _refund(self, charge: Row, amount: int, metadata: Row) -> Row:
        refund = {
            "id": new_id("re"),
            "object": "refund",
            "amount": amount,
            "currency": charge["currency"],
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "status": "succeeded",
            "metadata": metadata,
        }
        self.table("refunds")[refund["id"]] = refund
        charge["amount_refunded"] += amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        self._tell("charge.refunded", charge)
        return refund

    def _open_dispute(self, charge: Row) -> None:
        charge["disputed"] = True
        dispute = {
            "id": new_id("dp"),
            "object": "dispute",
            "amount": charge["amount"],
            "currency": charge["currency"],
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "reason": "fraudulent",
            "status": "needs_response",
            "livemode": False,
        }
        self.table("disputes")[dispute["id"]] = dispute
        self._tell("charge.dispute.created", dispute)

    def _close_dispute(self, charge: Row, status: str) -> None:
        dispute = self._dispute_of(charge)
        dispute["status"] = status
        self._tell("charge.dispute.closed", dispute)

    def _dispute_of(self, charge: Row) -> Row:
        return next(row for row in self.table("disputes").values() if row["charge"] == charge["id"])

    def _tell(self, kind: str, subject: Row) -> None:
        event = {"id": new_id("evt"), "object": "event", "type": kind, "livemode": False, "created": now()}
        body = json.dumps(event | {"data": {"object": subject}}).encode()
        self.send(Webhook(self.name, f"{self.shop}/api/v1/payments/webhook/stripe", signed(body), body))


def signed(body: bytes, *, secret: str = WEBHOOK_SECRET, timestamp: int | None = None) -> dict[str, str]:
    moment = str(timestamp if timestamp is not None else now())
    digest = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256).hexdigest()
    return {"Content-Type": "application/json", "Stripe-Signature": f"t={moment},v1={digest}"}


def refusal(status: int, message: str, code: str = "") -> Refusal:
    return Refusal(
        status, {"error": {"type": "invalid_request_error", "message": message, "code": code or None}}
    )
