"""What becomes of a record whose patient asks to be erased, in that patient's words."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.services.own_erasure import Fate, Outcome

_BY_FATE: dict[Fate, str | Promise] = {
    Fate.ERASE: _("Nothing has to be kept: it is erased at once."),
    Fate.ERASED: _("It is erased."),
    Fate.ASK: _(
        "There were consultations, or notes about you, which the law may want kept. The administration decides, and "
        "erases what need not be kept."
    ),
    Fate.ASKED: _("You have asked for it. The administration decides."),
    Fate.WITHDRAWN: _("You no longer ask for it: the record stays."),
}
_FIRST: dict[str, str | Promise] = {
    "appointments_to_come": _(
        "There are appointments that are not over. Cancel them first, or let them take place."
    ),
    "open_request": _("A request for an appointment waits for its answer."),
    "open_refund": _("Money is still on its way back to you."),
}
_SETTLE_FIRST = _("Something is not settled yet.")


def in_words(outcome: Outcome) -> str:
    if outcome.fate == Fate.SETTLE_FIRST:
        return str(_FIRST.get(outcome.code, _SETTLE_FIRST))
    return str(_BY_FATE[outcome.fate])
