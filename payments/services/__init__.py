"""Verbs of money. Only what other apps call is named here."""

from payments.services.checkout import close_payment, open_checkout, request_payment
from payments.services.polling import sync_payment
from payments.services.refunds import request_refund

__all__ = ["close_payment", "open_checkout", "request_payment", "request_refund", "sync_payment"]
