"""A person at the command line leaves rows too; a worker does not."""

from __future__ import annotations

import pytest

from accounts.models import Patient
from accounts.tests import people
from core import outbox
from core.audit import Trail, acting
from core.audit.command import operated
from core.models import AuditEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def luz():
    return people.patient(people.professional(), name="Luz Marín")


def test_a_command_that_opens_a_name_leaves_a_row(luz):
    with operated("shell"):
        assert Patient.objects.get(pk=luz.pk).name
    (row,) = AuditEvent.objects.filter(via="command")
    assert (row.action, row.role, row.route, row.subjects) == ("read", "operator", "shell", [luz.data_key_id])


def test_one_that_fails_does_too(luz):
    with pytest.raises(ZeroDivisionError), operated("shell"):
        assert Patient.objects.get(pk=luz.pk).name
        raise ZeroDivisionError
    assert AuditEvent.objects.filter(via="command").count() == 1


def test_one_that_opens_nothing_leaves_none(luz):
    with operated("check"):
        pass
    assert not AuditEvent.objects.filter(via="command").exists()


def test_what_the_outbox_does_is_nobodys(luz):
    @outbox.handles("test.opens_a_name")
    def opens(event):
        assert Patient.objects.get(pk=luz.pk).name

    with acting(Trail("page")) as trail:
        event = outbox.publish("test.opens_a_name", {})
        outbox.deliver_events([event.pk])
    assert not trail.opened
