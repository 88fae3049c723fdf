"""A small server that plays Google towards the real library: the page of consent's answer, and the tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

CLIENT_ID, CLIENT_SECRET = "the-client.apps.example", "the-secret"
ISSUER = "https://accounts.google.com"


class Google(ThreadingHTTPServer):
    """Somebody (`claims`) is signed in there, and has agreed."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tokens)
        self.claims: dict[str, Any] = {
            "sub": "1001",
            "email": "eva@people.test",
            "email_verified": True,
            "name": "Eva Ruiz",
        }
        self.asked: dict[str, dict[str, str]] = {}
        self.refused = ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def agree(self, url: str, **changes: str) -> str:
        """The way back (path and query) from the page of consent at `url`."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        answer = {"state": asked["state"], "code": code} | changes
        return urlsplit(asked["redirect_uri"]).path + "?" + "&".join(f"{k}={v}" for k, v in answer.items())

    def token(self, given: dict[str, str]) -> dict[str, Any] | None:
        """None, as Google refuses: a wrong secret, an unknown or used code, another verifier than the challenge."""
        asked = self.asked.pop(given.get("code", ""), None)
        digest = hashlib.sha256(given.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked.get("code_challenge"):
            self.refused = "code or verifier"
            return None
        if (given.get("client_id"), given.get("client_secret")) != (CLIENT_ID, CLIENT_SECRET):
            self.refused = "client"
            return None
        now = int(time.time())
        said = {"iss": ISSUER, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked.get("nonce")}
        id_token = jwt.encode(said | self.claims, "k" * 32, algorithm="HS256")
        return {"access_token": "opens-nothing", "token_type": "Bearer", "id_token": id_token}


class _Tokens(BaseHTTPRequestHandler):
    server: Google

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        answer = self.server.token({name: values[0] for name, values in parse_qs(body).items()})
        self.send_response(200 if answer else 400)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer or {"error": "invalid_grant"}).encode())

    def log_message(self, *args: Any) -> None:
        """Nothing."""


@contextmanager
def playing_google() -> Iterator[Google]:
    server = Google()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
