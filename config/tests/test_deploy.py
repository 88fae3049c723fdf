"""What runs in front of us keeps the same promises."""

import base64
import os
import re
import secrets
import subprocess
import sys
from pathlib import Path

from core.logs import _SECRET_ADDRESS

ROOT = Path(__file__).resolve().parents[2]
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()


def test_the_proxy_logs_no_private_link_and_no_question():
    logged = re.search(r"log_format private(.*?);", NGINX, re.DOTALL)[1]
    assert set(re.findall(r"\$(\w+)", logged)) <= {
        "time_iso8601",
        "request_method",
        "logged_path",
        "status",
        "body_bytes_sent",
        "request_time",
        "upstream_response_time",
        "sent_http_x_request_id",
    }
    assert "access_log /var/log/nginx/access.log private;" in NGINX


def test_the_proxy_hides_the_addresses_that_our_logs_hide():
    hidden = re.search(r"map \$uri \$logged_path \{(.*?)\n\}", NGINX, re.DOTALL)[1]
    for start in re.findall(r"/[\w/]+/", _SECRET_ADDRESS.pattern):
        assert start.strip("/") in hidden


def test_no_server_believes_what_a_request_says_of_its_address():
    """uvicorn would, by itself: TRUSTED_PROXY_COUNT alone decides."""
    for name in ("embedded/programs.py", "docker-compose.yml"):
        commands = (ROOT / name).read_text()
        assert "--no-proxy-headers" in commands
        assert "forwarded-allow-ips" not in commands


def test_django_finds_nothing_to_warn_of_in_production():
    """With no more in the environment than `.env.example` says must be set."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    production = {
        "PATH": os.environ["PATH"],
        "PUBLIC_URL": "https://vicita.example",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEYS": f"1:{key}",
        "BLIND_INDEX_KEY": key,
        "AUDIT_KEY": key,
        "DATABASE_URL": "postgresql://vicita@db.example/vicita",
        "REDIS_URL": "redis://valkey.example:6379/0",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    done = subprocess.run(command, cwd=ROOT, env=production, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout
