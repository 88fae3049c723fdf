"""One-to-one WebRTC in the page, signalled over our own WebSocket."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

from django.conf import settings

from meetings.models import Meeting, Participant

TURN_SECONDS = 6 * 3600


class Builtin:
    def details(self, meeting: Meeting, participant: Participant, display_name: str) -> dict[str, Any]:
        return {"ice_servers": ice_servers(str(participant.pk))}


def ice_servers(user: str) -> list[dict[str, Any]]:
    """STUN and TURN servers from the settings, in WebRTC's own form. None: the two are on one network.

    TURN passwords are of the time-limited kind that coturn calls `use-auth-secret`.
    """
    servers: list[dict[str, Any]] = []
    if settings.ICE_SERVERS:
        servers.append({"urls": settings.ICE_SERVERS})
    if settings.TURN_URLS:
        username = f"{int(time.time()) + TURN_SECONDS}:{user}"
        digest = hmac.new(settings.TURN_SECRET.encode(), username.encode(), hashlib.sha1).digest()
        password = base64.b64encode(digest).decode()
        servers.append({"urls": settings.TURN_URLS, "username": username, "credential": password})
    return servers
