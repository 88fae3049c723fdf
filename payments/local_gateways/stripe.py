"""Stripe: its API, and what people do on its pages."""

from __future__ import annotations

import re
from typing import Any

from payments.local_gateways.company import Button, Row, Sale, new_id, now
from payments.local_gateways.messages import Answer, Request, as_json
from payments.local_gateways.stripe_books import SECRET_KEY, StripeBooks, refusal

PAY = Button("pay", "Pay by card")
DECLINE = Button("decline", "Card is declined")
TRANSFER = Button("transfer", "Pay by bank transfer (takes its time)")
ARRIVES = Button("arrives", "The transfer arrives")
FAILS = Button("fails", "The transfer fails", quiet=True)
DISPUTE = Button("dispute", "Payer's bank disputes it", quiet=True)
WIN = Button("win", "Dispute is won", quiet=True)
LOSE = Button("lose", "Dispute is lost", quiet=True)
REFUND = Button("refund", "Refund in the dashboard", quiet=True)


class Stripe(StripeBooks):
    # The API

    def api(self, request: Request) -> Answer:
        if request.bearer() != SECRET_KEY:
            raise refusal(401, "Invalid API Key provided")
        key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
        return self.remembered(request, key, lambda: self._answer(request))

    def stumble(self, request: Request) -> Answer:
        """A 500, which is the answer to this key from now on."""
        key = request.headers.get("Idempotency-Key", "")
        broken = as_json({"error": {"type": "api_error", "message": "An error on our side"}}, 500)
        return self.remembered(request, key, lambda: broken)

    def key_reused(self) -> Answer:
        message = "Keys for idempotent requests can only be used with the same parameters they were first used with."
        return as_json({"error": {"type": "idempotency_error", "message": message}}, 400)

    def _answer(self, request: Request) -> Answer:
        for method, pattern, call in (
            ("POST", r"/v1/checkout/sessions", self._create_session),
            ("GET", r"/v1/checkout/sessions", self._list_sessions),
            ("GET", r"/v1/checkout/sessions/(\w+)", self._get_session),
            ("POST", r"/v1/checkout/sessions/(\w+)/expire", self._expire_session),
            ("POST", r"/v1/refunds", self._create_refund),
            ("GET", r"/v1/refunds", self._list_refunds),
            ("GET", r"/v1/disputes", self._list_disputes),
        ):
            found = re.fullmatch(pattern, request.path)
            if found and request.method == method:
                return as_json(call(request, *found.groups()))
        raise refusal(404, f"Unrecognized request URL ({request.method}: {request.path})")

    def _create_session(self, request: Request) -> Row:
        form = request.form()
        expires_at = int(form.get("expires_at", now() + 24 * 3600))
        if not 30 * 60 <= expires_at - now() <= 24 * 3600:
            raise refusal(400, "The `expires_at` timestamp must be between 30 minutes and 24 hours from now.")
        amount = form["line_items[0][price_data][unit_amount]"]
        if not amount.isdecimal() or int(amount) < 1:
            raise refusal(400, "Invalid positive integer")
        session_id = new_id("cs_test")
        session = {
            "id": session_id,
            "object": "checkout.session",
            "url": f"{self.base}/pay/{session_id}",
            "status": "open",
            "payment_status": "unpaid",
            "client_reference_id": form.get("client_reference_id"),
            "amount_total": int(amount),
            "currency": form["line_items[0][price_data][currency]"].lower(),
            "expires_at": expires_at,
            "livemode": False,
            "payment_intent": None,
            "metadata": _metadata(form, "metadata"),
            "success_url": form["success_url"],
            "cancel_url": form.get("cancel_url", form["success_url"]),
            "created": now(),
        }
        private = {
            "_name": form["line_items[0][price_data][product_data][name]"],
            "_intent_metadata": _metadata(form, "payment_intent_data[metadata]"),
        }
        self.table("sessions")[session_id] = session | private
        return self._shown(session_id)

    def _get_session(self, request: Request, session_id: str) -> Row:
        return self._shown(self._session(session_id)["id"], expanded=True)

    def _list_sessions(self, request: Request) -> Row:
        intent, status = request.query.get("payment_intent"), request.query.get("status")
        rows = self.table("sessions").values()
        found = [row for row in rows if intent in (None, row["payment_intent"])]
        found = [row for row in found if status in (None, row["status"])]
        return _listed([self._shown(row["id"]) for row in found])

    def _expire_session(self, request: Request, session_id: str) -> Row:
        session = self._session(session_id)
        if session["status"] != "open":
            message = "Only Checkout Sessions with a status in [`open`] can be expired."
            raise refusal(400, f"{message} This Checkout Session has a status of {session['status']}.")
        self._expire(session)
        return self._shown(session_id)

    def _create_refund(self, request: Request) -> Row:
        form = request.form()
        charge = self._charge_of(form.get("payment_intent", ""))
        left = charge["amount"] - charge["amount_refunded"]
        amount = int(form.get("amount", left))
        if charge["disputed"]:
            raise refusal(400, "Charge has been charged back; cannot issue a refund.", "charge_disputed")
        if amount > left or amount < 1:
            raise refusal(400, "Refund amount is greater than unrefunded amount on charge")
        return self._refund(charge, amount, _metadata(form, "metadata"))

    def _list_refunds(self, request: Request) -> Row:
        return self._listed_of("refunds", request)

    def _list_disputes(self, request: Request) -> Row:
        return self._listed_of("disputes", request)

    def _listed_of(self, table: str, request: Request) -> Row:
        intent = request.query["payment_intent"]
        return _listed([row for row in self.table(table).values() if row["payment_intent"] == intent])

    # People

    def sale_of(self, request: Request) -> Sale | None:
        found = re.fullmatch(r"/pay/(\w+)", request.path)
        if found is None or found[1] not in self.table("sessions"):
            return None
        return self._sale(self._session(found[1]))

    def sales(self) -> list[Sale]:
        return [self._sale(self._session(key)) for key in reversed(self.table("sessions"))]

    def _sale(self, session: Row) -> Sale:
        state = f"{session['status']}, {session['payment_status']}"
        charge = None
        if session["payment_intent"]:
            intent = self.table("intents")[session["payment_intent"]]
            charge = self.table("charges").get(intent["latest_charge"] or "")
            state += f", {intent['status']}"
        if charge:
            state += f", {charge['amount_refunded']} refunded" if charge["amount_refunded"] else ""
            state += ", disputed" if charge["disputed"] else ""
        return Sale(
            id=session["id"],
            reference=session["client_reference_id"] or "",
            state=state,
            amount=f"{session['amount_total']} {session['currency'].upper()} in its smallest unit",
            details=session["_name"],
            buttons=self._buttons(session, charge),
        )

    def _buttons(self, session: Row, charge: Row | None) -> tuple[Button, ...]:
        if session["status"] == "open":
            return (PAY, TRANSFER, DECLINE)
        if session["status"] == "complete" and charge is None:
            intent = self.table("intents")[session["payment_intent"]]
            return (ARRIVES, FAILS) if intent["status"] == "processing" else ()
        if charge is None:
            return ()
        if charge["disputed"]:
            dispute = self._dispute_of(charge)
            return (WIN, LOSE) if dispute["status"] == "needs_response" else ()
        return (DISPUTE,) if charge["refunded"] else (DISPUTE, REFUND)

    def press(self, sale_id: str, button: str) -> str:
        session = self._session(sale_id)
        if button not in {known.name for known in self._sale(session).buttons}:
            raise refusal(409, "This is not possible (any more).")
        getattr(self, f"_on_{button}")(session)
        return str(session["cancel_url"] if button == "decline" else session["success_url"])

    def _on_pay(self, session: Row) -> None:
        self._take_money(session, "checkout.session.completed")

    def _on_decline(self, session: Row) -> None:
        self._tell("payment_intent.payment_failed", self._intent(session))

    def _on_transfer(self, session: Row) -> None:
        self._intent(session)["status"] = "processing"
        session["status"] = "complete"
        self._tell("checkout.session.completed", self._shown(session["id"]))

    def _on_arrives(self, session: Row) -> None:
        self._take_money(session, "checkout.session.async_payment_succeeded")

    def _on_fails(self, session: Row) -> None:
        intent = self._intent(session)
        intent["status"] = "requires_payment_method"
        self._tell("payment_intent.payment_failed", intent)
        self._tell("checkout.session.async_payment_failed", self._shown(session["id"]))

    def _on_refund(self, session: Row) -> None:
        charge = self._charge_of(session["payment_intent"])
        self._refund(charge, charge["amount"] - charge["amount_refunded"], {})

    def _on_dispute(self, session: Row) -> None:
        self._open_dispute(self._charge_of(session["payment_intent"]))

    def _on_win(self, session: Row) -> None:
        self._close_dispute(self._charge_of(session["payment_intent"]), "won")

    def _on_lose(self, session: Row) -> None:
        self._close_dispute(self._charge_of(session["payment_intent"]), "lost")


def _listed(rows: list[Row]) -> Row:
    return {"object": "list", "data": rows, "has_more": False, "url": "/v1/list"}


def _metadata(form: dict[str, str], field: str) -> dict[str, Any]:
    start = len(field) + 1
    return {name[start:-1]: value for name, value in form.items() if name.startswith(f"{field}[")}
