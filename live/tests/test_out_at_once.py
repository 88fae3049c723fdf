"""Whoever may not come in any more is put out of what is open, at once."""

from __future__ import annotations

import pytest
from allauth.headless.tokens.strategies.jwt import internal
from allauth.usersessions.models import UserSession
from django.test import Client

from accounts import services, sessions
from accounts.models import Role
from accounts.tests import people
from accounts.tests.test_api_sign_in import call, log_in
from live import tickets
from live.identity import identify
from live.tests.talk import outside, talker, tell

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(transactional_db):
    return people.user()


def session_of(user) -> str:
    """Signed in on a page."""
    client = Client()
    client.post("/login", {"login": user.email, "password": people.PASSWORD})
    return str(client.session.session_key)


def token_of(user) -> str:
    return str(log_in(Client(), user).json()["access"])


def key_of_token(token: str) -> str:
    return str(internal.session_key_from_sid(internal.decode_token(token, "access")["sid"]))


def closed_by(act, *, out, stays=()) -> None:
    """`out` hear 4401 (the talker waits for 3 s; the minute's watch is no help), `stays` go on."""

    async def story():
        leaving, staying = [talker(**how) for how in out], [talker(**how) for how in stays]
        for client in leaving + staying:
            assert await client.connect()
            await client.hear("hello")
        await outside(act)
        for client in leaving:
            assert await client.closing() == 4401
        for client in staying:
            await client.say("ping")
            await client.hear("pong")
            await client.disconnect()

    tell(story)


def test_a_deactivated_person_is_out_of_every_tab_and_app(person):
    session, token = session_of(person), token_of(person)
    other = session_of(people.user())
    by = people.user(Role.IT_ADMIN)
    closed_by(
        lambda: services.set_active(user_id=person.pk, active=False, by=by),
        out=[{"session": session}, {"session": session}, {"token": token}],
        stays=[{"session": other}],
    )


def test_ending_one_session_leaves_the_others(person):
    session, token = session_of(person), token_of(person)
    row = UserSession.objects.get(session_key=key_of_token(token))
    closed_by(
        lambda: sessions.end_session(person, row.pk), out=[{"token": token}], stays=[{"session": session}]
    )


def test_ending_all_others_keeps_the_one_that_asks(person):
    session, token, second = session_of(person), token_of(person), session_of(person)
    closed_by(
        lambda: sessions.end_sessions(person, but=key_of_token(token)),
        out=[{"session": session}, {"session": second}],
        stays=[{"token": token}],
    )


def test_signing_out_closes_what_the_page_or_app_held_open(person):
    client = Client()
    client.post("/login", {"login": person.email, "password": people.PASSWORD})
    token = token_of(person)
    closed_by(
        lambda: client.post("/logout"),
        out=[{"session": client.session.session_key}],
        stays=[{"token": token}],
    )
    closed_by(lambda: call(Client(), "logout", token=token), out=[{"token": token}])


def test_a_changed_password_puts_everybody_else_out(person):
    session, other = session_of(person), token_of(person)
    client = Client()
    client.cookies["sessionid"] = session
    new = "a-quite-another-long-one"

    def change():
        answer = client.post(
            "/api/v1/auth/change-password",
            {"current_password": people.PASSWORD, "new_password": new},
            "application/json",
        )
        assert answer.status_code == 204

    closed_by(change, out=[{"token": other}])


def test_staff_without_a_second_factor_do_not_connect(transactional_db):
    staff = people.user(Role.AGENT, two_step=False)
    session, token = session_of(staff), token_of(staff)

    async def story():
        for how in ({"session": session}, {"token": token}):
            client = talker(**how)
            assert await client.connect()
            assert await client.closing() == 4401

    tell(story)


def test_a_copied_refresh_token_closes_the_sockets_of_both(person):
    tokens = log_in(Client(), person).json()
    internal_session = internal.get_token_session(internal.decode_token(tokens["refresh"], "refresh"))
    call(Client(), "refresh", {"refresh": tokens["refresh"]})
    spent = internal.get_token_session(internal.decode_token(tokens["refresh"], "refresh"))
    spent["spent_refresh_tokens"] = {}  # as after the grace
    spent.save()
    assert internal_session.session_key == spent.session_key

    def replay():
        assert call(Client(), "refresh", {"refresh": tokens["refresh"]}).status_code == 401

    closed_by(replay, out=[{"token": tokens["access"]}])


def test_a_ticket_lasts_as_long_as_the_sign_in_that_it_was_given_to(person):
    session_of(person)
    row = UserSession.objects.get(user=person)
    ticket = tickets.issue("participant:1", 60, tickets.SignIn(person.pk, row.pk))
    guest = tickets.issue("participant:2", 60)
    closed_by(lambda: sessions.end_session(person, row.pk), out=[{"token": ticket}], stays=[{"token": guest}])


def test_a_ticket_of_a_deactivated_person_opens_nothing(person):
    ticket = tickets.issue("participant:1", 60, tickets.SignIn(person.pk, None))
    by = people.user(Role.IT_ADMIN)
    closed_by(lambda: services.set_active(user_id=person.pk, active=False, by=by), out=[{"token": ticket}])
    assert identify({"subprotocols": ["vicita", ticket], "headers": []}) is None
