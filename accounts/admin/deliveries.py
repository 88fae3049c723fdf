"""The outbox, for IT administration: what was delivered to whom, and what was given up."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.decorators import display

from accounts.admin.base import IT
from accounts.admin_lists import BySelect, StaffList, badge, in_short, unbroken
from accounts.admin_verbs import verb
from core import outbox
from core.models import OutboxDelivery


class DeliveryState(TextChoices):
    DEAD = "dead", _("given up")
    WAITING = "waiting", _("waits")
    DONE = "done", _("done")


class ByState(BySelect):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(state.value, state.label) for state in DeliveryState]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutboxDelivery]) -> QuerySet[OutboxDelivery]:
        match self.value():
            case DeliveryState.DEAD:
                return queryset.filter(dead_at__isnull=False)
            case DeliveryState.WAITING:
                return queryset.filter(done_at=None, dead_at=None)
            case DeliveryState.DONE:
                return queryset.filter(done_at__isnull=False)
        return queryset


@admin.register(OutboxDelivery)
class OutboxDeliveryAdmin(StaffList):
    managers = IT
    menu_icon = "outbox"
    list_display = ("what", "state", "tries", "problem", "told_at")
    list_display_links = ("what",)
    list_filter = (ByState,)
    list_select_related = ("event",)
    search_fields = ("handler", "event__topic", "error")
    search_help_text = _("Topic, handler or error")
    sortable_by = ()
    ordering = ("-pk",)
    fields = readonly_fields = (
        "topic",
        "to_whom",
        "state",
        "told_at",
        "tries",
        "problem",
        "due",
        "ended_at",
        "payload",
    )
    verbs = ("try_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutboxDelivery]:
        found: QuerySet[OutboxDelivery] = super().get_queryset(request)
        return found.select_related("event")

    @verb(
        _("Try again"),
        done=ngettext_lazy(
            "%(count)d delivery is tried again.", "%(count)d deliveries are tried again.", "count"
        ),
        icon="replay",
        applies=lambda delivery: delivery.dead_at is not None,
    )
    def try_again(self, request: HttpRequest, delivery: OutboxDelivery) -> None:
        outbox.revive(delivery_id=delivery.pk)

    def describe(self, row: Any) -> str:
        return f"{row.event.topic}: {row.handler}"

    @display(description=_("event"), header=True)
    def what(self, delivery: OutboxDelivery) -> list[str]:
        return [delivery.event.topic, delivery.handler]

    @admin.display(description=_("state"))
    def state(self, delivery: OutboxDelivery) -> str:
        if delivery.dead_at:
            return badge(DeliveryState.DEAD.label, "danger")
        return (
            badge(DeliveryState.DONE.label, "success")
            if delivery.done_at
            else badge(DeliveryState.WAITING.label)
        )

    @admin.display(description=_("topic"))
    def topic(self, delivery: OutboxDelivery) -> str:
        return delivery.event.topic

    @admin.display(description=_("delivered to"))
    def to_whom(self, delivery: OutboxDelivery) -> str:
        return delivery.handler

    @admin.display(description=_("happened"))
    def told_at(self, delivery: OutboxDelivery) -> str:
        return _moment(delivery.event.created_at)

    @admin.display(description=_("tries"))
    def tries(self, delivery: OutboxDelivery) -> int:
        return delivery.attempts

    @admin.display(description=_("last problem"))
    def problem(self, delivery: OutboxDelivery) -> str:
        return delivery.error

    @admin.display(description=_("next try"))
    def due(self, delivery: OutboxDelivery) -> str:
        return "" if delivery.done_at or delivery.dead_at else _moment(delivery.due_at)

    @admin.display(description=_("ended"))
    def ended_at(self, delivery: OutboxDelivery) -> str:
        return _moment(delivery.done_at or delivery.dead_at)

    @admin.display(description=_("facts"))
    def payload(self, delivery: OutboxDelivery) -> str:
        """Ids and plain facts: nothing personal stands in events."""
        return format_html('<pre class="facts-text">{}</pre>', json.dumps(delivery.event.payload, indent=2))


def _moment(at: datetime | None) -> str:
    return unbroken(in_short(at)) if at else ""
