"""gunicorn for pages and API: threads, because the views wait for the database more than they compute."""

import os

bind = "0.0.0.0:8000"  # inside a container
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
timeout = 30
graceful_timeout = 20
# A fresh process now and then: whatever leaks, leaks little.
max_requests = 5000
max_requests_jitter = 500
worker_tmp_dir = "/dev/shm"  # noqa: S108  (the heartbeat file must not wait for a disk)
control_socket_disable = True  # it would want a folder to write to
