"""The embedded mailbox: one file for each message, shown safely."""

import uuid

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from notifications import mailbox, sending
from notifications.models import Message
from notifications.services import queue_email

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAILBOX_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "notifications.mailbox.MailboxBackend"
    settings.ROOT_URLCONF = "notifications.tests.urls_with_mailbox"
    settings.EMBEDDED = True
    settings.LANGUAGE_CODE = "en"
    return settings.MAILBOX_DIR


def receive(subject="Your consultation", text="Hello https://vicita.example/b/1", html="", calendar=""):
    message = queue_email(
        kind="test",
        dedupe_key=uuid.uuid4().hex,
        recipient="ana@example.com",
        language="en",
        subject=subject,
        text=text,
        html=html,
        calendar=calendar,
    )
    assert message is not None
    sending.send_due()
    return message


def test_a_message_is_a_file_under_its_id(folder):
    message = receive()
    assert [path.name for path in folder.iterdir()] == [f"{message.pk}.eml"]
    assert mailbox.mail(message.pk).subject == "Your consultation"


def test_sent_again_it_is_still_one_file(folder):
    message = receive()
    Message.objects.update(state="queued")
    sending.send_due()
    assert len(list(folder.iterdir())) == 1
    assert len(mailbox.mails()) == 1 and mailbox.mails()[0].id == message.pk


def test_mail_of_others_is_kept_too(folder):
    EmailMessage("From Django", "text", to=["admin@example.com"]).send()
    mail.mail_managers("nobody", "is told")
    assert [found.subject for found in mailbox.mails()] == ["From Django"]


def test_odd_files_and_message_ids_lead_nowhere(folder):
    EmailMessage("Odd", "text", to=["a@example.com"], headers={"Message-ID": "<../../etc/passwd@x>"}).send()
    (folder / "notes.eml").write_text("not ours")
    [path] = [path for path in folder.parent.rglob("*.eml") if path.stem != "notes"]
    assert path.parent == folder and uuid.UUID(path.stem)
    assert [found.subject for found in mailbox.mails()] == ["Odd"]


def test_an_empty_mailbox_says_so(folder, client):
    assert "No mail yet" in client.get("/mailbox/").text


def test_the_list_and_a_mail(folder, client):
    first = receive("First")
    second = receive("Second <script>alert(1)</script>")
    page = client.get("/mailbox/").text
    assert str(first.pk) in page and str(second.pk) in page
    assert "<script>alert" not in page
    page = client.get(f"/mailbox/{second.pk}/").text
    assert "ana@example.com" in page and 'href="https://vicita.example/b/1"' in page
    assert "<script>alert" not in page


def test_the_body_runs_nothing_and_is_framed_by_us_alone(folder, client):
    message = receive(html="<!doctype html><html><head></head><body><script>alert(1)</script></body></html>")
    assert f'src="/mailbox/{message.pk}/body"' in client.get(f"/mailbox/{message.pk}/").text
    answer = client.get(f"/mailbox/{message.pk}/body")
    policy = answer["Content-Security-Policy"]
    assert "sandbox allow-popups" in policy and "allow-scripts" not in policy
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert '<base target="_blank">' in answer.text


def test_the_calendar_file_can_be_taken(folder, client):
    message = receive(calendar="BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nEND:VCALENDAR\r\n")
    assert "vicita.ics" in client.get(f"/mailbox/{message.pk}/").text
    answer = client.get(f"/mailbox/{message.pk}/attachments/0")
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer["Content-Disposition"] == 'attachment; filename="vicita.ics"'
    assert b"METHOD:CANCEL" in answer.content
    assert client.get(f"/mailbox/{message.pk}/attachments/1").status_code == 404


def test_what_is_not_there_is_404(folder, client):
    assert client.get(f"/mailbox/{uuid.uuid4()}/").status_code == 404
    assert client.get("/mailbox/..%2f..%2fetc%2fpasswd/").status_code == 404


def test_without_the_embedded_mailbox_there_is_no_such_page(client):
    assert client.get("/mailbox/").status_code == 404
