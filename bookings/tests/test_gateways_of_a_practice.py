"""By which companies a practice takes money: chosen in its settings, kept by each payment."""

from __future__ import annotations

import pytest

from bookings.models import BookingPolicy
from bookings.services.paying import checkout_url
from bookings.services.policy import change_policy
from bookings.tests.api import api, error_of
from bookings.tests.factories import make_booking, make_professional, make_service
from core.actor import Actor
from core.errors import Refused
from payments.models import Payment
from payments.tests.companies import companies, local_server  # noqa: F401  (fixtures)
from payments.ways import ways_to_pay

pytestmark = pytest.mark.django_db
PAGE, URL = "/doctor/settings/", "/api/v1/settings"


@pytest.fixture
def professional(companies):  # noqa: F811
    return make_professional(always_open=True)


@pytest.fixture
def app(professional):
    return api(professional.user)


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def names(booking):
    return [way.name for way in ways_to_pay(Payment.objects.get(subject_id=booking.pk))]


def typed(doctor, **changes):
    form = doctor.get(PAGE).context["form"]
    values = {name: form[name].value() for name in form.fields} | changes
    return {name: value for name, value in values.items() if value is not None and value is not False}


def test_patients_pay_where_the_practice_wants_it_in_its_order(app, professional):
    service = make_service(professional, price=25000)
    before = make_booking(service)
    answer = app.patch(URL, {"gateways": ["wompi", "stripe"]}).json()
    assert (answer["gateways"], answer["gateways_here"]) == (
        ["wompi", "stripe"],
        ["stripe", "mercadopago", "wompi"],
    )
    after = make_booking(service)
    assert (names(before), names(after)) == (["stripe", "mercadopago", "wompi"], ["wompi", "stripe"])
    assert "wompi" in checkout_url(after)
    with pytest.raises(Refused) as refusal:
        checkout_url(after, gateway="mercadopago")
    assert refusal.value.code == "payment_unavailable"


@pytest.mark.parametrize(
    ("chosen", "code"), [(["paypal"], "unknown_gateway"), (["wompi", "wompi"], "gateway_twice")]
)
def test_only_those_that_are_used_here_each_once(app, chosen, code):
    answer = app.patch(URL, {"gateways": chosen})
    assert (answer.status_code, error_of(answer)["code"], error_of(answer)["attr"]) == (400, code, "gateways")
    assert BookingPolicy.objects.get().gateways == []


def test_a_currency_that_none_of_them_takes_is_said(app, doctor, professional):
    make_service(professional, price=20, currency="USD")
    make_service(professional, price=20, currency="EUR", is_active=False)
    make_service(professional, price=0, currency="CLP")
    assert app.get(URL).json()["currencies_not_taken"] == []
    assert app.patch(URL, {"gateways": ["wompi"]}).json()["currencies_not_taken"] == ["USD"]
    assert "You offer something in USD" in doctor.get(PAGE).content.decode()


def test_the_page_keeps_what_was_chosen_and_all_of_them_is_no_choice(doctor):
    BookingPolicy.objects.update(gateways=["wompi", "stripe"])
    doctor.post(PAGE, typed(doctor))
    assert BookingPolicy.objects.get().gateways == ["wompi", "stripe"]
    doctor.post(PAGE, typed(doctor, first_gateway="stripe"))
    assert BookingPolicy.objects.get().gateways == ["stripe", "wompi"]
    doctor.post(PAGE, typed(doctor, gateways=["stripe", "mercadopago", "wompi"]))
    assert BookingPolicy.objects.get().gateways == ["stripe", "wompi", "mercadopago"]
    BookingPolicy.objects.update(gateways=[])
    doctor.post(PAGE, typed(doctor))
    assert BookingPolicy.objects.get().gateways == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"gateways": []}, "gateways"), ({"gateways": ["wompi"], "first_gateway": "stripe"}, "first_gateway")],
)
def test_the_page_says_at_the_field_what_is_wrong(doctor, changes, field):
    answer = doctor.post(PAGE, typed(doctor, **changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (400, [field])


def test_where_there_is_one_way_to_pay_nothing_is_asked(doctor, settings):
    settings.PAYMENT_GATEWAYS = ["wompi"]
    answer = doctor.get(PAGE)
    assert "gateways" not in answer.context["form"].fields
    assert "Patients pay by Wompi" in answer.content.decode()


def test_a_gateway_that_is_gone_hinders_no_other_change(doctor, professional, settings):
    BookingPolicy.objects.update(gateways=["stripe"])
    settings.PAYMENT_GATEWAYS = ["wompi"]
    change_policy(
        professional=professional, actor=Actor("professional", professional.user_id), auto_accept=True
    )
    assert doctor.post(PAGE, typed(doctor, gateways=["wompi"], first_gateway="wompi")).status_code == 302
    assert BookingPolicy.objects.get().gateways == []
