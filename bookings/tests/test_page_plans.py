"""A practice's plans on its own pages."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings.models import Plan
from bookings.tests.factories import make_professional, make_service
from bookings.tests.members import bought, make_member, make_plan

pytestmark = pytest.mark.django_db
URL = "/doctor/plans/"


@pytest.fixture
def professional():
    return make_professional()


@pytest.fixture
def services(professional):
    return [make_service(professional, name=name) for name in ("First visit", "Follow-up")]


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def typed(*services, **fields):
    """A plan in which these services are included, the first of them twice."""
    rows = {f"in-{service.pk}": "on" for service in services} | {
        f"price-{service.pk}": "0" for service in services
    }
    words = {"name": "Monthly support", "price": "90000", "currency": "COP", "months": "3"}
    return words | rows | {f"times-{services[0].pk}": "2"} | fields


def test_a_plan_of_two_services_is_made_and_patients_see_it(doctor, professional, services):
    response = doctor.post(URL + "new", typed(*services, **{f"price-{services[1].pk}": "5000.50"}))
    plan = Plan.objects.get()
    assert response["Location"] == f"{URL}{plan.pk}/"
    assert (plan.price, plan.months, plan.is_offered) == (90000, 3, True)
    terms = plan.included.order_by("member_price").values_list("member_price", "times")
    assert list(terms) == [(0, 2), (Decimal("5000.5"), None)]
    assert "Monthly support" in doctor.get(f"/p/{professional.slug}/").content.decode()


def test_a_double_tap_makes_one_plan_and_who_goes_back_and_changes_it_makes_another(doctor, services):
    key = doctor.get(URL + "new").context["form"]["key"].value()
    sent = typed(*services, key=str(key))
    assert doctor.post(URL + "new", sent | {"price": "0"}).status_code == 400
    first, again = (doctor.post(URL + "new", sent) for _tap in range(2))
    assert first["Location"] == again["Location"]
    assert Plan.objects.count() == 1
    doctor.post(URL + "new", sent | {"months": "6"})
    assert {plan.months for plan in Plan.objects.all()} == {3, 6}


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"name": ""}, "name", "required"),
        ({"price": "0"}, "price", "more than nothing"),
        ({"price": "90.123"}, "price", "more decimals"),
        ({"currency": "USD"}, "currency", "not one of the available choices"),
        ({"months": "5"}, "months", "not one of the available choices"),
        ({"price-<id>": ""}, "price-<id>", "0 if it is included"),
        ({"price-<id>": "-1"}, "price-<id>", "greater than or equal"),
        ({"price-<id>": "25000.01"}, "price-<id>", "pay more for “First visit”"),
        ({"times-<id>": "0"}, "times-<id>", "greater than or equal"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(doctor, services, wrong, field, words):
    service = str(services[0].pk)
    changes = {name.replace("<id>", service): value for name, value in wrong.items()}
    response = doctor.post(URL + "new", typed(*services, description="For whoever comes often", **changes))
    assert response.status_code == 400
    assert words in " ".join(response.context["form"].errors[field.replace("<id>", service)])
    page = response.content.decode()
    assert 'class="error-summary"' in page
    assert "For whoever comes often" in page
    assert not Plan.objects.exists()


def test_a_service_in_another_currency_is_named_where_it_is_ticked(doctor, professional, services):
    dollars = make_service(professional, currency="USD", name="Abroad")
    response = doctor.post(URL + "new", typed(services[0], dollars))
    assert "paid in USD" in " ".join(response.context["form"].errors[f"in-{dollars.pk}"])


def test_a_plan_without_services_is_none(doctor, services):
    response = doctor.post(URL + "new", typed(services[0]) | {f"in-{services[0].pk}": ""})
    assert "at least one service" in " ".join(response.context["form"].non_field_errors())


def test_what_stands_beside_a_service_that_is_not_ticked_does_not_matter(doctor, services):
    other = services[1].pk
    assert doctor.post(URL + "new", typed(services[0], **{f"price-{other}": "x"})).status_code == 302


def test_a_plan_nobody_asked_for_is_changed_whole_and_deleted(doctor, services):
    plan = make_plan(services[0], times=4)
    url = f"{URL}{plan.pk}/"
    shown = doctor.get(url + "edit").context["form"]
    assert (shown["price"].value(), shown[f"times-{services[0].pk}"].value()) == ("90000", 4)
    doctor.post(url + "edit", typed(services[1], price="50000"))
    plan.refresh_from_db()
    assert (plan.price, [one.service for one in plan.included.all()]) == (50000, [services[1]])
    assert doctor.post(url + "delete")["Location"] == URL
    assert not Plan.objects.exists()


def test_what_somebody_bought_stays_but_for_its_words_and_can_be_copied(doctor, services):
    plan = make_plan(services[0], times=4)
    bought(make_member(), plan)
    url = f"{URL}{plan.pk}/"
    shown = doctor.get(url + "edit").context["form"]
    assert set(shown.fields) == {"name", "description"}
    refused = doctor.post(url + "edit", typed(services[1], name="Better words", price="1"))
    assert "asked for this plan already" in " ".join(refused.context["form"].non_field_errors())
    doctor.post(url + "edit", {"name": "Better words", "description": ""})
    plan.refresh_from_db()
    assert (plan.name, plan.price, plan.included.get().times) == ("Better words", 90000, 4)
    doctor.post(url + "delete", follow=True)
    assert Plan.objects.get() == plan
    copy = doctor.get(f"{URL}new?like={plan.pk}").context["form"]
    assert (copy["name"].value(), copy[f"times-{services[0].pk}"].value()) == ("Better words", 4)


def test_its_sale_ends_and_begins_again(doctor, professional, services):
    plan = make_plan(services[0])
    page, public = f"{URL}{plan.pk}/", f"/p/{professional.slug}/plans/{plan.pk}/"
    assert doctor.get(public).status_code == 200
    assert doctor.post(page + "end")["Location"] == page
    assert doctor.get(public).status_code == 404
    assert doctor.get(URL).context["ended"] == [plan]
    doctor.post(page + "offer")
    assert doctor.get(URL).context["offered"] == [plan]


def test_its_members_are_those_of_the_practice_by_name(doctor, services):
    plan = make_plan(services[0])
    luz = make_member()
    bought(luz, plan)
    page = doctor.get(f"{URL}{plan.pk}/").content.decode()
    assert "Luz Marín" in page
    assert f"/doctor/patients/{luz.patients.get().pk}/" in page
    assert "Valid now" in page


@pytest.mark.parametrize("path", ["new", "new?like=x", f"new?like={UUID(int=1)}"])
def test_what_there_is_not_to_copy(doctor, path):
    assert doctor.get(URL + path).status_code == (200 if path == "new" else 404)


def test_without_services_of_a_price_the_way_leads_there(doctor, professional):
    make_service(professional, price=0)
    assert 'href="/doctor/services/"' in doctor.get(URL).content.decode()


def test_the_lists_cost_the_same_for_many(doctor, services):
    def queries(url):
        with CaptureQueriesContext(connection) as captured:
            doctor.get(url)
        return len(captured)

    plan = make_plan(services[0])
    bought(make_member("one@example.org"), plan)
    urls = (URL, f"{URL}{plan.pk}/")
    one = [queries(url) for url in urls]
    for number in range(4):
        other = make_plan(services[number % 2])
        member = make_member(f"more{number}@example.org")
        for each in (plan, other):
            bought(member, each)
    assert [queries(url) for url in urls] == one
