"""What a professional types about a plan: what it costs, how long it lasts, which services members have for what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from babel.numbers import get_currency_name
from django import forms
from django.forms import BoundField
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bookings.forms.controls import OfferedNumberField, OnceForm, RefusableForm
from bookings.forms.public import WordsField
from bookings.models import Plan, PlanService, Service
from bookings.plan_words import months_words
from bookings.services.plans import Included
from core.errors import DomainError
from core.templatetags.ui import money

MONTHS = (1, 2, 3, 6, 12, 24)
MOST_TIMES = 999
# Refusals of a service itself; others are about what members pay for it.
ABOUT_SERVICE = frozenset({"unknown_service", "service_twice", "other_currency", "service_not_offered"})


def _plain(amount: Decimal) -> str:
    """As it is typed: 25000.000 is 25000."""
    return f"{amount.normalize():f}"


class PlanWordsForm(RefusableForm):
    """What may change even after somebody has bought it."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What patients choose, such as “Monthly support”.")
    )
    description = WordsField(
        label=_("Description"),
        max_length=500,
        required=False,
        help_text=_("A sentence or two: for whom it is and what they get."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def changes(self) -> dict[str, Any]:
        """In the words of the verbs."""
        return self.cleaned_data


@dataclass(frozen=True)
class Row:
    """One service of the practice on the form: whether it is part of the plan, and on what terms."""

    service: Service
    chosen: BoundField
    member_price: BoundField
    times: BoundField


class PlanForm(OnceForm, PlanWordsForm):
    """A whole plan: a new one (perhaps like another one), or one that nobody has asked for yet."""

    price = forms.DecimalField(
        label=_("Price"),
        max_digits=14,
        decimal_places=3,
        help_text=_("What somebody pays once for the whole time."),
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": 0}),
    )
    currency = forms.ChoiceField(
        label=_("Currency"), help_text=_("The services of the plan are priced in it, too.")
    )
    months = OfferedNumberField(MONTHS, months_words, label=_("How long it lasts"))

    def __init__(
        self,
        *args: Any,
        services: Iterable[Service],
        like: Plan | None = None,
        **options: Any,
    ) -> None:
        """`services` are the practice's that can be chosen; `like` is the plan that the form begins with."""
        self.services = list(services)
        terms = {one.service_id: one for one in like.included.all()} if like else {}
        options["initial"] = _initial(like, self.services) | _initial_rows(terms)
        super().__init__(*args, **options)
        self.fields["currency"].choices = _currencies(self.services, self.initial["currency"])  # type: ignore[attr-defined]
        self.fields["months"].offer(*([like.months] if like else []))  # type: ignore[attr-defined]
        for service in self.services:
            self._add_row(service)

    def _add_row(self, service: Service) -> None:
        self.fields[f"in-{service.pk}"] = forms.BooleanField(label=service.name, required=False)
        self.fields[f"price-{service.pk}"] = forms.DecimalField(
            label=_("Price for members"),
            required=False,
            min_value=Decimal(0),
            max_digits=14,
            decimal_places=3,
            help_text=_("0 is included: nothing more to pay. Others pay %(price)s.")
            % {"price": money(service.price, service.currency)},
            widget=forms.NumberInput(attrs={"inputmode": "decimal", "step": "any", "min": 0}),
        )
        self.fields[f"times-{service.pk}"] = forms.IntegerField(
            label=_("How often"),
            required=False,
            min_value=1,
            max_value=MOST_TIMES,
            help_text=_("In the whole time. Empty: as often as they wish."),
            widget=forms.NumberInput(attrs={"inputmode": "numeric", "min": 1}),
        )

    @property
    def rows(self) -> Iterator[Row]:
        for service in self.services:
            yield Row(service, *(self[f"{name}-{service.pk}"] for name in ("in", "price", "times")))

    def clean(self) -> dict[str, Any]:
        """What stands beside a service that is not part of the plan does not matter."""
        given: dict[str, Any] = super().clean() or {}
        for service in self.services:
            price, times = f"price-{service.pk}", f"times-{service.pk}"
            if not given.get(f"in-{service.pk}"):
                self.errors.pop(price, None)
                self.errors.pop(times, None)
            elif given.get(price) is None and price not in self.errors:
                self.add_error(price, _("Please say what members pay; 0 if it is included."))
        return given

    def refuse(self, error: DomainError) -> None:
        """What is wrong with a service stands at that service."""
        place = "in" if error.code in ABOUT_SERVICE else "price"
        self.names = {"included": f"{place}-{error.extra.get('service')}"}
        super().refuse(error)

    def changes(self) -> dict[str, Any]:
        given = self.cleaned_data
        included = [
            Included(
                service_id=service.pk,
                member_price=given[f"price-{service.pk}"],
                times=given[f"times-{service.pk}"],
            )
            for service in self.services
            if given[f"in-{service.pk}"]
        ]
        names = ("name", "description", "price", "currency", "months")
        return {name: given[name] for name in names} | {"included": included}


def _initial(like: Plan | None, services: list[Service]) -> dict[str, Any]:
    if like is None:
        return {"months": 1, "currency": services[0].currency if services else ""}
    kept = {name: getattr(like, name) for name in ("name", "description", "currency", "months")}
    return kept | {"price": _plain(like.price)}


def _initial_rows(terms: dict[UUID, PlanService]) -> dict[str, Any]:
    initial: dict[str, Any] = {}
    for service_id, one in terms.items():
        initial |= {
            f"in-{service_id}": True,
            f"price-{service_id}": _plain(one.member_price),
            f"times-{service_id}": one.times,
        }
    return initial


def _currencies(services: list[Service], usual: str) -> list[tuple[str, str]]:
    """Those in which the practice's services are priced: a plan has one of them."""
    language = (get_language() or "es").partition("-")[0]
    codes = dict.fromkeys([usual, *(service.currency for service in services)])
    return [(code, f"{code} · {get_currency_name(code, locale=language)}") for code in codes if code]
