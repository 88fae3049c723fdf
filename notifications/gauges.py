"""What IT reads about letters (core.health)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.health import Level, Reading, gauge
from notifications.models import Message, MessageState

DAY = timedelta(days=1)


@gauge("messages", gettext_lazy("Letters"), group=gettext_lazy("Work"))
def messages() -> Iterator[Reading]:
    queued = Message.objects.filter(state=MessageState.QUEUED)
    waiting, again = queued.count(), queued.filter(attempts__gt=0).count()
    yield Reading(_("Letters that wait"), str(waiting), Level.FINE, "messages_queued", waiting)
    level = Level.WATCH if again else Level.FINE
    yield Reading(_("Letters to be tried again"), str(again), level, "messages_to_be_tried_again", again)
    failed = Message.objects.filter(state=MessageState.FAILED, created_at__gte=Now() - DAY).count()
    level = Level.WATCH if failed else Level.FINE
    yield Reading(_("Letters that failed, last 24 hours"), str(failed), level, "messages_failed_day", failed)
