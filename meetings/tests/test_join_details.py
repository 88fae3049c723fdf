from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time

import pytest

from live import tickets
from meetings.providers import join_details
from meetings.selectors import participant_of

pytestmark = pytest.mark.django_db(transaction=True)


def details(meeting, role):
    return join_details(meeting, participant_of(meeting.pk, role), "Ana", None)


def test_each_gets_a_ticket_for_their_own_seat(meeting):
    for role in ("professional", "patient"):
        ticket = tickets.read(details(meeting, role)["ticket"])
        assert ticket.person == f"participant:{participant_of(meeting.pk, role).pk}"


def test_in_a_collision_of_offers_one_gives_way(meeting):
    assert [details(meeting, role)["polite"] for role in ("professional", "patient")] == [False, True]


def test_no_servers_are_needed_on_one_network(meeting, settings):
    settings.ICE_SERVERS, settings.TURN_URLS = [], []
    assert details(meeting, "patient")["ice_servers"] == []


def test_turn_passwords_are_good_for_hours_only(meeting, settings):
    settings.ICE_SERVERS = ["stun:stun.example.test"]
    settings.TURN_URLS, settings.TURN_SECRET = ["turn:turn.example.test"], "shared secret"
    stun, turn = details(meeting, "patient")["ice_servers"]
    assert stun == {"urls": ["stun:stun.example.test"]}
    until, _colon, who = turn["username"].partition(":")
    assert 3600 < int(until) - time.time() < 24 * 3600
    assert who == str(participant_of(meeting.pk, "patient").pk)
    digest = hmac.new(b"shared secret", turn["username"].encode(), hashlib.sha1).digest()
    assert turn["credential"] == base64.b64encode(digest).decode()


def test_details_are_plain_data(meeting):
    assert json.dumps(details(meeting, "patient"))
