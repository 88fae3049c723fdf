"""The price of members, wherever a page says what a service costs."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import timezone

from bookings import services
from bookings.access import token_of
from bookings.models import Booking, Membership
from bookings.selectors import next_free_slots
from bookings.services.memberships import let_go
from bookings.tests.factories import make_professional, make_request, make_service
from bookings.tests.members import booked, bought, make_member, make_plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), slug="talk", name="Talk")


@pytest.fixture
def luz():
    return make_member()


@pytest.fixture
def member(client, luz):
    client.force_login(luz, backend="accounts.backends.AccountBackend")
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def address_of(service, last=""):
    return f"/p/{service.professional.slug}/{service.slug}/{last}"


def booking_address(service):
    start = next_free_slots(service=service, count=1)[0]
    return address_of(service, f"book?start={start:%Y-%m-%dT%H:%M:%SZ}")


def test_an_included_service_is_booked_without_paying(member, luz, service):
    membership = bought(luz, make_plan(service, times=3))
    practice = member.get(f"/p/{service.professional.slug}/").content.decode()
    assert "Instead of" in practice
    for url in (address_of(service), booking_address(service)):
        page = member.get(url).content.decode()
        assert "Included" in page
        assert "With your plan “Follow-up”" in page
        assert "3 times left" in page
    assert "Book this time" in page
    details = {"name": "Luz Marín", "email": luz.email}
    response = member.post(booking_address(service), details)
    booking = Booking.objects.get()
    assert response["Location"] == f"/b/{token_of(booking)}/"
    assert (booking.price, booking.membership, booking.status) == (
        0,
        membership,
        "waiting_for_professional",
    )
    assert "By your plan “Follow-up”" in member.get(response["Location"]).content.decode()
    assert "2 times left" in member.get(address_of(service)).content.decode()


def test_a_cheaper_one_says_what_it_costs_and_asks_for_that(member, luz, service):
    bought(luz, make_plan(service, member_price=Decimal("10000")))
    page = member.get(booking_address(service)).content.decode()
    assert "Book and pay COP\xa010,000" in page
    assert "times left" not in page


def test_guests_and_other_patients_read_the_usual_price(client, luz, service):
    bought(luz, make_plan(service))
    for somebody in (None, make_member("other@example.org")):
        if somebody:
            client.force_login(somebody, backend="accounts.backends.AccountBackend")
        page = client.get(booking_address(service), headers={"accept-language": "en"}).content.decode()
        assert "Book and pay COP\xa025,000" in page
        assert "With your plan" not in page


def test_the_page_of_a_time_after_the_end_says_the_usual_price(member, luz, service):
    membership = bought(luz, make_plan(service))
    address = booking_address(service)
    Membership.objects.filter(pk=membership.pk).update(ends_at=timezone.now())
    assert "Book and pay COP\xa025,000" in member.get(address).content.decode()


def test_the_practice_reads_whose_price_it_is(client, luz, service):
    bought(luz, make_plan(service))
    booking = booked(luz, service)
    client.force_login(service.professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Price of a member of" in client.get(f"/doctor/consultations/{booking.pk}/").content.decode()
    start = next_free_slots(service=service, count=1)[0]
    query = f"patient={luz.patients.get().pk}&service={service.pk}&start={start:%Y-%m-%dT%H:%M:%SZ}"
    page = client.get(f"/doctor/new-consultation/?{query}").content.decode()
    assert "Price of a member of" in page
    assert "sent a link to pay" not in page


def test_the_wish_of_a_member_is_shown_at_the_price_that_it_will_have(client, luz, service):
    bought(luz, make_plan(service))
    client.force_login(service.professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    start = f"{next_free_slots(service=service, count=1)[0]:%Y-%m-%dT%H:%M:%SZ}"
    told = {luz.email: True, "ana@example.org": False}
    for email, is_member in told.items():
        for user in (luz, None):
            wish = make_request(service, name="Luz Marín", email=email, user=user)
            address = f"/doctor/new-consultation/?request={wish.pk}&service={service.pk}&start={start}"
            page = client.get(address).content.decode()
            assert ("Price of a member of “Follow-up”" in page) is is_member
            assert ('name="pays_at_practice"' in page) is not is_member


def test_a_member_who_is_typed_is_shown_at_their_price_once_the_form_comes_back(client, luz, service):
    bought(luz, make_plan(service))
    client.force_login(service.professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    start = f"{next_free_slots(service=service, count=1)[0]:%Y-%m-%dT%H:%M:%SZ}"
    address = f"/doctor/new-consultation/?service={service.pk}&start={start}"
    for email, is_member in {luz.email: True, "ana@example.org": False, "": False}.items():
        typed = {"name": "Luz Marín", "email": email, "language": "en", "search": "1", "q": ""}
        page = client.post(address, typed).content.decode()
        assert ("Price of a member of “Follow-up”" in page) is is_member


def test_all_sent_in_one_go_the_practice_reads_at_which_price_it_was_booked_and_why(client, luz, service):
    client.force_login(service.professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    costs = {
        "ana@example.org": (None, "It costs COP\xa025,000."),
        luz.email: (10000, "It costs COP\xa010,000, the price of a member of “Follow-up”."),
        luz.email.upper(): (0, "It is included in the plan “Follow-up”."),
    }
    for email, (member_price, words) in costs.items():
        if member_price is not None:
            bought(luz, make_plan(service, member_price=Decimal(member_price)))
        start = f"{next_free_slots(service=service, count=1)[0]:%Y-%m-%dT%H:%M:%SZ}"
        typed = {"name": "Luz Marín", "email": email, "language": "en", "book": "1"}
        address = f"/doctor/new-consultation/?service={service.pk}&start={start}"
        assert words in client.post(address, typed, follow=True).content.decode()


def test_the_practice_reads_on_a_patients_page_who_is_a_member_and_until_when(client, luz, service):
    client.force_login(service.professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    elsewhere = make_service(make_professional(always_open=True))
    bought(luz, make_plan(elsewhere, name="Elsewhere"))
    membership = bought(luz, make_plan(service, name="Ask <b>"))
    address = f"/doctor/patients/{luz.patients.get(professional=service.professional).pk}/"
    page = client.get(address).content.decode()
    assert "Ask &lt;b&gt;" in page and "Member until" in page and "Elsewhere" not in page
    assert f"/doctor/plans/{membership.plan_id}/" in page
    Membership.objects.update(cancelled_at=timezone.now())
    assert "Member until" not in client.get(address).content.decode()


def test_whoever_has_bought_a_plan_is_kept_and_whoever_let_it_go_is_not(client, luz, service):
    client.force_login(service.professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    plan = make_plan(service)
    asked = services.subscribe(user=luz, plan_id=plan.pk)
    address = f"/doctor/patients/{luz.patients.get().pk}/"
    assert "Remove this patient" not in client.get(address).content.decode()
    assert "has bought a plan" in client.post(f"{address}remove", follow=True).content.decode()
    assert luz.patients.exists()
    let_go(asked.pk)
    assert "Remove this patient" in client.get(address).content.decode()
    client.post(f"{address}remove")
    assert not luz.patients.exists()
