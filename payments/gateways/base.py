"""What every payment gateway does for us, in words that fit them all.

A gateway talks to its company and translates; it decides nothing and writes nothing of ours. Its methods
are called outside of database transactions, may be called twice with the same key, and each call to the
company has a timeout.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar

from core.money import decimals
from payments.gateways import amounts
from payments.models import Attempt

MAX_ID_LENGTH = 200
MAX_REFERENCE_LENGTH = 64


class GatewayError(Exception):
    """The gateway could not do what was asked. `retryable`: asking again later may help."""

    retryable = False


class GatewayUnavailable(GatewayError):
    """Out of reach, too slow, overloaded or not configured now; nothing is known of what became of the call."""

    retryable = True


class GatewayRefused(GatewayError):
    """The gateway understood and said no; the same call would get the same answer."""


class NotFoundAtGateway(GatewayRefused):
    """The gateway knows nothing of this."""


class WebhookRejected(Exception):
    """A webhook that is not to be stored."""


class BadSignature(WebhookRejected):
    """Not signed by the gateway, or too long ago."""


class MalformedWebhook(WebhookRejected):
    """Signed, but not in a form we understand."""


class DisputeStatus(StrEnum):
    """Whose the money is while the payer's bank doubts it: OPEN says that nobody knows yet."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class MoneyStatus(StrEnum):
    """What became of a checkout. PROCESSING: the payer has done their part, and the money is on its way. PAID stays
    PAID when money went back: `Snapshot.refunded` says so."""

    PENDING = "pending"
    PROCESSING = "processing"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"


class RefundOutcome(StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page at the gateway where the attempt can be paid until `expires_at`."""

    url: str
    provider_ref: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Hint:
    """Something may have happened to this reference, or to what the gateway calls `provider_ref`: a checkout of
    its own, or money.

    Raises MalformedWebhook for values that could not be stored.
    """

    event_id: str = ""
    reference: str = ""
    provider_ref: str = ""

    def __post_init__(self) -> None:
        for value, limit in (
            (self.event_id, MAX_ID_LENGTH),
            (self.reference, MAX_REFERENCE_LENGTH),
            (self.provider_ref, MAX_ID_LENGTH),
        ):
            if not isinstance(value, str) or len(value) > limit or not (value.isprintable() or not value):
                raise MalformedWebhook("an id of the event is no short plain text")


def hint_of(attempt: Attempt) -> Hint:
    """Where the gateway finds what it knows of this attempt."""
    return Hint(reference=attempt.reference, provider_ref=attempt.money_ref or attempt.provider_ref)


@dataclass(frozen=True, slots=True)
class Dispute:
    """A payer's bank asks for money back, or has taken it (a chargeback)."""

    id: str
    amount: Decimal
    status: DisputeStatus
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The truth as the gateway tells it now: asked for by us, never taken from a webhook."""

    status: MoneyStatus
    amount: Decimal
    currency: str
    refunded: Decimal
    reference: str
    # What the gateway calls this money, where that is not what it calls the checkout.
    money_ref: str = ""
    # False: another seller's account got it, or it is test money where real money is asked for.
    ours: bool = True
    disputes: tuple[Dispute, ...] = ()
    # Whatever else was paid under the same reference: some checkouts can be paid more than once.
    others: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, slots=True)
class Capabilities:
    """`pays_once`: a paid checkout cannot be paid again."""

    expires_checkouts: bool = True
    refunds: bool = True
    partial_refunds: bool = True
    pays_once: bool = True


class Gateway(ABC):
    """One company that takes money for us. One instance serves all threads."""

    name: ClassVar[str]
    title: ClassVar[str]  # as people know the company
    capabilities: ClassVar[Capabilities] = Capabilities()

    def problems(self) -> list[str]:
        """What is wrong with its settings, each naming the setting; empty when it can work."""
        return []

    def supports(self, currency: str) -> bool:
        """Whether it takes this ISO 4217 currency."""
        return True

    def takes(self, amount: Decimal, currency: str) -> bool:
        """Whether it takes just this amount: none of its parts may be smaller than the gateway counts."""
        return self.supports(currency) and amounts.fits(amount, self.decimals(currency))

    def decimals(self, currency: str) -> int:
        """How many decimals it takes and gives back of this currency, whether it is used with it or not: those of the
        currency, or less."""
        return decimals(currency)

    @abstractmethod
    def create_checkout(self, attempt: Attempt) -> Checkout:
        """Opens a checkout for the attempt's amount under its reference; its id is the idempotency key.

        Asked again for the same attempt, gives the same checkout. Raises GatewayError.
        """

    @abstractmethod
    def parse_webhook(
        self, headers: Mapping[str, str], raw_body: bytes, query: Mapping[str, str]
    ) -> Hint | None:
        """Verifies the signature and reads what the webhook speaks of; None when that is no concern of ours.

        No network. Raises WebhookRejected. `event_id` must be the same for the same news, and come from what is signed.
        """

    @abstractmethod
    def fetch(self, hint: Hint) -> Snapshot:
        """The state of the money now. Raises NotFoundAtGateway, GatewayError."""

    def paid_since(self, moment: datetime) -> Iterator[Snapshot]:
        """Everything that was paid into our account since then, also what we know nothing of; nothing where it
        cannot be asked for. Raises GatewayError."""
        return iter(())

    @abstractmethod
    def refund(self, attempt: Attempt, amount: Decimal, key: str) -> RefundOutcome:
        """Gives back part or all of a paid attempt, once for one key.

        Asked again with the same key, says what became of that refund. MANUAL: a person must do it.
        Raises GatewayError.
        """

    @abstractmethod
    def expire_checkout(self, attempt: Attempt) -> bool:
        """Makes sure that the checkout cannot be paid any more; False when that is not possible
        (paid already, or the gateway cannot). Raises GatewayError."""
