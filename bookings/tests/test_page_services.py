"""A professional's services on the pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from bookings.forms.catalog import ServiceForm
from bookings.forms.controls import span_words
from bookings.models import Service
from bookings.tests.factories import make_professional, make_service

pytestmark = pytest.mark.django_db
URL = "/doctor/services/"
TYPED = {
    "name": "Primera visita",
    "modality": "video",
    "length": "60",
    "buffer_before_minutes": "0",
    "buffer_after_minutes": "10",
    "price": "80.5",
    "currency": "USD",
}


@pytest.fixture
def professional():
    return make_professional(country="CO")


@pytest.fixture
def doctor(client, professional):
    client.force_login(professional.user)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_a_service_is_added_and_patients_see_it(doctor, professional):
    assert doctor.post(URL + "new", TYPED)["Location"] == URL
    service = Service.objects.get()
    assert (service.slug, service.duration_minutes, service.buffer_after_minutes) == (
        "primera-visita",
        60,
        10,
    )
    assert (service.price, service.meeting_limit_minutes) == (Decimal("80.5"), 18)
    page = doctor.get(URL).content.decode()
    assert f'href="/p/{professional.slug}/primera-visita/"' in page
    assert "Primera visita" in doctor.get(f"/p/{professional.slug}/").content.decode()


def test_a_double_tap_adds_one_service(doctor):
    key = doctor.get(URL + "new").context["form"]["key"].value()
    for _tap in range(2):
        assert doctor.post(URL + "new", TYPED | {"key": str(key)})["Location"] == URL
    assert Service.objects.count() == 1


def test_another_length_in_minutes(doctor):
    doctor.post(URL + "new", TYPED | {"length": "other", "other_minutes": "45"})
    assert Service.objects.get().duration_minutes == 45


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"name": ""}, "name", "required"),
        ({"length": "other"}, "other_minutes", "how many minutes"),
        ({"length": "other", "other_minutes": "42"}, "other_minutes", "multiple of five"),
        ({"length": "other", "other_minutes": "500"}, "other_minutes", "480"),
        ({"meeting_limit_minutes": "90"}, "meeting_limit_minutes", "longer than the appointment"),
        ({"price": "-1"}, "price", "greater than or equal"),
        ({"price": "80.555"}, "price", "more decimals"),
        ({"currency": "ZZZ"}, "currency", "not one of the available choices"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(doctor, wrong, field, words):
    response = doctor.post(URL + "new", TYPED | {"description": "Para conocernos"} | wrong)
    assert response.status_code == 400
    assert words in " ".join(response.context["form"].errors[field])
    page = response.content.decode()
    assert 'class="error-summary"' in page
    assert "Para conocernos" in page
    assert not Service.objects.exists()


def test_minutes_left_in_the_other_field_do_not_matter(doctor):
    assert doctor.post(URL + "new", TYPED | {"other_minutes": "7"}).status_code == 302


def test_a_service_is_changed_with_its_address(doctor, professional):
    service = make_service(professional, duration_minutes=45, meeting_limit_minutes=60, price="25000.000")
    url = f"{URL}{service.pk}/"
    shown = doctor.get(url).context["form"]
    assert (shown["length"].value(), shown["other_minutes"].value()) == ("other", 45)
    assert (shown["price"].value(), shown["meeting_limit_minutes"].value()) == ("25000", 45)
    typed = {name: shown[name].value() for name in shown.fields}
    assert doctor.post(url, typed | {"name": "Visita", "slug": "visita"}).status_code == 302
    service.refresh_from_db()
    assert (service.name, service.slug, service.price) == ("Visita", "visita", 25000)


def test_an_address_that_is_taken_is_said_at_the_address(doctor, professional):
    make_service(professional, slug="taken")
    service = make_service(professional)
    shown = doctor.get(f"{URL}{service.pk}/").context["form"]
    typed = {name: shown[name].value() for name in shown.fields if shown[name].value() is not None}
    response = doctor.post(f"{URL}{service.pk}/", typed | {"slug": "taken"})
    assert "has this address" in " ".join(response.context["form"].errors["slug"])


def test_out_of_the_offer_and_back(doctor, professional):
    service = make_service(professional, name="Videoconsulta")
    doctor.post(f"{URL}{service.pk}/remove")
    page = doctor.get(URL)
    assert (page.context["offered"], page.context["removed"]) == ([], [service])
    assert "Nothing on offer" in page.content.decode()
    assert doctor.get(f"{URL}{service.pk}/").status_code == 200
    doctor.post(f"{URL}{service.pk}/restore")
    assert doctor.get(URL).context["offered"] == [service]


def test_who_is_not_listed_reads_that_nobody_sees_it(doctor, professional):
    make_service(professional, slug="talk")
    professional.is_listed = False
    professional.save()
    page = doctor.get(URL).content.decode()
    assert "not listed publicly" in page
    assert f"/p/{professional.slug}/talk/" not in page


def test_the_currency_on_offer_first_is_the_usual_one(professional):
    with translation.override("en"):
        assert ServiceForm(professional=professional).fields["currency"].choices[0] == (
            "COP",
            "COP · Colombian Peso",
        )
        make_service(professional, currency="EUR")
        choices = ServiceForm(professional=professional).fields["currency"].choices
    assert choices[0][0] == "EUR"
    codes = [code for code, _name in choices]
    assert len(codes) == len(set(codes)) > 140
    assert "DEM" not in codes


def test_the_list_costs_the_same_for_many(doctor, professional):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            doctor.get(URL)
        return len(captured)

    make_service(professional)
    make_service(professional, is_active=False)
    two = queries()
    for number in range(6):
        make_service(professional, is_active=number % 2 == 0)
    assert queries() == two


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "0 minutes"),
        (1, "1 minute"),
        (60, "1 hour"),
        (90, "1 hour 30 minutes"),
        (2160, "36 hours"),
        (2880, "2 days"),
    ],
)
def test_spans_are_said_in_the_units_people_think_in(minutes, words):
    with translation.override("en"):
        assert span_words(minutes) == words
