"""Who is told what of a wish for a time, by mail, in the app and on open pages."""

from __future__ import annotations

import pytest

from bookings import services
from bookings.models import BookingRequest
from bookings.selectors import next_free_slots
from bookings.tests.factories import make_professional, make_request, make_service
from bookings.tests.test_announcements import letters
from bookings.tests.test_request_sweep import over
from core import outbox
from core.actor import Actor
from core.models import OutboxDelivery
from live import push
from notifications.models import Message, Notification
from notifications.wording import words_of

pytestmark = pytest.mark.django_db
DOCTOR = Actor("professional")


def service_of(**policy):
    return make_service(make_professional(always_open=True, **policy), price=0, name="Talk")


def test_a_wish_is_acknowledged_and_put_before_the_professional():
    wish = make_request(service_of(), name="Luz Marín", email="luz@example.org", message="Insomnia")
    told = letters()
    assert told["request_received"].recipient == "luz@example.org"
    assert told["request_made"].recipient == wish.professional.user.email
    assert "Luz Marín" in told["request_made"].text and "/doctor/requests/" in told["request_made"].text
    assert set(told) == {"request_received", "request_made"}
    assert {letter.data_key_id for letter in told.values()} == {wish.data_key_id}
    assert not any("Insomnia" in letter.text for letter in told.values())


def test_the_app_tells_the_professional_without_a_name():
    wish = make_request(service_of(), name="Luz Marín")
    outbox.deliver_due()
    notification = Notification.objects.get(user=wish.professional.user)
    assert notification.kind == "BOOKING_WISH"
    assert notification.payload == {"request_id": str(wish.pk), "service_id": str(wish.service_id)}
    assert all(words_of(notification.kind, notification.payload))


def test_a_professional_who_wants_no_mail_gets_none():
    make_request(service_of(email_notifications=False))
    assert set(letters()) == {"request_received"}


def test_a_no_passes_the_reason_on_and_shows_the_way_to_free_times():
    wish = make_request(service_of(), language="en")
    letters()
    services.reject_request(request_id=wish.pk, actor=DOCTOR, reason="Congress")
    told = letters()
    assert set(told) == {"request_rejected"}
    text = told["request_rejected"].text
    assert "Congress" in text and f"/p/{wish.professional.slug}/{wish.service.slug}/" in text


def test_no_answer_is_told_too():
    wish = over(make_request(service_of()))
    letters()
    services.expire_request(request_id=wish.pk)
    assert set(letters()) == {"request_expired"}


def test_a_yes_is_told_by_the_booking_alone():
    wish = make_request(service_of(), email="luz@example.org")
    letters()
    start = next_free_slots(service=wish.service, count=1)[0]
    services.accept_request(request_id=wish.pk, service=wish.service, starts_at=start, actor=DOCTOR)
    told = letters()
    assert set(told) == {"booking_confirmed"}
    assert told["booking_confirmed"].recipient == "luz@example.org"


def test_what_was_answered_meanwhile_is_no_news():
    wish = make_request(service_of())
    services.reject_request(request_id=wish.pk, actor=DOCTOR)
    assert set(letters()) == {"request_rejected"}


def test_somebody_erased_is_written_to_no_more():
    wish = make_request(service_of())
    wish.data_key.delete()
    assert letters() == {}


def test_the_same_event_again_writes_nothing_new():
    make_request(service_of())
    outbox.deliver_due()
    OutboxDelivery.objects.update(done_at=None)
    outbox.deliver_due()
    assert Message.objects.count() == 2 and Notification.objects.count() == 1


def test_open_pages_of_the_professional_count_anew(monkeypatch):
    sent = []
    monkeypatch.setattr(push, "send", lambda *message: sent.append(message))
    wish = make_request(service_of(), name="Luz Marín")
    outbox.deliver_due()
    facts = {"booking_id": None, "request_id": str(wish.pk), "status": "pending", "event": "RequestMade"}
    assert (f"user:{wish.professional.user_id}", "booking.updated", facts) in sent


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("days", [{}, {"preferred_from": True}, {"preferred_until": True}])
def test_each_letter_is_whole_in_each_language(language, days):
    professional = make_professional(always_open=True, name="Dra. Laura O'Hara")
    professional.user.language = language
    professional.user.save()
    service = make_service(professional, price=0, name="Talk")
    day = next_free_slots(service=service, count=1)[0].date()
    wish = make_request(service, name="Ana <b>&</b> Luis", language=language, **dict.fromkeys(days, day))
    told = letters()
    services.reject_request(request_id=wish.pk, actor=DOCTOR)
    told |= letters()
    BookingRequest.objects.update(status="pending")
    services.expire_request(request_id=over(wish).pk)
    told |= letters()
    assert len(told) == 4
    for letter in told.values():
        assert letter.subject and "\n" not in letter.subject
        assert "Talk" in letter.text and "Talk" in letter.html
        assert "<b>" not in letter.html and "&amp;" not in letter.text
        assert "{" not in letter.text and "\n\n\n" not in letter.text
