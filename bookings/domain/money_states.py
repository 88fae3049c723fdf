"""How a practice calls the state of one payment."""

from __future__ import annotations

from typing import Protocol

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class _Balance(Protocol):
    @property
    def returned(self) -> object: ...
    @property
    def owed_back(self) -> object: ...


class MoneyState(models.TextChoices):
    PAID = "paid", pgettext_lazy("a payment", "Paid")
    PENDING = "pending", _("Not paid yet")
    OWED_BACK = "owed_back", _("To be given back")
    RETURNED = "returned", _("Given back")
    CLOSED = "closed", _("Closed without payment")

    @classmethod
    def of(cls, status: str, balance: _Balance) -> MoneyState:
        """What still has to go back counts more than what has gone."""
        if status != cls.PAID:
            return cls(status)
        if balance.owed_back:
            return cls.OWED_BACK
        return cls.RETURNED if balance.returned else cls.PAID
