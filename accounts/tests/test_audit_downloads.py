"""What a download opens goes out behind its row."""

from __future__ import annotations

import pytest
from django.http import StreamingHttpResponse
from django.test import RequestFactory

from accounts.models import Patient
from accounts.tests import people
from core.audit import middleware
from core.models import AuditEvent

pytestmark = pytest.mark.django_db


class Match:
    view_name = "a_download"
    kwargs: dict[str, str] = {}


@pytest.fixture
def download(monkeypatch):
    """The answer to somebody who downloads the names of all patients; four to a row."""
    practice = people.professional()
    for number in range(6):
        people.patient(practice, name=f"Person {number}", email=f"p{number}@people.test")
    monkeypatch.setattr(middleware, "MOST_SUBJECTS", 4)
    request = RequestFactory().get("/download")
    known = {"user": practice.user, "request_id": "a-request-id", "resolver_match": Match()}
    vars(request).update(known)
    names = (f"{row.name}\n".encode() for row in Patient.objects.order_by("pk"))
    return middleware.Audit(lambda _request: StreamingHttpResponse(names))(request)


def test_each_part_has_its_row_before_it_goes_out(download):
    parts = iter(download)
    assert AuditEvent.objects.count() == 0
    next(parts)
    (row,) = AuditEvent.objects.all()
    assert (row.action, row.route, len(row.subjects)) == ("read", "a_download", 4)
    assert len(list(parts)) == 5
    first, second = AuditEvent.objects.order_by("pk")
    assert {*first.subjects, *second.subjects} == {*Patient.objects.values_list("data_key", flat=True)}


def test_who_hangs_up_saw_what_was_sent(download):
    next(iter(download))
    assert AuditEvent.objects.count() == 1
