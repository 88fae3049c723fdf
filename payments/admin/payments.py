"""Payments: what is owed, what came, what went back, with their whole story."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import DecimalField, Exists, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin_lists import ByChoice, ByPastDay, BySelect, StaffList, badge, column, titled, unbroken
from accounts.admin_search import SearchedList
from accounts.admin_verbs import verb
from accounts.models import Role, User
from core import audit
from core.csv_stream import in_batches
from core.money import format_money
from payments import subjects
from payments.admin.forms import GiveBackForm, QuestionForm
from payments.models import Attempt, Payment, PaymentStatus, Refund, RefundStatus
from payments.selectors import balances_of, has_open_question, left_to_give_back
from payments.services import close_question, give_back, sync_payment
from payments.story import problem_of, story_of, why

STAFF = frozenset({Role.MEDICAL_ADMIN})
IN_QUESTION = Exists(Attempt.objects.filter(payment=OuterRef("pk"), questioned_at__isnull=False))
TONES = {PaymentStatus.PAID: "success", PaymentStatus.PENDING: "warning", PaymentStatus.CLOSED: "info"}
REFUND_TONES = {
    RefundStatus.PENDING: "info",
    RefundStatus.SUCCEEDED: "success",
    RefundStatus.FAILED: "danger",
    RefundStatus.MANUAL: "warning",
}


def staff_of(request: HttpRequest) -> UUID:
    return cast(User, request.user).pk


def _returned() -> Coalesce:
    """What has gone back of a payment, asked in the same query."""
    done = Refund.objects.filter(
        attempt__payment=OuterRef("pk"), attempt__settles=True, status=RefundStatus.SUCCEEDED
    )
    total = done.order_by().values("attempt__payment").annotate(total=Sum("amount")).values("total")
    return Coalesce(Subquery(total), Decimal(0), output_field=DecimalField())


class ByQuestion(BySelect):
    title = _("does the money match")
    parameter_name = "question"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("open", _("no: in question"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return queryset.filter(IN_QUESTION) if self.value() == "open" else queryset


class ByCurrency(BySelect):
    title = _("currency")
    parameter_name = "currency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        used = Payment.objects.order_by("currency").values_list("currency", flat=True).distinct()
        return [(currency, currency) for currency in used]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Payment]) -> QuerySet[Payment]:
        return queryset.filter(currency=self.value()) if self.value() else queryset


class _Named(SearchedList):
    """Says of all payments of the page what they are for, with one query for each kind."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.result_list = list(self.result_list)
        name(self.result_list)


def _waits_for_gateway(payment: Payment) -> bool:
    """Nobody can be asked about what was never tried."""
    return payment.status == PaymentStatus.PENDING and payment.attempts.exists()


@admin.register(Payment)
class PaymentAdmin(StaffList):
    managers = STAFF
    menu_icon = "payments"
    verbs_for_one = ("refund", "ask_gateway", "close_question")
    list_display = ("reference_text", "state", "amount_text", "returned_text", "purpose", "created")
    list_filter = (
        ("status", titled(ByChoice, _("state"))),
        ByQuestion,
        ByCurrency,
        ("created_at", titled(ByPastDay, _("asked for"))),
    )
    # What waits for a person comes first.
    ordering = (IN_QUESTION.desc(), "-created_at")
    search_fields = ("reference",)
    search_help_text = _("Reference, or what finds the appointment: e-mail, phone, professional")
    list_after_template = "admin/export.html"
    csv_name = "payments"
    csv_header = ("reference", "state", "for", "amount", "given_back", "currency", "paid_at", "created_at")
    change_form_outer_after_template = "admin/payments/story.html"
    fields = (
        ("reference_text", "state"),
        ("purpose", "amount_text"),
        ("created", "until"),
        "paid",
    )
    readonly_fields = ("reference_text", "state", "purpose", "amount_text", "created", "until", "paid")
    paid = column("paid_at", _("paid"), ordering=True)
    created = column("created_at", _("asked for"), ordering=True)
    until = column("payable_until", _("to be paid until"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Payment]:
        found: QuerySet[Payment] = super().get_queryset(request)
        return found.annotate(in_question=IN_QUESTION, returned=_returned())

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return _Named

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Payment | None:
        payment: Payment | None = super().get_object(request, object_id, from_field)
        if payment is not None:
            name([payment])
        return payment

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Payment], search_term: str
    ) -> tuple[QuerySet[Payment], bool]:
        """By the beginning of the reference, or by whatever finds what is paid for."""
        words = search_term.replace("\x00", "").strip()[:100]
        if not words:
            return queryset, False
        meant = Q(reference__startswith=words.upper()) | Q(subject_id__in=subjects.found(words))
        return queryset.filter(meant), False

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, *args: Any, **kwargs: Any
    ) -> Any:
        response = super().changeform_view(request, object_id, *args, **kwargs)
        payment = getattr(response, "context_data", {}).get("original")
        if payment is not None:
            story = story_of(payment)
            response.context_data |= {
                "story": story,
                "balance": balances_of([payment])[payment.pk],
                "refunds": [
                    (refund, why(refund), REFUND_TONES[RefundStatus(refund.status)])
                    for refund in story.refunds
                ],
                "questions": [
                    (attempt, problem_of(attempt)) for attempt in story.attempts if attempt.questioned_at
                ],
            }
        return response

    def describe(self, payment: Payment) -> str:
        return f"{payment.reference} · {self.amount_text(payment)}"

    @verb(
        _("Give money back"),
        done=ngettext_lazy("The refund is on its way.", "%(count)d refunds are on their way.", "count"),
        asks=_("The money goes back the way it came. What it was paid for stays as it is."),
        form=GiveBackForm,
        icon="undo",
        dangerous=True,
        applies=lambda payment: left_to_give_back(payment) > 0,
    )
    def refund(self, request: HttpRequest, payment: Payment, *, amount: Decimal, why: str, once: Any) -> None:
        give_back(payment_id=payment.pk, amount=amount, why=why, by=staff_of(request), once=once)

    @verb(
        _("Ask the gateway again"),
        done=ngettext_lazy("The gateway has been asked.", "%(count)d gateways have been asked.", "count"),
        icon="refresh",
        applies=lambda payment: _waits_for_gateway(payment) or has_open_question(payment),
    )
    def ask_gateway(self, request: HttpRequest, payment: Payment) -> None:
        sync_payment(payment_id=payment.pk)
        audit.record("payment.gateway_asked", object=payment)

    @verb(
        _("Close the question"),
        done=ngettext_lazy("The question is closed.", "%(count)d questions are closed.", "count"),
        asks=_(
            "Only when the money that does not match has been dealt with, such as sent back at the gateway. "
            "Whoever owes may then pay anew."
        ),
        form=QuestionForm,
        icon="task_alt",
        applies=has_open_question,
    )
    def close_question(self, request: HttpRequest, payment: Payment, *, note: str) -> None:
        close_question(payment_id=payment.pk, note=note, by=staff_of(request))

    def csv_rows(self, rows: QuerySet[Payment]) -> Iterator[list[Any]]:
        for batch in in_batches(rows):
            name(batch)
            yield from map(_csv_row, batch)

    @admin.display(description=_("reference"), ordering="reference")
    def reference_text(self, payment: Payment) -> str:
        return unbroken(payment.reference)

    @admin.display(description=_("state"), ordering="status")
    def state(self, payment: Payment) -> str:
        of_it = badge(payment.get_status_display(), TONES[PaymentStatus(payment.status)])
        if not getattr(payment, "in_question", False):
            return of_it
        return format_html("{} {}", of_it, badge(gettext("in question"), "danger"))

    @admin.display(description=_("amount"), ordering="amount")
    def amount_text(self, payment: Payment) -> str:
        return format_money(payment.amount, payment.currency)

    @admin.display(description=_("given back"), empty_value="-")
    def returned_text(self, payment: Payment) -> str | None:
        returned: Decimal = getattr(payment, "returned", Decimal(0))
        return format_money(returned, payment.currency) if returned else None

    @admin.display(description=_("for"))
    def purpose(self, payment: Payment) -> str:
        named: subjects.Named | None = getattr(payment, "subject_named", None)
        if named is None:
            return payment.subject_type
        return format_html('<a class="underline whitespace-nowrap" href="{}">{}</a>', named.link, named.words)


def name(payments: Iterable[Payment]) -> None:
    """Says of each payment what it is for. Nothing of it is sealed, so nothing tells the audit by itself: here it is
    noted whose was shown."""
    known = subjects.named([(payment.subject_type, payment.subject_id) for payment in payments])
    for payment in payments:
        payment.subject_named = known.get(payment.subject_id)  # type: ignore[attr-defined]
    for named in known.values():
        if named.about is not None:
            audit.opened(named.about)


def _csv_row(payment: Payment) -> list[Any]:
    named: subjects.Named | None = payment.subject_named  # type: ignore[attr-defined]
    return [
        payment.reference,
        payment.status,
        named.words if named else payment.subject_type,
        format(payment.amount.normalize(), "f"),
        format(payment.returned.normalize(), "f"),  # type: ignore[attr-defined]
        payment.currency,
        payment.paid_at and payment.paid_at.isoformat(),
        payment.created_at.isoformat(),
    ]
