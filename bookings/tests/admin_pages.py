"""Medical administration at work in the admin."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Role, User
from bookings.tests.factories import make_user

BOOKINGS = "/admin/bookings/booking/"
REQUESTS = "/admin/bookings/bookingrequest/"
PATIENTS = "/admin/accounts/patient/"
PAYMENTS = "/admin/payments/payment/"


def enter(client: Client, role: Role = Role.MEDICAL_ADMIN) -> Client:
    """Signed in as staff of that role, who read English."""
    client.force_login(
        make_user(role=role, is_staff=True, name="Marta Staff", language="en"),
        backend="accounts.backends.AccountBackend",
    )
    client.cookies["django_language"] = "en"
    return client


def shown(admin: Client, address: str, **query: Any) -> str:
    answer = admin.get(address, query, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def page_of(row: Any) -> str:
    return f"/admin/{row._meta.app_label}/{row._meta.model_name}/{row.pk}/"


def say(admin: Client, row: Any, verb: str, **answers: Any) -> str:
    """A verb on the page of one row, confirmed; returns the page it leads to."""
    answer = admin.post(f"{page_of(row)}{verb}/", {"_confirmed": "1"} | answers, follow=True)
    return answer.content.decode()


def say_in_list(admin: Client, address: str, verb: str, *rows: Any, **answers: Any) -> str:
    form = {"action": verb, "_selected_action": [str(row.pk) for row in rows], "_confirmed": "1"}
    return admin.post(address, form | answers, follow=True).content.decode()


def queries_of(admin: Client, *addresses: str) -> list[int]:
    """How many each page takes, once the caches are warm."""
    numbers = []
    for address in addresses:
        led_on = admin.get(address, follow=True).redirect_chain
        address = led_on[-1][0] if led_on else address  # what is searched for is sealed first
        with CaptureQueriesContext(connection) as asked:
            assert admin.get(address).status_code == 200
        numbers.append(len(asked))
    return numbers


def who_is_in(admin: Client) -> User:
    return User.objects.get(pk=admin.session["_auth_user_id"])
