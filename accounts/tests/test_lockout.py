"""Too many wrong passwords: nobody gets another try for a while, whether there is such an account or not."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts import lockout
from accounts.tests import people
from accounts.tests.letters import link_to, sent
from core.models import OutboxEvent
from core.outbox import deliver_due

pytestmark = pytest.mark.django_db
LIMIT = 5


def log_in(client, email, password="wrong", **headers):
    body = {"email": email, "password": password}
    return client.post("/api/v1/auth/login", body, content_type="application/json", headers=headers)


def sign_in(client, email, password=people.PASSWORD):
    return client.post("/login", {"login": email, "password": password})


def lock(email, client=None):
    return [log_in(client or Client(), email).status_code for _ in range(LIMIT)]


def letters():
    deliver_due()
    return list(sent().filter(kind="account_locked_out"))


def link_of(message):
    return re.search(r"http://[^/]+(/unlock/\S+)", message.text)[1]


@pytest.mark.parametrize("known", [True, False])
def test_the_lock_says_what_to_do_and_the_same_to_everybody(client, known):
    if known:
        people.user(email="eva@people.test")
    assert lock("eva@people.test") == [401] * LIMIT
    answer = log_in(client, " EVA@people.test")
    assert (answer.status_code, answer["Retry-After"]) == (429, str(15 * 60))
    assert answer.json()["errors"][0]["code"] == "locked_out"
    page = sign_in(client, "eva@people.test")
    assert (page.status_code, page["Retry-After"]) == (429, str(15 * 60))
    assert "/password/forgot" in page.content.decode()


def test_known_and_unknown_e_mails_answer_the_same_to_the_byte():
    people.user(email="eva@people.test")
    seen = {email: [] for email in ("eva@people.test", "ada@people.test")}
    for email, answers in seen.items():
        client = Client()
        for _n in range(LIMIT + 2):
            answer, page = log_in(client, email), sign_in(client, email, "wrong")
            text = re.sub(r'(csrfmiddlewaretoken" value="|nonce-)\w+', "", page.content.decode())
            answers.append(
                (
                    answer.status_code,
                    answer.content,
                    sorted({*answer.headers} - {"X-Request-Id"}),
                    page.status_code,
                    text.replace(email, ""),
                    sorted(page.headers),
                )
            )
    assert seen["eva@people.test"] == seen["ada@people.test"]


def test_the_number_of_failures_and_the_time_are_settings(settings, client):
    settings.LOCKOUT_FAILURES, settings.LOCKOUT_MINUTES = 2, 60
    assert [log_in(client, "ada@people.test").status_code for _ in range(3)] == [401, 401, 429]
    assert log_in(client, "ada@people.test")["Retry-After"] == "3600"


def test_right_passwords_are_not_counted(client):
    user = people.user()
    for _n in range(3):
        assert log_in(client, user.email, people.PASSWORD).status_code == 200
        assert [log_in(client, user.email).status_code for _ in range(1)] == [401]
    assert log_in(client, user.email, people.PASSWORD).status_code == 200
    assert log_in(client, user.email).status_code == 401


def test_the_lock_is_over_after_its_time(client, settings, silent_valkey):
    """With the cache of the process, whose clock a test can turn."""
    user = people.user()
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        lock(user.email)
        assert log_in(client, user.email, people.PASSWORD).status_code == 429
        clock.shift(timedelta(minutes=15, seconds=1))
        assert log_in(client, user.email, people.PASSWORD).status_code == 200


def test_one_address_guesses_at_many_accounts_only_so_often(client, settings):
    settings.LOCKOUT_FAILURES_PER_ADDRESS = 7
    answers = [log_in(client, f"p{n}@people.test").status_code for n in range(9)]
    assert answers == [401] * 7 + [429] * 2
    elsewhere = client.post(
        "/api/v1/auth/login",
        {"email": "p9@people.test", "password": "x"},
        content_type="application/json",
        REMOTE_ADDR="192.0.2.9",
    )
    assert elsewhere.status_code == 401


# --- The owner's letter ----------------------------------------------------------------------------


def test_the_owner_gets_one_letter_and_its_link_ends_the_lock(client):
    user = people.user(language="en")
    for _n in range(3):
        lock(user.email)
    (letter,) = letters()
    assert (letter.recipient, letter.subject) == (user.email, "Too many wrong passwords")
    link = link_of(letter)
    assert client.get(link).status_code == 200
    assert sign_in(Client(), user.email).status_code == 429, "looking at the page ends nothing"
    assert client.post(link)["Location"] == "/login"
    assert sign_in(Client(), user.email).status_code == 302


def test_the_link_works_once(client):
    user = people.user()
    lock(user.email)
    link = link_of(letters()[0])
    client.post(link)
    lock(user.email)
    assert client.post(link).status_code == 400
    assert client.get(link).status_code == 400
    assert sign_in(Client(), user.email).status_code == 429


@pytest.mark.django_db(transaction=True)
def test_of_parallel_uses_of_a_link_one_counts():
    user = people.user()
    lock(user.email)
    link = link_of(letters()[0])
    assert sorted(in_parallel(8, lambda: Client().post(link).status_code)) == [302] + [400] * 7


def test_after_the_link_was_used_the_next_lock_is_told_of_again(client):
    user = people.user()
    lock(user.email)
    client.post(link_of(letters()[0]))
    lock(user.email)
    assert len(letters()) == 2


def test_the_link_is_too_old_after_a_day(client):
    user = people.user()
    lock(user.email)
    link = link_of(letters()[0])
    assert client.get(link).status_code == 200
    with time_machine.travel(timezone.now() + timedelta(hours=24, seconds=1)):
        assert client.get(link).status_code == 400


@pytest.mark.parametrize(
    "token",
    ["x", "a:b:c", signing.dumps(["1", "2"]), signing.dumps(["no id", "x"], salt="accounts.unlock")],
    ids=["nothing", "no signature", "of something else", "of nobody"],
)
def test_forged_links_say_so(client, token):
    for method in (client.get, client.post):
        answer = method(f"/unlock/{token}")
        assert answer.status_code == 400
        assert "/password/forgot" in answer.content.decode()


def test_nobody_is_written_to_where_there_is_no_account():
    lock("ada@people.test")
    assert OutboxEvent.objects.filter(topic=lockout.LOCKED_OUT).count() == 1, (
        "the same work as for a known one"
    )
    assert letters() == []


def test_what_is_kept_of_a_lock_names_nobody():
    user = people.user(email="eva@people.test")
    lock(user.email)
    assert "eva" not in str(OutboxEvent.objects.filter(topic=lockout.LOCKED_OUT).values())


def test_a_deactivated_account_gets_no_letter():
    user = people.user()
    user.is_active = False
    user.save()
    lock(user.email)
    assert letters() == []


# --- Nobody can be locked out for good -------------------------------------------------------------


def test_a_known_device_is_not_locked_out_by_others(client):
    user = people.user()
    sign_in(client, user.email)
    client.cookies.pop("sessionid")
    for _n in range(3):
        lock(user.email)
    assert sign_in(Client(), user.email).status_code == 429
    assert sign_in(client, user.email).status_code == 302


def test_a_known_device_has_a_limit_of_its_own_and_is_then_as_any_other(client):
    user = people.user()
    sign_in(client, user.email)
    client.cookies.pop("sessionid")
    answers = [sign_in(client, user.email, "wrong").status_code for _ in range(2 * LIMIT + 1)]
    assert answers == [200] * 2 * LIMIT + [429]


@pytest.mark.parametrize("kind", ["another account's", "forged", "empty"])
def test_a_device_is_known_for_its_own_account_alone(client, kind):
    user, other = people.user(), people.user()
    sign_in(client, other.email)
    stolen = {
        "another account's": client.cookies[lockout.DEVICE_COOKIE].value,
        "forged": "a:b:c",
        "empty": "",
    }
    lock(user.email)
    guesser = Client()
    guesser.cookies[lockout.DEVICE_COOKIE] = stolen[kind]
    assert sign_in(guesser, user.email).status_code == 429


def test_the_cookie_of_a_device_tells_nothing_and_is_for_no_script(client):
    user = people.user(email="eva@people.test")
    sign_in(client, user.email)
    cookie = client.cookies[lockout.DEVICE_COOKIE]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert "eva" not in str(signing.loads(cookie.value, salt="accounts.known_device"))


def test_the_link_makes_the_device_known(client):
    user = people.user()
    lock(user.email)
    client.post(link_of(letters()[0]))
    lock(user.email)
    assert sign_in(client, user.email).status_code == 302


def test_a_reset_password_ends_the_lock_and_makes_the_device_known(client):
    user = people.user()
    lock(user.email)
    client.post("/password/forgot", {"email": user.email})
    link = link_to(user.email, "/password/reset/")
    where = client.get(link)["Location"]
    new = {"password1": "another-long-enough-one", "password2": "another-long-enough-one"}
    assert client.post(where, new)["Location"] == "/password/reset/done"
    assert sign_in(Client(), user.email, "another-long-enough-one").status_code == 302
    lock(user.email)
    assert sign_in(client, user.email, "another-long-enough-one").status_code == 302


# --- At the same time ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [True, False])
def test_of_sixty_parallel_wrong_passwords_exactly_five_are_judged(known):
    email = people.user().email if known else "ada@people.test"
    answers = in_parallel(60, lambda: log_in(Client(), email).status_code)
    assert answers.count(401) == LIMIT
    assert answers.count(429) == 60 - LIMIT
    assert len(letters()) == known


@pytest.mark.django_db(transaction=True)
def test_parallel_wrong_passwords_without_valkey_are_judged_as_often(silent_valkey):
    email = people.user().email
    answers = in_parallel(30, lambda: sign_in(Client(), email, "wrong").status_code)
    assert answers.count(200) == LIMIT


@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_at_many_accounts_are_counted_exactly(settings):
    settings.LOCKOUT_FAILURES_PER_ADDRESS, settings.PUBLIC_WRITE_RATE = 10, "1000/m"
    settings.ACCOUNT_RATE_LIMITS = {"login": "1000/m/ip"}
    numbers = iter(range(100))
    guess = threading.Lock()

    def act():
        with guess:
            number = next(numbers)
        return log_in(Client(), f"p{number}@people.test").status_code

    assert in_parallel(40, act).count(401) == 10


def test_the_count_never_lasts_for_ever():
    """Also one that began anew in the moment the old one ended."""
    key = lockout._email_key("ada@people.test")
    cache.delete(key)
    assert lockout._count(key, LIMIT)
    assert cache._cache.get_client().ttl(cache.make_key(key)) > 0


def in_parallel(times, act):
    """All start together."""
    start = threading.Barrier(times)

    def run(_):
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))
