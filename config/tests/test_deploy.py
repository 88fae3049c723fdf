"""What runs in front of us keeps the same promises."""

import re
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
