"""Plans, and people who buy them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.services import create_user
from bookings import services
from bookings.models import Booking, Membership, Plan, Service
from bookings.selectors import next_free_slots
from bookings.services.booking import PatientDetails
from bookings.services.plans import Included
from bookings.tests.factories import PASSWORD, make_professional, make_service
from core.actor import Actor
from payments.models import Attempt, Payment
from payments.selectors import payment_of

DOCTOR = Actor("professional")


def make_plan(service: Service | None = None, **fields: Any) -> Plan:
    """Includes one service (25,000 COP for others), as often as wanted, for a month."""
    service = service or make_service(make_professional(always_open=True))
    line = {name: fields.pop(name) for name in ("member_price", "times") if name in fields}
    defaults = {
        "name": "Follow-up",
        "description": "",
        "price": Decimal("90000"),
        "currency": service.currency,
        "months": 1,
        "included": [Included(service.pk, **line)],
        "actor": DOCTOR,
    }
    return services.save_plan(professional=service.professional, plan=None, **(defaults | fields))


def make_member(email: str = "luz@example.org", **fields: Any) -> User:
    return create_user(email=email, password=PASSWORD, **{"name": "Luz Marín"} | fields)


def pay_for(membership: Membership) -> Payment:
    """What a gateway's word for "paid" does, told to nobody yet."""
    payment = payment_of("membership", membership.pk)
    attempt = Attempt.objects.create(
        payment=payment, number=1, reference=f"{payment.reference}-1", gateway="sandbox", status="open"
    )
    Attempt.objects.filter(pk=attempt.pk).update(status="paid", settles=True, paid_at=timezone.now())
    Payment.objects.filter(pk=payment.pk).update(status="paid", paid_at=timezone.now())
    return payment


def bought(user: User, plan: Plan) -> Membership:
    """Asked for, and paid."""
    membership = services.subscribe(user=user, plan_id=plan.pk)
    services.membership_settled(pay_for(membership).pk)
    membership.refresh_from_db()
    return membership


def booked(user: User | None, service: Service, start: Any = None, **details: Any) -> Booking:
    """By the account, or by a guest with that e-mail."""
    email = user.email if user else details.pop("email", "guest@example.org")
    return services.book(
        service=service,
        starts_at=start or next_free_slots(service=service, count=1, asker=user)[0],
        patient=PatientDetails(name="Luz Marín", email=email, **details),
        **services.who_books(user),
    )
