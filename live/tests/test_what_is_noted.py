"""What is said on a connection leaves a row in the audit like any request."""

from __future__ import annotations

import pytest

from accounts.models import Patient, Role
from accounts.tests import people
from core.errors import NotAllowed
from core.models import AuditEvent
from live import registry
from live.tests.talk import talker, tell

pytestmark = pytest.mark.django_db(transaction=True)


@registry.handles("test.opens")
def opens(connection, payload):
    connection.reply("test.name", {"name": Patient.objects.get().name})


@registry.handles("test.forbids")
def forbids(connection, payload):
    raise NotAllowed(code="not_yours_to_do")


def said_by(session, event):
    async def story():
        client = talker(session=session)
        await client.connect()
        await client.say(event)
        await client.say("ping")
        await client.hear("pong")
        await client.disconnect()

    tell(story)
    return AuditEvent.objects.get()


def test_who_hears_a_name_leaves_a_row(session_of):
    practice = people.professional()
    luz = people.patient(practice, name="Luz Marín")
    row = said_by(session_of(practice.user), "test.opens")
    assert (row.action, row.via, row.route, row.subjects) == ("read", "live", "test.opens", [luz.data_key_id])
    assert (row.actor_id, row.role) == (practice.user_id, "professional")


def test_who_is_refused_leaves_a_row(session_of, user):
    row = said_by(session_of(user), "test.forbids")
    assert (row.action, row.actor_id, row.facts) == ("refused", user.pk, {"code": "not_yours_to_do"})


def test_who_lacks_the_second_factor_does_not_come_in(session_of):
    staff = people.user(Role.IT_ADMIN, two_step=False)

    async def story():
        client = talker(session=session_of_staff)
        await client.connect()
        assert await client.closing() == 4401

    session_of_staff = session_of(staff)
    tell(story)
    row = AuditEvent.objects.get()
    assert (row.action, row.route, row.actor_id) == ("refused", "connect", staff.pk)
    assert row.facts == {"code": "second_factor_required_for_role"}
