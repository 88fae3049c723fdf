"""What a guest did joins the account of whoever verifies the same e-mail."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.urls import reverse

from accounts import services
from accounts.models import Role
from accounts.tests import people

pytestmark = pytest.mark.django_db
LUZ = "luz@people.test"


@pytest.fixture
def practice():
    return people.professional()


@pytest.fixture
def record(practice):
    return people.patient(practice)


def account_of(record):
    record.refresh_from_db()
    return record.user


def test_the_records_join_when_the_address_is_confirmed(client, record, django_capture_on_commit_callbacks):
    owner = people.user(email=LUZ, verified=False)
    key = EmailConfirmationHMAC(EmailAddress.objects.get(user=owner)).key
    with django_capture_on_commit_callbacks(execute=True):
        client.post(reverse("account_confirm_email", args=[key]), {"password": people.PASSWORD})
    assert account_of(record) == owner


def test_they_join_at_the_sign_in(client, record):
    owner = people.user(email=LUZ)
    client.post("/login", {"login": LUZ, "password": people.PASSWORD})
    assert account_of(record) == owner


def test_they_join_at_the_sign_in_of_an_app(client, record):
    owner = people.user(email=LUZ)
    answer = client.post(
        "/api/v1/auth/login", {"email": LUZ, "password": people.PASSWORD}, content_type="application/json"
    )
    assert answer.status_code == 200
    assert account_of(record) == owner


def test_whoever_books_for_a_child_by_their_own_address_sees_both_everywhere(practice, record):
    child = people.patient(practice, name="Leo Marín")
    elsewhere = people.patient(people.professional("Otro"))
    owner = people.user(email=LUZ)
    assert services.claim_records(user=owner) == 3
    assert {account_of(one) for one in (record, child, elsewhere)} == {owner}
    assert services.claim_records(user=owner) == 0


@pytest.mark.parametrize("fields", [{"email": LUZ, "verified": False}, {"email": "other@people.test"}])
def test_an_address_that_is_not_verified_or_another_takes_over_nothing(record, fields):
    assert services.claim_records(user=people.user(**fields)) == 0
    assert account_of(record) is None


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PATIENT])
def test_the_address_of_a_practice_or_of_staff_takes_over_nothing(record, role):
    assert services.claim_records(user=people.user(role, email=LUZ)) == 0
    assert account_of(record) is None


def test_somebody_elses_record_and_one_without_address_stay(practice):
    before = people.user(email="before@people.test")
    theirs = people.patient(practice)
    theirs.user = before
    theirs.save()
    nameless = people.patient(practice, email="")
    assert services.claim_records(user=people.user(email=LUZ)) == 0
    assert account_of(theirs) == before
    assert account_of(nameless) is None


def test_a_duplicate_that_was_merged_away_stays_what_it_is(practice, record):
    other = people.patient(practice, name="Luz M.")
    services.absorb_duplicate(keep=record, other=other)
    assert services.claim_records(user=people.user(email=LUZ)) == 1
    assert account_of(other) is None


def test_an_account_that_was_deactivated_takes_over_nothing(record):
    owner = people.user(email=LUZ)
    services.set_active(user_id=owner.pk, active=False, by=people.user(Role.IT_ADMIN))
    owner.refresh_from_db()
    assert services.claim_records(user=owner) == 0


def test_where_nothing_waits_it_costs_three_queries(django_assert_num_queries, practice):
    owner = people.user(email=LUZ)
    with django_assert_num_queries(3):  # addresses, records, requests
        services.claim_records(user=owner)
