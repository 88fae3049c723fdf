"""ASGI: pages, API and the WebSocket in one process (one-machine default), or the WebSocket alone behind nginx."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
http = get_asgi_application()

from channels.routing import ProtocolTypeRouter  # noqa: E402  (apps must be loaded first)

from core import keys  # noqa: E402
from live.routing import websocket  # noqa: E402

keys.require()
application = ProtocolTypeRouter({"http": http, "websocket": websocket})
