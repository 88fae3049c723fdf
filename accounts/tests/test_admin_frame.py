"""The admin's frame: home pages, menu, pages of staff, and the addresses that lead into it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.utils import timezone

from accounts import lockout
from accounts.models import RegistrationToken, Role
from accounts.tests import people
from core.models import Heartbeat, OutboxDelivery, OutboxEvent
from core.tests.sweeps import all_came_through
from core.web import forbidden

pytestmark = pytest.mark.django_db
HEALTH = "/admin/health/"


@pytest.fixture
def it_admin(client):
    admin = people.user(Role.IT_ADMIN)
    client.force_login(admin)
    return admin


def dead(count=1):
    now = timezone.now()
    for _number in range(count):
        event = OutboxEvent.objects.create(topic="topic", payload={})
        OutboxDelivery.objects.create(event=event, handler="a", due_at=now, dead_at=now, attempts=12)


def lock_out(user):
    request = RequestFactory().post("/login")
    for _number in range(settings.LOCKOUT_FAILURES):
        lockout.begin(request, user.email).was_wrong()


def cards(client):
    return {card.icon: card for card in client.get("/admin/").context["cards"]}


def test_it_reads_what_waits_and_is_led_there(client, it_admin):
    all_came_through()
    people.professional(approved=False)
    people.professional()
    lock_out(people.user(email="eva@people.test"))
    dead()
    for expires in (1, -1):
        RegistrationToken.objects.create(expires_at=timezone.now() + timedelta(days=expires))
    counts = {icon: card.count for icon, card in cards(client).items()}
    assert counts == {"how_to_reg": 1, "lock": 1, "report": 1, "heart_broken": 0, "mail": 1}
    for icon in ("how_to_reg", "lock", "report", "mail"):
        page = client.get(cards(client)[icon].link)
        assert page.context["cl"].result_count == 1, icon
    assert client.get(cards(client)["heart_broken"].link).status_code == 200


@pytest.mark.parametrize("role", [Role.IT_ADMIN, Role.MEDICAL_ADMIN])
def test_the_home_page_costs_the_same_however_much_waits(client, role, django_assert_num_queries):
    lock_out(people.user())
    client.force_login(people.user(role))
    client.get("/admin/")
    with django_assert_num_queries(25, exact=False) as few:
        client.get("/admin/")
    count = len(few)
    for _number in range(4):
        people.professional(approved=False)
        lock_out(people.user())
    dead(4)
    with django_assert_num_queries(count):
        client.get("/admin/")


def test_the_menu_holds_what_the_role_may_open_and_says_where_one_is(client, it_admin):
    page = client.get("/admin/accounts/user/").content.decode()
    assert '<a href="/admin/accounts/user/" aria-current="page"' in page
    assert f'<a href="{HEALTH}" class' in page
    assert "/admin/accounts/patient/" not in page
    for link in ("/language", "/account/", "/admin/logout/"):
        assert f'"{link}"' in page


def test_health_is_for_it_alone(client):
    assert client.get(HEALTH)["Location"].startswith("/admin/login/")
    for role, answer in ((Role.MEDICAL_ADMIN, 403), (Role.AGENT, 404), (Role.PATIENT, 404)):
        client.force_login(people.user(role))
        assert client.get(HEALTH, follow=True).status_code == answer


def test_who_is_refused_is_led_back_to_where_they_work(client):
    for role, home in ((Role.MEDICAL_ADMIN, "/admin/"), (Role.IT_ADMIN, "/admin/"), (Role.PATIENT, "/")):
        request = RequestFactory().get("/")
        request.user = people.user(role)
        assert f'<a class="btn" href="{home}">' in forbidden(request).content.decode()


def test_health_says_what_is_wrong(client, it_admin):
    client.cookies["django_language"] = "en"
    all_came_through()
    assert "All is well." in client.get(HEALTH).content.decode()
    dead(2)
    sweep = Heartbeat.objects.filter(name="bookings.tasks.sweep")
    sweep.update(ran_at=timezone.now() - timedelta(hours=3))
    page = client.get(HEALTH).content.decode()
    assert "2 things are not as they should be." in page
    assert "3 h ago" in page


def test_all_that_was_given_up_is_tried_again(client, it_admin):
    client.cookies["django_language"] = "en"
    dead(2)
    page = client.post(f"{HEALTH}try-again", follow=True)
    assert [str(message) for message in page.context["messages"]] == ["2 deliveries are tried again."]
    assert not OutboxDelivery.objects.filter(dead_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("address", "role", "leads_to"),
    [
        ("/it/", Role.IT_ADMIN, "/admin/"),
        ("/it/medical-professionals", Role.IT_ADMIN, "/admin/accounts/professional/"),
        ("/admin/patients", Role.MEDICAL_ADMIN, "/admin/accounts/patient/"),
        ("/admin/consultations", Role.MEDICAL_ADMIN, "/admin/bookings/booking/"),
    ],
)
def test_addresses_that_staff_know(client, address, role, leads_to):
    asked = client.get(address, follow=True)
    assert asked.redirect_chain[-1][0] == f"/login?next={leads_to}", "after signing in, one gets there"
    client.force_login(people.user(role))
    assert client.get(address, follow=True).redirect_chain[-1] == (leads_to, 302)
    client.force_login(people.user(Role.MEDICAL_ADMIN if role == Role.IT_ADMIN else Role.IT_ADMIN))
    assert client.get(address, follow=True).status_code == (200 if leads_to == "/admin/" else 403)


def test_lockout_is_asked_of_many_at_once():
    user, other = people.user(email="eva@people.test"), people.user()
    lock_out(user)
    assert lockout.locked([user.email, other.email]) == {user.email}
