"""The gateway of the embedded installation: the sandbox company takes test money and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal

from django.conf import settings
from django.urls import reverse

from payments.gateways import registry, signatures
from payments.gateways.base import (
    Checkout,
    Gateway,
    GatewayRefused,
    Hint,
    MalformedWebhook,
    MoneyStatus,
    NotFoundAtGateway,
    RefundOutcome,
    Snapshot,
)
from payments.models import Attempt
from payments.sandbox import services as company
from payments.sandbox.models import SandboxStatus

SIGNATURE_HEADER = "X-Sandbox-Signature"

_STATUS = {
    SandboxStatus.OPEN: MoneyStatus.PENDING,
    SandboxStatus.PAID: MoneyStatus.PAID,
    SandboxStatus.DECLINED: MoneyStatus.FAILED,
    SandboxStatus.EXPIRED: MoneyStatus.EXPIRED,
}


@registry.register
class SandboxGateway(Gateway):
    name = "sandbox"
    title = "Sandbox"

    def problems(self) -> list[str]:
        found = []
        if not settings.EMBEDDED:
            found.append("it takes test money; PAYMENT_GATEWAYS may name it in the embedded demo only.")
        if not settings.SANDBOX_SECRET:
            found.append("SANDBOX_SECRET is empty.")
        return found

    def create_checkout(self, attempt: Attempt) -> Checkout:
        checkout = company.create_checkout(
            reference=attempt.reference,
            amount=attempt.amount,
            currency=attempt.currency,
            description=attempt.description,
            return_url=attempt.return_url,
            expires_at=attempt.expires_at,
        )
        url = settings.PUBLIC_URL + reverse("sandbox_checkout", args=[checkout.pk])
        return Checkout(url=url, provider_ref=str(checkout.pk), expires_at=checkout.expires_at)

    def parse_webhook(self, headers: Mapping[str, str], raw_body: bytes, query: Mapping[str, str]) -> Hint:
        signatures.verify(settings.SANDBOX_SECRET, raw_body, headers.get(SIGNATURE_HEADER, ""))
        try:
            event = json.loads(raw_body)
            return Hint(event_id=event["id"], reference=event["reference"], provider_ref=event["checkout_id"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise MalformedWebhook("no event of the sandbox") from error

    def fetch(self, hint: Hint) -> Snapshot:
        try:
            checkout = company.find_checkout(checkout_id=hint.provider_ref, reference=hint.reference)
        except company.UnknownCheckout as error:
            raise NotFoundAtGateway(hint.reference) from error
        return Snapshot(
            status=_STATUS[company.status_now(checkout)],
            amount=checkout.amount,
            currency=checkout.currency,
            refunded=checkout.refunded,
            reference=checkout.reference,
        )

    def refund(self, attempt: Attempt, amount: Decimal, key: str) -> RefundOutcome:
        try:
            company.refund(reference=attempt.reference, amount=amount, key=key)
        except company.SandboxError as error:
            raise GatewayRefused(str(error)) from error
        return RefundOutcome.SUCCEEDED

    def expire_checkout(self, attempt: Attempt) -> bool:
        try:
            return company.expire(reference=attempt.reference)
        except company.UnknownCheckout as error:
            raise NotFoundAtGateway(attempt.reference) from error
