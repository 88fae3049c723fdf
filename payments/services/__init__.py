"""Verbs of money. Only what other apps call is named here."""

from payments.services.checkout import close_payment, open_checkout, request_payment
from payments.services.polling import sync_payment
from payments.services.refunds import refund_done_by_hand, request_refund, retry_refund

__all__ = [
    "close_payment",
    "open_checkout",
    "refund_done_by_hand",
    "request_payment",
    "request_refund",
    "retry_refund",
    "sync_payment",
]
