"""Plans by the API: a practice's own, what anybody may buy, and what one has bought."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bookings import services
from bookings.models import Membership, Plan
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_professional, make_service, make_user
from bookings.tests.members import booked, bought, make_member, make_plan
from payments.models import Payment

pytestmark = pytest.mark.django_db
URL, MINE = "/api/v1/plans", "/api/v1/me/membership"


@pytest.fixture(autouse=True)
def sandbox(settings):
    settings.EMBEDDED = True
    settings.PAYMENT_GATEWAYS = ["sandbox"]


@pytest.fixture
def service():
    return make_service(make_professional(always_open=True), name="Talk")


@pytest.fixture
def doctor(service):
    return api(service.professional.user)


@pytest.fixture
def luz():
    return make_member()


def sent(service, **fields):
    line = {"service": str(service.pk), "member_price": "5000.00", "times": 4}
    return {"name": "Support", "price": "90000", "currency": "COP", "months": 3, "included": [line]} | fields


def test_a_plan_is_made_and_read_by_anybody(doctor, service):
    response = doctor.post(URL, sent(service), format="json")
    assert response.status_code == 201
    body = response.json()
    assert (body["price"], body["members"], body["can_change"]) == ("90000.00", 0, True)
    assert body["included"] == [
        {
            "service": {
                "id": str(service.pk),
                "slug": service.slug,
                "name": "Talk",
                "price": "25000.00",
            },
            "member_price": "5000.00",
            "times": 4,
        }
    ]
    public = api().get(f"{URL}?professional={service.professional.slug}").json()["results"]
    assert public == [body | {"members": None, "can_change": None}]
    assert api().get(f"{URL}/{body['id']}").json() == public[0]
    assert doctor.get(f"{URL}/{body['id']}").json() == body


def test_asked_again_under_the_same_key_one_plan_is_made(doctor, service):
    key = {"HTTP_IDEMPOTENCY_KEY": "a-key-of-the-clients-own"}
    first, again = (doctor.post(URL, sent(service), format="json", **key).json() for _twice in range(2))
    assert first == again
    assert Plan.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "code", "attr"),
    [
        ({"name": ""}, "blank", "name"),
        ({"months": 25}, "max_value", "months"),
        ({"price": "0"}, "invalid_amount", "price"),
        ({"currency": "ZZZ"}, "unknown_currency", "currency"),
        ({"included": []}, "nothing_included", "included"),
        ({"included": "x"}, "not_a_list", "included"),
        ({"currency": "USD"}, "other_currency", "included"),
    ],
)
def test_what_is_wrong_is_said_with_its_field(doctor, service, wrong, code, attr):
    response = doctor.post(URL, sent(service, **wrong), format="json")
    assert response.status_code == 400
    error = response.json()["errors"][0]
    assert (error["code"], error["attr"].partition(".")[0]) == (code, attr)
    assert not Plan.objects.exists()


def test_a_refused_service_is_named(doctor, service):
    line = {"service": str(service.pk), "member_price": "99999"}
    response = doctor.post(URL, sent(service, included=[line]), format="json")
    assert error_of(response)["code"] == "dearer_for_members"
    assert response.json()["service"] == str(service.pk)


def test_what_is_given_is_changed_and_the_sale_ended(doctor, service):
    plan = make_plan(service)
    url = f"{URL}/{plan.pk}"
    assert doctor.patch(url, {"name": "Other", "months": 2}, format="json").json()["months"] == 2
    assert doctor.patch(url, {"is_offered": False}, format="json").json()["is_offered"] is False
    assert api().get(url).status_code == 404
    assert doctor.get(URL).json()["results"][0]["name"] == "Other"
    assert doctor.delete(url).status_code == 204


def test_what_somebody_asked_for_keeps_its_terms(doctor, service, luz):
    plan = make_plan(service)
    services.subscribe(user=luz, plan_id=plan.pk)
    url = f"{URL}/{plan.pk}"
    assert doctor.get(url).json()["can_change"] is False
    assert error_of(doctor.patch(url, {"price": "1"}, format="json"))["code"] == "plan_sold"
    assert doctor.patch(url, {"name": "Better words"}, format="json").status_code == 200
    assert error_of(doctor.delete(url))["code"] == "plan_sold"


def test_another_practices_plan_is_not_found(service):
    plan = make_plan(service)
    other = api(make_professional().user)
    answers = [
        other.patch(f"{URL}/{plan.pk}", {"name": "x"}),
        other.delete(f"{URL}/{plan.pk}"),
        other.get(f"{URL}/{plan.pk}/members"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_a_practice_reads_who_its_members_are(doctor, service, luz):
    plan = make_plan(service)
    membership = bought(luz, plan)
    (member,) = doctor.get(f"{URL}/{plan.pk}/members").json()["results"]
    assert (member["id"], member["name"], member["state"]) == (str(membership.pk), "Luz Marín", "running")
    assert member["patient"] == str(luz.patients.get().pk)
    assert doctor.get(f"{URL}/{plan.pk}").json()["members"] == 1


def test_a_patient_buys_a_plan_and_sees_what_is_left(service, luz):
    plan = make_plan(service, times=2)
    client = api(luz)
    response = client.post(f"{URL}/{plan.pk}/subscribe")
    assert response.status_code == 201
    body = response.json()
    assert body["membership"]["state"] == "unpaid"
    assert body["membership"]["payment"]["status"] == "pending"
    assert "/sandbox/checkout/" in body["checkout_url"]
    assert (body["gateway"], body["init_point"], body["ways_to_pay"]) == ("sandbox", None, ["sandbox"])
    again = client.post(f"{URL}/{plan.pk}/subscribe").json()
    assert (again["membership"]["id"], again["checkout_url"]) == (
        body["membership"]["id"],
        body["checkout_url"],
    )


def test_what_one_has_is_listed_with_what_is_left(service, luz):
    membership = bought(luz, make_plan(service, times=2))
    booking = booked(luz, service)
    (mine,) = api(luz).get(MINE).json()["results"]
    assert (mine["id"], mine["state"], mine["can_renew"]) == (str(membership.pk), "running", True)
    assert [(one["used"], one["left"], one["member_price"]) for one in mine["services"]] == [(1, 1, "0.00")]
    shown = api(luz).get(f"/api/v1/bookings/{booking.pk}").json()
    assert shown["membership"] == {
        "id": str(membership.pk),
        "plan": {"id": str(membership.plan_id), "name": "Follow-up"},
    }
    assert (shown["price"], shown["payment"]) == ("0.00", None)


def test_a_company_that_does_not_answer_takes_nothing_back(service, luz, settings):
    settings.PAYMENT_GATEWAYS = []
    body = api(luz).post(f"{URL}/{make_plan(service).pk}/subscribe").json()
    assert (body["checkout_url"], body["gateway"], body["ways_to_pay"]) == (None, "", [])
    assert Membership.objects.exists()


@pytest.mark.parametrize("role", ["professional", "agent"])
def test_only_patients_buy(service, role):
    plan = make_plan(service)
    response = api(make_user(role=role)).post(f"{URL}/{plan.pk}/subscribe")
    assert (response.status_code, error_of(response)["code"]) == (403, "not_yours_to_do")
    assert not Payment.objects.exists()


def test_the_lists_cost_the_same_for_many(doctor, service, luz):
    def queries():
        costs = []
        for client, url in asked:
            with CaptureQueriesContext(connection) as captured:
                assert client.get(url).status_code == 200
            costs.append(len(captured))
        return costs

    plan = make_plan(service)
    bought(luz, plan)
    slug = service.professional.slug
    asked = [
        (doctor, URL),
        (api(), f"{URL}?professional={slug}"),
        (doctor, f"{URL}/{plan.pk}/members"),
        (api(luz), MINE),
    ]
    one = queries()
    for number in range(3):
        bought(luz, make_plan(service))
        bought(make_member(f"more{number}@example.org"), plan)
    assert queries() == one
