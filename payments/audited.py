"""What the audit says of money, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from core.audit.words import Words

ACTIONS: Words = {
    "refund.requested": _("Refund asked for by staff"),
    "refund.requested_by_payee": _("Refund asked for by whoever was paid"),
    "refund.retried": _("Refund tried again"),
    "refund.done_by_hand": _("Refund done by hand"),
    "payment.question_closed": _("Question about a payment closed"),
    "payment.unknown_money_seen_to": _("Money of an unknown payment seen to"),
    "payment.gateway_asked": _("Gateway asked about a payment"),
    "payments.exported": _("List of payments taken along"),
}
