from __future__ import annotations

from typing import Any

import pytest

from core.api import views


@pytest.fixture
def whole_product(settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    """With the pages of the embedded demo, asked as often as one likes; what the schema says takes long, and is
    another test's."""
    monkeypatch.setattr(views, "_written", lambda *_which: b"")
    settings.MAILBOX_DIR = tmp_path
    settings.ROOT_URLCONF = "notifications.tests.urls_with_mailbox"
    settings.EMBEDDED, settings.PAYMENT_GATEWAYS = True, ["sandbox"]
    settings.PUBLIC_WRITE_RATE = settings.PUBLIC_READ_RATE = "100000/s"
