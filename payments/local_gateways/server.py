"""The companies over HTTP, and the courier who brings their webhooks to the shop."""

from __future__ import annotations

import logging
import threading
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from payments.local_gateways.messages import Request, Webhook
from payments.local_gateways.world import Cut, World

log = logging.getLogger("local_gateways")

LONGEST_BODY = 1_000_000
MAX_TRIES = 12
ANSWER_SECONDS = 5


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int]) -> None:
        super().__init__(address, _Handler)
        self.world: World
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        return f"http://{self.server_address[0]!s}:{self.server_port}"

    def start(self) -> None:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        self.closing.set()
        self.shutdown()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        address = urlsplit(self.path)
        length = min(int(self.headers.get("Content-Length") or 0), LONGEST_BODY)
        request = Request(
            method=self.command,
            path=address.path,
            query=dict(parse_qsl(address.query)),
            headers={name.title(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
        )
        try:
            answer = self.server.world.answer(request)
        except Cut as cut:
            self.server.closing.wait(cut.after)
            self.close_connection = True
            return
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, format: str, *args: Any) -> None:
        """Nobody reads who asked for what."""


class Courier(threading.Thread):
    """Brings webhooks until each is answered with 2xx, as the companies do, only sooner."""

    def __init__(self, world: World) -> None:
        super().__init__(daemon=True)
        self.world = world
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.wait(0.2):
            for webhook in self.world.take_due():
                status = post(webhook)
                log.info("%s: webhook answered %s", webhook.company, status or "by nobody")
                if not 200 <= status < 300 and webhook.tries < MAX_TRIES:
                    self.world.try_again(webhook, after=min(2.0**webhook.tries, 300))


def post(webhook: Webhook) -> int:
    """The status of the answer, 0 when there was none."""
    request = urllib.request.Request(webhook.url, webhook.body, webhook.headers)  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=ANSWER_SECONDS) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
