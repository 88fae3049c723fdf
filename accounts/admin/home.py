"""What waits for IT administration: shown on its home page."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.account_state import AccountState, PracticeState, locked_accounts, practices_in_state
from accounts.admin.base import IT
from accounts.admin.deliveries import DeliveryState
from accounts.admin.invitations import InvitationState
from accounts.admin_home import Card, home_cards
from accounts.models import Professional, RegistrationToken
from core import sweeps
from core.models import OutboxDelivery


@home_cards(IT)
def cards(request: HttpRequest) -> Iterator[Card]:
    waiting = practices_in_state(Professional.objects.all(), PracticeState.WAITING)
    yield Card(
        _("Professionals who wait for approval"),
        waiting.count(),
        _list("accounts_professional", PracticeState.WAITING),
        icon="how_to_reg",
    )
    yield Card(
        _("Accounts that are locked"),
        len(locked_accounts()),
        _list("accounts_user", AccountState.LOCKED),
        icon="lock",
    )
    yield Card(
        _("Deliveries that were given up"),
        OutboxDelivery.objects.filter(dead_at__isnull=False).count(),
        _list("core_outboxdelivery", DeliveryState.DEAD),
        icon="report",
    )
    yield Card(
        _("Sweeps that are late or fail"),
        sum(state.is_late or state.is_failing for state in sweeps.states()),
        reverse("admin:health"),
        icon="heart_broken",
    )
    open_ones = RegistrationToken.objects.filter(used_at=None, expires_at__gt=timezone.now())
    yield Card(
        _("Invitations that are open"),
        open_ones.count(),
        _list("accounts_registrationtoken", InvitationState.OPEN),
        icon="mail",
        is_task=False,
    )


def _list(model: str, state: str) -> str:
    return reverse(f"admin:{model}_changelist") + f"?state={state}"
