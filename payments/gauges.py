"""What IT reads about payments (core.health)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.health import Level, Reading, gauge
from payments.gateways import registry
from payments.services import refusals

# Whoever tries addresses on the internet finds ours, too; more than this is a wrong secret, or somebody at work.
MANY_REFUSED = 20


@gauge("webhooks", gettext_lazy("Webhooks of gateways"), group=gettext_lazy("Work"))
def webhooks() -> Iterator[Reading]:
    """What was not signed, or not understood: it leaves nothing but a number."""
    today = timezone.now().date()
    for gateway in registry.in_use():
        refused = sum(refusals.refused_on(gateway.name, today - timedelta(days=ago)) for ago in (0, 1))
        level = Level.WATCH if refused > MANY_REFUSED else Level.FINE
        title = _("Refused webhooks of %(gateway)s, today and yesterday") % {"gateway": gateway.title}
        yield Reading(title, str(refused), level, f"webhooks_refused_{gateway.name}", refused)
