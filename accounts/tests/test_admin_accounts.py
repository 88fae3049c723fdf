"""What IT reads of accounts, and how it lets somebody back in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import lockout, services
from accounts.models import RegistrationToken, Role
from accounts.tests import people
from accounts.tests.test_admin_frame import dead, lock_out
from core.models import OutboxDelivery

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
LISTS = (
    USERS,
    "/admin/accounts/professional/",
    "/admin/accounts/registrationtoken/",
    "/admin/core/outboxdelivery/",
)


@pytest.fixture
def it_admin(client):
    client.cookies["django_language"] = "en"
    admin = people.user(Role.IT_ADMIN, email="it@people.test")
    client.force_login(admin)
    return admin


def found(client, address, **asked):
    return {str(row) for row in client.get(address, asked, follow=True).context["cl"].result_list}


def test_accounts_are_found_by_how_they_stand(client, it_admin):
    users = {
        name: people.user(email=f"{name}@people.test") for name in ("fine", "locked", "off", "new", "gone")
    }
    lock_out(users["locked"])
    services.set_active(user_id=users["off"].pk, active=False, by=it_admin)
    services.issue_temporary_password(user_id=users["new"].pk, by=it_admin)
    services.close_account(user_id=users["gone"].pk)
    assert found(client, USERS, state="locked") == {"locked@people.test"}
    assert found(client, USERS, state="deactivated") == {"off@people.test"}
    assert found(client, USERS, state="temporary") == {"new@people.test"}
    assert len(found(client, USERS, state="deleted")) == 1
    assert found(client, USERS, state="active") >= {"fine@people.test", "it@people.test"}
    assert found(client, USERS, state="nonsense") == set()
    page = client.get(USERS).content.decode()
    for words in ("too many wrong passwords", "has to choose a password", "deactivated", "Deleted account"):
        assert words in page
    assert "closed.invalid" not in page


def test_a_deleted_account_is_nobody(client, it_admin):
    user = people.user(name="Eva Luna")
    services.close_account(user_id=user.pk)
    page = client.get(f"{USERS}{user.pk}/change/").content.decode()
    assert "Deleted account" in page
    assert "closed.invalid" not in page and "Eva Luna" not in page
    assert f"{user.pk}/activate/" not in page, "nothing can be done with it"


def test_who_lacks_the_second_factor_that_is_needed(client, it_admin):
    people.user(Role.AGENT, email="agent@people.test", two_step=False)
    people.user(email="patient@people.test")
    assert found(client, USERS, two_step="missing") == {"agent@people.test"}
    assert found(client, USERS, two_step="yes") == {"it@people.test"}
    assert "patient@people.test" in found(client, USERS, two_step="no")


def test_a_locked_account_is_unlocked(client, it_admin):
    user = people.user(email="eva@people.test")
    lock_out(user)
    assert f"{user.pk}/unlock/" in client.get(f"{USERS}{user.pk}/change/").content.decode()
    page = client.post(USERS, {"action": "unlock", "_selected_action": [str(user.pk)]}, follow=True)
    assert [str(message) for message in page.context["messages"]] == ["1 account unlocked."]
    assert lockout.locked([user.email]) == set()
    assert f"{user.pk}/unlock/" not in client.get(f"{USERS}{user.pk}/change/").content.decode()


def test_practices_are_found_by_how_they_stand(client, it_admin):
    people.professional("Waits", approved=False)
    people.professional("Listed")
    people.professional("Hidden", is_listed=False)
    closed = people.professional("Closed")
    services.set_active(user_id=closed.user_id, active=False, by=it_admin)
    address = "/admin/accounts/professional/"
    for state, name in (
        ("waiting", "Waits"),
        ("listed", "Listed"),
        ("hidden", "Hidden"),
        ("closed", "Closed"),
    ):
        rows = client.get(address, {"state": state}).context["cl"].result_list
        assert [row.name for row in rows] == [name]


def test_a_delivery_is_tried_again(client, it_admin):
    dead(2)
    one, other = OutboxDelivery.objects.order_by("pk")
    address = f"/admin/core/outboxdelivery/{one.pk}/"
    assert f"{address}try-again/" in client.get(f"{address}change/").content.decode()
    client.post(f"{address}try-again/", {"_confirmed": "1"})
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.dead_at is None and other.dead_at is not None


@pytest.fixture
def more():
    """Makes some of everything that IT has lists of."""

    def make(count):
        for _number in range(count):
            people.professional(approved=False)
            lock_out(people.user())
            RegistrationToken.objects.create(expires_at=timezone.now() + timedelta(days=1))
        dead(count)

    return make


@pytest.mark.parametrize("address", LISTS)
def test_lists_and_pages_cost_the_same_however_many_rows(
    client, it_admin, more, address, django_assert_num_queries
):
    more(1)
    page = f"{address}{client.get(address).context['cl'].result_list[0].pk}/change/"
    client.get(page)
    with django_assert_num_queries(12, exact=False) as queries:
        client.get(address)
    of_list = len(queries)
    with django_assert_num_queries(12, exact=False) as queries:
        client.get(page)
    of_page = len(queries)
    more(5)
    with django_assert_num_queries(of_list):
        client.get(address)
    with django_assert_num_queries(of_page):
        client.get(page)
