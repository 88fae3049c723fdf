from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_whoever_opens_the_address_of_a_form_reads_why_there_is_nothing():
    answer = Client().get("/language", headers={"accept-language": "en"})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "it only takes what a form sends" in answer.content.decode()


def test_methods_that_no_page_knows_are_refused_without_more():
    answer = Client().delete("/")
    assert (answer.status_code, answer.content) == (405, b"")
