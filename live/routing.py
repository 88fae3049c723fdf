from __future__ import annotations

from channels.routing import URLRouter
from channels.security.websocket import WebsocketDenier
from django.urls import path, re_path

from live.consumers import LiveConsumer, Nobody
from live.middleware import Authenticated

websocket = URLRouter(
    [
        path("ws/", Authenticated(LiveConsumer.as_asgi(), nobody=Nobody.as_asgi())),
        re_path("", WebsocketDenier.as_asgi()),
    ]
)
