"""What payments, staff and the clockwork know of memberships."""

from __future__ import annotations

import pytest
from django.urls import reverse

from bookings import tasks
from bookings.tests.factories import make_professional, make_service
from bookings.tests.members import bought, make_member, make_plan
from core import sweeps
from payments import subjects

pytestmark = pytest.mark.django_db


@pytest.fixture
def luz():
    return make_member()


@pytest.fixture
def membership(luz):
    service = make_service(make_professional(always_open=True, name="Dra. Ñáñez"))
    return bought(luz, make_plan(service, name="Médica de cabecera"))


def test_the_checkout_says_which_plan_and_nothing_of_who_buys(membership, luz):
    said = subjects.get("membership").describe(membership.pk, "en")
    assert said == "Médica de cabecera, plan of Dra. Ñáñez"


def test_staff_read_the_plans_name_and_come_to_the_membership(membership, luz, django_assert_num_queries):
    others = [bought(make_member(f"m{n}@example.org"), membership.plan) for n in range(3)]
    pairs = [("membership", one.pk) for one in (membership, *others)]
    with django_assert_num_queries(1):
        named = subjects.named(pairs)
    mine = named[membership.pk]
    assert (mine.words, mine.about) == ("Médica de cabecera", luz.patients.get().data_key_id)
    assert mine.link == reverse("admin:bookings_membership_change", args=[membership.pk])


@pytest.mark.parametrize("words", ["LUZ@example.org", "medica de", "nanez"])
def test_staff_find_it_by_the_email_the_plan_and_the_practice(membership, words):
    bought(make_member("other@example.org"), make_plan())
    assert membership.pk in subjects.found(words)
    assert len(subjects.found(words)) == 1


def test_its_sweep_leaves_a_sign_of_life():
    assert tasks.send_membership_notices.name in sweeps.schedule()
    assert tasks.send_membership_notices() == 0
