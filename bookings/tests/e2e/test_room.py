"""Two people in the video room, each in a browser, with fake cameras."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from bookings.models import Booking
from bookings.tests.e2e.conftest import connected, enter
from bookings.tests.factories import open_window
from meetings.models import Meeting, Presence
from meetings.services import close_due

pytestmark = [pytest.mark.e2e, pytest.mark.django_db(transaction=True)]

_MOVES = """(before) => {
  const video = document.querySelector("[data-remote]");
  return video.videoWidth > 0 && video.getVideoPlaybackQuality().totalVideoFrames > before + 5;
}"""


def sees_moving_picture(page: Page) -> None:
    before = page.evaluate(
        "document.querySelector('[data-remote]').getVideoPlaybackQuality().totalVideoFrames"
    )
    page.wait_for_function(_MOVES, arg=before, timeout=15_000)


def hears(page: Page) -> None:
    page.wait_for_function(
        """() => {
          const track = document.querySelector("[data-remote]").srcObject.getAudioTracks()[0];
          return track && !track.muted && track.readyState === "live";
        }"""
    )


def seconds_shown(page: Page) -> int:
    minutes, seconds = page.locator("[data-clock]").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


def test_both_see_and_hear_each_other_and_share_one_clock(room_of):
    room = room_of()
    doctor, patient = room.both_inside()
    for page in (doctor, patient):
        sees_moving_picture(page)
        hears(page)
    shown = [seconds_shown(page) for page in (doctor, patient)]
    assert abs(shown[0] - shown[1]) <= 1
    assert 17 * 60 < shown[0] <= 18 * 60
    room.booking.refresh_from_db()
    assert room.booking.status == "in_progress"
    assert Presence.objects.filter(left_at=None).count() == 2


def test_the_lobby_says_who_is_there_and_the_first_one_waits(room_of):
    room = room_of()
    patient = room.patient()
    expect(patient.get_by_text("Dra. Lucía Peña is not in the room yet.")).to_be_visible()
    expect(patient.locator("[data-preview]")).to_be_visible()
    enter(patient)
    expect(patient.get_by_text("Waiting for Dra. Lucía Peña", exact=True).first).to_be_visible()
    doctor = room.doctor()
    expect(doctor.get_by_text("Juan Pérez is in the room.")).to_be_visible()
    assert Booking.objects.get().status == "confirmed"


def test_a_warning_comes_before_the_end_and_the_clock_ends_it_for_both(room_of, elsewhere):
    room = room_of()
    doctor, patient = room.both_inside()
    room.let_remain(timedelta(minutes=2, seconds=1))
    for page in (doctor, patient):
        page.evaluate("import('/static/js/live.js').then(({live}) => live.send('meeting.heartbeat'))")
        expect(page.get_by_text("Less than 2 minutes are left.").first).to_be_visible()
    room.let_remain(timedelta(0))
    elsewhere(close_due)
    expect(patient.get_by_role("heading", name="Thank you. The consultation has ended")).to_be_visible()
    expect(doctor.get_by_role("heading", name="The consultation has ended")).to_be_visible()
    assert Booking.objects.get().status == "completed"
    assert not Presence.objects.filter(left_at=None).exists()


def test_the_professional_ends_it_for_both(room_of):
    doctor, patient = room_of().both_inside()
    doctor.get_by_role("button", name="Leave or end").click()
    doctor.get_by_role("button", name="End for both").click()
    expect(doctor.get_by_role("heading", name="The consultation has ended")).to_be_visible()
    expect(patient.get_by_role("heading", name="Thank you. The consultation has ended")).to_be_visible()
    assert Meeting.objects.get().end_reason == "professional"


def test_leave_and_come_back(room_of):
    doctor, patient = room_of().both_inside()
    patient.get_by_role("button", name="Leave").click()
    expect(patient.get_by_role("heading", name="You have left the room")).to_be_visible()
    expect(doctor.locator("[data-note=away]")).to_be_visible()
    patient.get_by_role("button", name="Come back").click()
    for page in (doctor, patient):
        connected(page)
        sees_moving_picture(page)
    doctor.get_by_role("button", name="Leave or end").click()
    doctor.get_by_role("button", name="Leave for a moment").click()
    expect(doctor.get_by_role("heading", name="You have left the room")).to_be_visible()
    expect(patient.locator("[data-note=away]")).to_be_visible()
    doctor.get_by_role("button", name="Come back").click()
    sees_moving_picture(patient)


def test_a_reload_finds_back(room_of):
    doctor, patient = room_of().both_inside()
    patient.reload()
    expect(doctor.locator("[data-note=away]")).to_be_visible()
    enter(patient)
    for page in (doctor, patient):
        connected(page)
        sees_moving_picture(page)


def test_a_second_window_takes_the_place_over(room_of):
    room = room_of()
    doctor, first = room.both_inside()
    second = room.patient()
    enter(second)
    expect(first.get_by_role("heading", name="You are in the room in another window")).to_be_visible()
    sees_moving_picture(second)
    sees_moving_picture(doctor)
    first.get_by_role("button", name="Go on here instead").click()
    expect(second.get_by_role("heading", name="You are in the room in another window")).to_be_visible()
    sees_moving_picture(first)


def test_a_lost_line_to_the_server_does_not_cut_the_talk(room_of, problems):
    doctor, patient = room_of().both_inside()
    patient.context.set_offline(True)
    patient.evaluate("import('/static/js/live.js').then(({live}) => live.check(1))")
    expect(patient.locator("[data-banner=offline]")).to_be_visible()
    sees_moving_picture(doctor)
    patient.context.set_offline(False)
    expect(patient.locator("[data-banner=offline]")).to_be_hidden()
    for page in (doctor, patient):
        connected(page)
        sees_moving_picture(page)
    expect(doctor.locator("[data-note=away]")).to_be_hidden()
    problems[:] = [problem for problem in problems if "ERR_INTERNET_DISCONNECTED" not in problem]


def test_switches_are_told_to_the_other_side(room_of):
    doctor, patient = room_of().both_inside()
    sees_moving_picture(doctor)
    patient.get_by_role("button", name="Camera").click()
    expect(doctor.locator("[data-note=voice]")).to_be_visible()
    patient.keyboard.press("Alt+KeyC")
    expect(doctor.locator("[data-note=voice]")).to_be_hidden()
    patient.keyboard.press("Alt+KeyM")
    expect(doctor.get_by_text("Juan Pérez has switched the microphone off.").first).to_be_visible()
    expect(patient.get_by_role("button", name="Microphone")).to_have_attribute("aria-pressed", "false")


def test_a_call_by_voice_asks_for_no_camera(room_of):
    room = room_of(modality="audio", name="Llamada")
    doctor, patient = room.both_inside()
    for page in (doctor, patient):
        hears(page)
        expect(page.locator("[data-note=voice]")).to_be_visible()
        expect(page.get_by_role("button", name="Camera")).to_have_count(0)


def test_refused_devices_are_explained_and_one_may_listen(room_of, shy_browser):
    room = room_of()
    patient = room.patient(shy_browser)
    expect(
        patient.locator("[data-problem]").get_by_text("This page may not use your camera and microphone.")
    ).to_be_visible()
    expect(patient.locator("[data-problem]").get_by_text("You can go in all the same")).to_be_visible()
    expect(patient.get_by_role("button", name="Try again")).to_be_visible()
    enter(patient)
    doctor = room.doctor()
    enter(doctor)
    sees_moving_picture(patient)
    expect(doctor.locator("[data-note=voice]")).to_be_visible()
    expect(doctor.get_by_text("Juan Pérez has switched the microphone off.").first).to_be_visible()


@pytest.mark.parametrize(
    ("kind", "error", "words"),
    [
        ("video", "NotFoundError", "No camera was found."),
        ("audio", "NotFoundError", "No microphone was found."),
        ("video", "NotReadableError", "Your camera is in use by another program."),
        ("audio", "NotReadableError", "Your microphone is in use by another program."),
    ],
)
def test_a_missing_or_busy_device_has_words_of_its_own(room_of, kind, error, words):
    patient = room_of().patient(
        script=f"""const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async (wish) => {{
          if (wish.{kind}) throw new DOMException("", "{error}");
          return real(wish);
        }};"""
    )
    expect(patient.locator("[data-problem]").get_by_text(words)).to_be_visible()
    other = "audio" if kind == "video" else "video"
    expect(patient.locator(f"[data-screen=lobby] [data-switch={other}]")).to_be_enabled()
    expect(patient.locator(f"[data-screen=lobby] [data-switch={kind}]")).to_be_disabled()


def test_before_the_window_the_page_counts_down_and_then_opens(room_of):
    """Half an hour of the page's own clock is let pass at once; the server's is where the room is open by then."""
    room = room_of(starts_in=timedelta(minutes=30))
    patient = room.person(room.browser)
    patient.clock.install()
    patient.goto(room.guest_address)
    expect(patient.get_by_role("heading", name="The room is not open yet")).to_be_visible()
    expect(patient.locator("[data-countdown]")).to_have_text(re.compile(r"1[89]:\d\d|20:00"))
    open_window(room.booking)
    patient.clock.fast_forward("20:00")
    expect(patient.get_by_role("button", name="Enter")).to_be_visible()


def test_without_any_device_one_may_listen(room_of, browser):
    patient = room_of().patient(browser)
    problem = patient.locator("[data-problem]")
    expect(problem.get_by_text("No camera and no microphone were found.")).to_be_visible()
    enter(patient)
    expect(patient.locator("[data-note=waiting]")).to_be_visible()


def test_without_javascript_a_sentence_says_so(room_of, browser):
    patient = room_of().patient(browser, java_script_enabled=False)
    expect(patient.get_by_text("The video room needs JavaScript")).to_be_visible()
