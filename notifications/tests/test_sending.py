"""Sending: once each, with the same Message-ID when repeated; retries, and giving up."""

import smtplib
from datetime import timedelta
from email import message_from_bytes

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models.functions import Now
from django.utils import timezone

from core.models import DataKey
from notifications import sending
from notifications.models import Message, MessageState
from notifications.services import queue_email

pytestmark = pytest.mark.django_db

ICS = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


class Refusing(BaseEmailBackend):
    """A mail server that answers with `error`."""

    error: Exception = OSError()

    def send_messages(self, email_messages):
        raise self.error


@pytest.fixture
def refusing(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    return Refusing


def queue(key="1", **fields):
    message = queue_email(
        **{
            "kind": "test",
            "dedupe_key": key,
            "recipient": "ana@example.com",
            "language": "es",
            "subject": "Niñez & salud",
            "text": "Hola, año nuevo",
        }
        | fields
    )
    assert message is not None
    return message


def make_due():
    Message.objects.update(due_at=Now() - timedelta(seconds=1))


def stored():
    return Message.objects.get()


def test_a_message_goes_out_whole():
    message = queue(html="<p>Hola</p>", calendar=ICS)
    assert sending.send_due() == 1
    sent = message_from_bytes(mail.outbox[0].message().as_bytes())
    parts = {part.get_content_type(): part for part in sent.walk()}
    assert sent["Message-ID"] == f"<{message.pk}@localhost>"
    assert sent["Auto-Submitted"] == "auto-generated"
    assert sent["To"] == "ana@example.com"
    assert parts["text/plain"].get_payload(decode=True) == "Hola, año nuevo".encode()
    assert parts["text/html"].get_payload(decode=True) == b"<p>Hola</p>"
    assert parts["text/calendar"].get_param("method") == "REQUEST"
    assert parts["text/calendar"].get_filename() == "vicita.ics"
    assert stored().state == MessageState.SENT and stored().sent_at is not None


def test_what_is_sent_is_not_sent_again():
    queue()
    sending.send_due()
    make_due()
    assert sending.send_due() == 0
    assert len(mail.outbox) == 1


def test_a_server_out_of_reach_is_asked_again_later(refusing):
    queue()
    refusing.error = OSError("ana@example.com is not reachable")
    assert sending.send_due() == 1
    assert sending.send_due() == 0
    message = stored()
    assert message.state == MessageState.QUEUED and message.due_at > timezone.now()
    assert message.error == "OSError"


def test_pauses_grow_to_an_hour():
    pauses = [sending.pause_after(attempts) for attempts in range(1, 12)]
    assert pauses == sorted(pauses) and pauses[0] == timedelta(seconds=30)
    assert pauses[-1] == timedelta(hours=1)


def test_after_too_many_tries_it_has_failed(refusing):
    queue()
    refusing.error = OSError()
    for _ in range(sending.MAX_ATTEMPTS):
        make_due()
        sending.send_due()
    assert stored().state == MessageState.FAILED
    make_due()
    assert sending.send_due() == 0


@pytest.mark.parametrize(
    ("error", "permanent"),
    [
        (smtplib.SMTPRecipientsRefused({"ana@example.com": (550, b"no such user")}), True),
        (smtplib.SMTPRecipientsRefused({"ana@example.com": (450, b"greylisted")}), False),
        (smtplib.SMTPDataError(554, b"rejected"), True),
        (smtplib.SMTPDataError(451, b"try later"), False),
        (smtplib.SMTPAuthenticationError(535, b"bad password"), False),
        (smtplib.SMTPServerDisconnected(), False),
        (TimeoutError(), False),
    ],
)
def test_only_what_cannot_work_is_given_up_at_once(refusing, error, permanent):
    queue()
    refusing.error = error
    sending.send_due()
    assert stored().state == (MessageState.FAILED if permanent else MessageState.QUEUED)


def test_mail_to_an_erased_patient_goes_nowhere():
    queue()
    DataKey.objects.all().delete()
    sending.send_due()
    assert stored().state == MessageState.FAILED
    assert mail.outbox == []


def test_one_bad_message_does_not_hold_up_the_others():
    queue("bad")
    DataKey.objects.all().delete()
    queue("good")
    assert sending.send_due() == 2
    assert len(mail.outbox) == 1


def test_killed_between_sending_and_saying_so_repeats_under_the_same_id(refusing, settings):
    queue()
    refusing.error = SystemExit()  # no handler of ours sees a killed process
    with pytest.raises(SystemExit):
        sending.send_due()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert sending.send_due() == 0, "its lease still runs"
    make_due()
    assert sending.send_due() == 1
    assert mail.outbox[0].message()["Message-ID"] == f"<{stored().pk}@localhost>"


def test_logs_carry_ids_only(refusing, caplog):
    caplog.set_level("DEBUG")
    message = queue()
    refusing.error = smtplib.SMTPRecipientsRefused({"ana@example.com": (550, b"ana@example.com unknown")})
    sending.send_due()
    record = next(record for record in caplog.records if record.name == "notifications.sending")
    assert record.message_id == str(message.pk)
    assert not any("ana@" in str(record.__dict__) for record in caplog.records)
    assert stored().error == "SMTPRecipientsRefused 550"


@pytest.mark.parametrize("error", [TimeoutError(), smtplib.SMTPServerDisconnected("gone")])
def test_a_run_ends_when_the_server_is_away(refusing, error):
    refusing.error = error
    for number in range(3):
        queue(str(number))
    assert sending.send_due() == 1
    assert Message.objects.filter(attempts=0).count() == 2


def test_a_refused_message_holds_up_no_other(refusing):
    refusing.error = smtplib.SMTPDataError(550, b"no")
    for number in range(3):
        queue(str(number))
    assert sending.send_due() == 3


def test_a_run_ends_in_time_when_the_server_is_slow(refusing, monkeypatch):
    refusing.error = smtplib.SMTPDataError(550, b"no")
    for number in range(3):
        queue(str(number))
    monkeypatch.setattr(sending, "RUN_SECONDS", 0)
    assert sending.send_due() == 0


def test_what_would_come_too_late_is_given_up():
    late = queue("late", not_after=timezone.now() - timedelta(seconds=1))
    useful = queue("useful", not_after=timezone.now() + timedelta(hours=1))
    assert sending.send_due() == 2
    states = {message.pk: message.state for message in Message.objects.all()}
    assert states == {late.pk: MessageState.LAPSED, useful.pk: MessageState.SENT}
    assert len(mail.outbox) == 1
