from __future__ import annotations

from uuid import UUID

from django.apps import AppConfig


class LiveConfig(AppConfig):
    name = "live"

    def ready(self) -> None:
        from accounts import sessions

        sessions.on_ended.register(_identify_anew)


def _identify_anew(user_id: UUID) -> None:
    from live import push

    push.identify_anew(user_id)
