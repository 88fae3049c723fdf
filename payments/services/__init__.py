"""Verbs of money. Only what other apps call is named here."""

from payments.services.by_staff import (
    close_question,
    give_back,
    give_back_by_payee,
    refund_done_by_hand,
    retry_refund,
)
from payments.services.checkout import close_payment, open_checkout, request_payment
from payments.services.polling import sync_payment
from payments.services.refunds import request_refund
from payments.services.unknown import unknown_money_seen_to

__all__ = [
    "close_payment",
    "close_question",
    "give_back",
    "give_back_by_payee",
    "open_checkout",
    "refund_done_by_hand",
    "request_payment",
    "request_refund",
    "retry_refund",
    "sync_payment",
    "unknown_money_seen_to",
]
