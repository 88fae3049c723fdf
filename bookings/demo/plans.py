"""Plans that the demo's practices sell, and two people who have bought one."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from accounts.models import Professional, User
from bookings import services
from bookings.models import Plan
from bookings.services.plans import Included
from core.actor import Actor
from payments.models import Attempt
from payments.sandbox import services as company
from payments.selectors import payment_of
from payments.services import sync_payment


class Sold(NamedTuple):
    """`included`: service, price for members, how often."""

    practice: str
    name: str
    description: str
    price: str
    months: int
    included: tuple[tuple[str, str, int | None], ...]
    member: str = ""


PLANS = (
    Sold(
        "lucia-pena",
        "Médica de cabecera",
        "Dos videoconsultas al mes incluidas y llamadas a mitad de precio.",
        "95000",
        1,
        (("videoconsulta", "0", 2), ("llamada", "22500", None)),
        "teresa@demo.test",
    ),
    Sold(
        "lucia-pena",
        "Familia, seis meses",
        "Videoconsultas a mitad de precio durante medio año.",
        "150000",
        6,
        (("videoconsulta", "30000", None),),
    ),
    Sold(
        "camila-soto",
        "Acompañamiento",
        "Tres meses de seguimiento, para que los hábitos nuevos se queden.",
        "60000",
        3,
        (("seguimiento", "0", 6), ("plan", "20000", 1)),
        "patient@demo.test",
    ),
)


def sell_plans() -> None:
    for sold in PLANS:
        plan = _plan(sold)
        if sold.member:
            _buy(plan, User.objects.get(email=sold.member))


def _plan(sold: Sold) -> Plan:
    professional = Professional.objects.get(slug=sold.practice)
    offered = {service.slug: service for service in professional.services.all()}
    return services.save_plan(
        professional=professional,
        plan=None,
        name=sold.name,
        description=sold.description,
        price=Decimal(sold.price),
        currency=offered[sold.included[0][0]].currency,
        months=sold.months,
        included=[Included(offered[slug].pk, Decimal(price), times) for slug, price, times in sold.included],
        actor=Actor("professional", professional.user_id),
    )


def _buy(plan: Plan, user: User) -> None:
    """Where the sandbox takes the money it is paid; elsewhere it waits to be paid by hand."""
    membership = services.subscribe(user=user, plan_id=plan.pk)
    payment = payment_of("membership", membership.pk)
    if payment is None or not company.is_open_for_business():
        return
    services.membership_checkout_url(membership)
    reference = Attempt.objects.get(payment=payment).reference
    company.pay(checkout_id=company.find_checkout(reference=reference).pk)
    sync_payment(payment_id=payment.pk)
