"""Medical administration looks at the clinic's figures."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest

from accounts.models import Role
from accounts.tests import people
from bookings.tests.factories import make_professional, make_service, utc
from bookings.tests.past import given_back, paid, past_booking, past_days
from core.models import AuditEvent

pytestmark = pytest.mark.django_db
PAGE = "/admin/statistics/"
TUESDAY = utc(2025, 1, 7, 15)
DAYS = {"from": "2025-01-06", "to": "2025-01-19"}


@pytest.fixture
def service():
    return make_service(make_professional(name="=Dra. Ana"), name="First visit")


@pytest.fixture
def staff(client):
    user = people.user(Role.MEDICAL_ADMIN, language="en", timezone="Europe/Madrid")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return user


def page(client, **asked):
    answer = client.get(PAGE, DAYS | asked)
    return answer.status_code, answer.content.decode()


def table(client, name, **asked):
    answer = client.get(f"{PAGE}{name}.csv", DAYS | asked)
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return answer, list(csv.reader(io.StringIO(text)))


def test_the_figures_are_drawn_and_written(client, staff, service):
    bookings = past_days(service, [TUESDAY, TUESDAY + timedelta(days=7)])
    given_back(paid(bookings[0], TUESDAY), TUESDAY, "5000")
    past_booking(service, TUESDAY + timedelta(days=1), status="no_show", absent="patient")
    status, shown = page(client)
    assert status == 200
    for words in (
        "From 6 January 2025 to 19 January 2025.",
        "are those of Madrid.",
        "6 Jan 2025. Took place: 1, To come, or not closed yet: 0, The patient did not come: 1",
        "Income in COP by week",
        "COP\u00a020,000",
        "First visit",
        "33.3%",
        "Past weeks are reckoned with the hours as they are set now.",
    ):
        assert words in shown
    assert "<script" not in shown.partition('id="content-main"')[2].partition("</section>")[0]


def test_one_professional_alone_in_the_zone_of_the_practice(client, staff, service):
    other = make_service(make_professional(name="Dr. Other"), name="Elsewhere")
    past_booking(service, TUESDAY)
    past_booking(other, TUESDAY)
    _status, shown = page(client, professional=service.professional.slug)
    assert "are those of Bogot" in shown
    assert "Elsewhere" not in shown
    assert "By professional" in shown  # among the downloads, not as a table
    assert 'id="of-professionals"' not in shown


def test_without_dates_the_latest_weeks_are_shown(client, staff):
    shown = client.get(PAGE, {"span": "4w"}).content.decode()
    assert "Nothing happened in these days" in shown
    assert 'name="from" value="2' in shown


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"to": "2025-01-01"}, "The last date is before the first."),
        ({"from": "2020-01-01"}, "A period has at most two years."),
        ({"to": ""}, "Say both the first and the last date."),
        ({"from": "yesterday"}, "Enter a valid date."),
        ({"professional": "nobody"}, "We could not find this professional."),
        ({"span": "9y"}, "9y"),
    ],
)
def test_what_makes_no_sense_is_said(client, staff, asked, words):
    status, shown = page(client, **asked)
    assert status == 400
    assert words in shown


def test_tables_as_csv(client, staff, service):
    usd = make_service(service.professional, currency="USD", price=80)
    paid(past_booking(service, TUESDAY), TUESDAY)
    given_back(paid(past_booking(usd, TUESDAY + timedelta(days=7)), TUESDAY, "80.5", "USD"), TUESDAY, "100")
    answer, weeks = table(client, "weeks")
    assert answer["Content-Disposition"] == 'attachment; filename="weeks-2025-01-06-2025-01-19.csv"'
    assert [(row[0], row[1], row[6]) for row in weeks[1:]] == [
        ("2025-W02", "2025-01-06", "1"),
        ("2025-W03", "2025-01-13", "1"),
    ]
    _answer, income = table(client, "income")
    assert income[1:] == [
        ["2025-W02", "2025-01-06", "COP", "25000.00", "0.00", "25000.00"],
        ["2025-W02", "2025-01-06", "USD", "80.50", "100.00", "-19.50"],
    ]
    _answer, professionals = table(client, "professionals")
    assert [(row[0], row[1], *row[-4:]) for row in professionals[1:]] == [
        ("'=Dra. Ana", "2", "COP", "25000.00", "0.00", "25000.00"),
        ("'=Dra. Ana", "", "USD", "80.50", "100.00", "-19.50"),
    ]


def test_a_download_is_in_the_audit(client, staff, service):
    table(client, "weeks", professional=service.professional.slug)
    event = AuditEvent.objects.get(action="statistics.exported")
    assert event.actor_id == staff.pk
    assert event.facts == {
        "table": "weeks",
        "first": "2025-01-06",
        "last": "2025-01-19",
        "professional": str(service.professional_id),
    }


def test_a_download_that_makes_no_sense_is_none(client, staff):
    assert client.get(f"{PAGE}weeks.csv", DAYS | {"to": "2024-01-01"}).status_code == 400
    assert client.get(f"{PAGE}patients.csv", DAYS).status_code == 404


@pytest.mark.parametrize("address", [PAGE, f"{PAGE}weeks.csv"])
@pytest.mark.parametrize(
    ("role", "status"), [(Role.IT_ADMIN, 403), (Role.PROFESSIONAL, 404), (Role.AGENT, 404)]
)
def test_for_nobody_else(client, address, role, status):
    client.force_login(people.user(role))
    assert client.get(address, follow=True).status_code == status


def test_queries_stay_the_same(client, staff, service, django_assert_max_num_queries):
    past_booking(service, TUESDAY)
    client.get(PAGE, DAYS)  # what is only asked once is remembered
    with django_assert_max_num_queries(19) as few:
        client.get(PAGE, DAYS)
    for number in range(5):
        another = make_service(make_professional(), currency="USD" if number % 2 else "COP")
        for booking in past_days(another, [TUESDAY + timedelta(days=n) for n in range(9)]):
            paid(booking, TUESDAY)
    with django_assert_max_num_queries(19) as many:
        client.get(PAGE, DAYS)
    assert len(few) == len(many)
