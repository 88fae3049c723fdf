"""What the pages of IT administration say of themselves, and how they say a moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.admin_lists import in_short
from accounts.models import Professional, RegistrationToken, Role, User
from accounts.tests import people

pytestmark = pytest.mark.django_db
USERS, INVITATIONS = "/admin/accounts/user/", "/admin/accounts/registrationtoken/"
WHEN = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture
def it(client):
    client.cookies["django_language"], client.cookies["tz"] = "en", "Etc/UTC"
    client.force_login(people.user(Role.IT_ADMIN, email="it@people.test"))
    return client


def test_who_opens_an_account_reads_that_a_password_is_on_its_way(it):
    new = {"email": "eva@people.test", "name": "Eva", "role": Role.AGENT, "language": "en", "timezone": ""}
    answer = it.post(f"{USERS}add/", new, follow=True)
    assert answer.request["PATH_INFO"] == f"{USERS}{User.objects.get(email='eva@people.test').pk}/change/"
    assert "A temporary password is on its way by e-mail" in answer.content.decode()
    assert all("eva@" not in str(message) for message in answer.context["messages"]), "a cookie carries it"


@pytest.mark.parametrize(
    ("page", "title"),
    [(USERS, "Users"), (INVITATIONS, "Invitations"), ("/admin/accounts/professional/", "Professionals")],
)
def test_a_list_is_called_after_what_it_lists(it, page, title):
    assert it.get(page).context["title"] == title


def test_moments_are_said_as_in_the_lists_of_administration(it):
    practice = people.professional()
    User.objects.filter(pk=practice.user_id).update(last_login=WHEN, created_at=WHEN)
    Professional.objects.filter(pk=practice.pk).update(approved_at=WHEN, created_at=WHEN)
    token = RegistrationToken.objects.create(email="ana@people.test", expires_at=WHEN)
    for page in (
        USERS,
        f"{USERS}{practice.user_id}/change/",
        "/admin/accounts/professional/",
        f"/admin/accounts/professional/{practice.pk}/change/",
        INVITATIONS,
        f"{INVITATIONS}{token.pk}/change/",
    ):
        assert "Tue 24 Nov 2026, 09:30" in it.get(page).content.decode(), page


def test_the_link_of_an_invitation_can_be_copied_with_or_without_scripts(it):
    page = it.post(f"{INVITATIONS}add/", {"email": ""}).content.decode()
    until = in_short(RegistrationToken.objects.get().expires_at)
    assert f"works once, and until {until}." in page
    assert 'id="link"' in page and "readonly" in page and "/join/" in page
    assert '<button type="button" hidden data-copy="#link"' in page
    assert "onclick" not in page.split('id="link"')[1].split("</main>")[0]
