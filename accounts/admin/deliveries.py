"""The outbox, for IT administration: what was delivered to whom, and what was given up."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, TextChoices
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from unfold.decorators import display

from accounts.admin.base import IT
from accounts.admin_lists import BySelect, StaffList
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
    list_display = ("what", "state", "attempts", "error", "due_at")
    list_display_links = ("what",)
    list_filter = (ByState,)
    list_select_related = ("event",)
    search_fields = ("handler", "event__topic", "error")
    search_help_text = _("Topic, handler or error")
    sortable_by = ("due_at",)
    ordering = ("-pk",)
    readonly_fields = ("topic", "state", "told_at", "payload")
    fields = (
        "topic",
        "handler",
        "state",
        "told_at",
        "attempts",
        "error",
        "due_at",
        "done_at",
        "dead_at",
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

    @display(description=_("state"), label={DeliveryState.DEAD: "danger", DeliveryState.DONE: "success"})
    def state(self, delivery: OutboxDelivery) -> tuple[str, str]:
        state = DeliveryState.WAITING
        if delivery.done_at or delivery.dead_at:
            state = DeliveryState.DEAD if delivery.dead_at else DeliveryState.DONE
        return state.value, str(state.label)

    @admin.display(description=_("topic"))
    def topic(self, delivery: OutboxDelivery) -> str:
        return delivery.event.topic

    @admin.display(description=_("happened"))
    def told_at(self, delivery: OutboxDelivery) -> Any:
        return delivery.event.created_at

    @admin.display(description=_("facts"))
    def payload(self, delivery: OutboxDelivery) -> str:
        """Ids and plain facts: nothing personal stands in events."""
        return format_html("<pre>{}</pre>", json.dumps(delivery.event.payload, indent=2))
