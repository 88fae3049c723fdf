from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from core.static import StaticFiles


@pytest.fixture
def ask(settings, tmp_path):
    settings.STATIC_ROOT = settings.WHITENOISE_ROOT = None
    (tmp_path / "a.css").write_text("a { color: red }")
    files = StaticFiles(lambda _request: HttpResponse("a page"))
    files.add_files(str(tmp_path), prefix="/static/")

    def get(method="get", **headers):
        return files(getattr(RequestFactory(), method)("/static/a.css", headers=headers))

    return get


def test_a_file_comes_whole_with_its_headers(ask):
    answer = ask()
    assert (answer.status_code, answer.streaming, answer.content) == (200, False, b"a { color: red }")
    assert answer["Content-Type"].startswith("text/css")
    assert answer["Content-Length"] == "16"


def test_a_part_a_head_and_what_is_known_already(ask):
    part, head = ask(range="bytes=4-8"), ask("head")
    assert (part.status_code, part.content) == (206, b"color")
    assert (head.content, head["Content-Length"]) == (b"", "16")
    assert ask(**{"if-modified-since": ask()["Last-Modified"]}).status_code == 304
