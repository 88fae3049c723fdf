"""Verbs of the domain in the admin: asked about first, done for one row after the other."""

from __future__ import annotations

import pytest

from accounts.models import Role
from accounts.tests import people
from accounts.tests.letters import kinds_to

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"


@pytest.fixture
def it_admin(client):
    admin = people.user(Role.IT_ADMIN)
    client.force_login(admin)
    return admin


def choose(action, *rows, **more):
    return {"action": action, "_selected_action": [str(row.pk) for row in rows], **more}


def test_what_is_dangerous_asks_first_and_knows_what_was_chosen(client, it_admin):
    chosen, other = people.user(name="Eva"), people.user(name="Leo")
    page = client.post(USERS, choose("deactivate", chosen))
    html = page.content.decode()
    assert "Eva" in html and "Leo" not in html
    assert f'name="_selected_action" value="{chosen.pk}"' in html
    chosen.refresh_from_db()
    assert chosen.is_active
    client.post(USERS, choose("deactivate", chosen, _confirmed="1"))
    for user in (chosen, other):
        user.refresh_from_db()
    assert (chosen.is_active, other.is_active) == (False, True)


def test_only_the_ticked_rows_are_meant(client, it_admin):
    ticked, unseen = people.user(), people.user()
    client.post(USERS, choose("deactivate", ticked, _confirmed="1", select_across="1"))
    unseen.refresh_from_db()
    assert unseen.is_active


def test_the_same_from_the_page_of_one_row(client, it_admin):
    user = people.user(email="eva@people.test")
    page = f"{USERS}{user.pk}/"
    assert f"{page}deactivate/" in client.get(f"{page}change/").content.decode()
    assert f"{page}activate/" not in client.get(f"{page}change/").content.decode()
    client.get(f"{page}send-temporary-password/")
    client.post(f"{page}send-temporary-password/")
    assert kinds_to(user.email) == [], "neither looking nor an unanswered question does it"
    answer = client.post(f"{page}send-temporary-password/", {"_confirmed": "1"})
    assert answer["Location"] == f"{page}change/"
    assert kinds_to(user.email) == ["temporary_password"]


def test_nobody_is_offered_to_lock_themselves_out(client, it_admin):
    verbs = ("send-temporary-password", "reset-second-factor", "deactivate", "deactivate-and-cancel")
    other = people.user(Role.IT_ADMIN)
    for user, count in ((it_admin, 0), (other, len(verbs))):
        page = client.get(f"{USERS}{user.pk}/change/").content.decode()
        assert sum(f"{USERS}{user.pk}/{verb}/" in page for verb in verbs) == count
    for verb in verbs:
        client.post(f"{USERS}{it_admin.pk}/{verb}/", {"_confirmed": "1"})
    it_admin.refresh_from_db()
    assert it_admin.is_active and it_admin.check_password(people.PASSWORD)


def test_what_a_rule_forbids_is_said_for_each_row(client, it_admin):
    user = people.user()
    client.cookies["django_language"] = "en"
    page = client.post(USERS, choose("deactivate", user, it_admin, _confirmed="1"), follow=True)
    said = [str(message) for message in page.context["messages"]]
    assert said == [f"{it_admin.email}: You cannot deactivate your own account.", "1 account changed."]


def test_where_nothing_was_done_nothing_is_said_to_be(client, it_admin):
    page = client.post(USERS, choose("deactivate", it_admin, _confirmed="1"), follow=True)
    assert len(page.context["messages"]) == 1


def test_a_row_that_is_not_there(client, it_admin):
    assert client.get(f"{USERS}00000000-0000-0000-0000-000000000000/unlock/").status_code == 404
    assert client.get(f"{USERS}nonsense/unlock/").status_code == 404
