"""Whole consultations, by HTTP as anybody would have them, while processes are killed with SIGKILL.

`python3 dev.py chaos --rounds 5 --seed 1` starts the product on data of its own and plays, in each round: a hold
that ends, and a paid consultation from the hold over payment and acceptance to the end by the clock. After
every step one or more of web, workers, beat, Valkey and PostgreSQL are killed. At the end the database is asked
whether everything due happened, and happened once. Exit code 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import time
from typing import Any

from tools.product import DEMO_PASSWORD, Product, Violation, running, until

PROGRAMS = ("web", "clock", "outside", "beat", "valkey", "postgres")


class Round:
    """One patient's story."""

    def __init__(self, product: Product, number: int, chance: random.Random) -> None:
        self.product, self.number, self.chance = product, number, chance
        self.late = 0.0

    def play(self) -> None:
        self.hold_that_ends()
        self.paid_consultation()

    def strike(self) -> None:
        self.product.kill(*self.chance.sample(PROGRAMS, self.chance.randint(1, len(PROGRAMS))))

    def status(self, booking: str) -> str:
        return str(self.product.query("SELECT status FROM bookings_booking WHERE id = %s", booking)[0][0])

    def becomes(self, booking: str, status: str) -> float:
        return until(lambda: self.status(booking) == status, f"{booking} becomes {status}")

    def book(self, service: str, email: str) -> tuple[str, str]:
        """The first free time that is still free when asked for."""
        today = time.strftime("%Y-%m-%d", time.gmtime())
        later = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 2 * 86400))
        query = f"availability/slots?professional=lucia-pena&service={service}&from={today}&to={later}&tz=UTC"
        slots = self.product.ask("GET", query)
        start = slots["slots"][0]["start"] if isinstance(slots, dict) else slots[0]["start"]
        made = self.product.ask(
            "POST",
            "professionals/lucia-pena/bookings",
            json={
                "service": service,
                "start": start,
                "name": "Caos Prueba",
                "email": email,
                "timezone": "UTC",
            },
        )
        booking = made.get("booking", made)
        return booking["id"], made.get("checkout_url", "")

    def hold_that_ends(self) -> None:
        booking, _url = self.book("videoconsulta", f"hold{self.number}@chaos.test")
        self.strike()
        sql = "UPDATE bookings_booking SET hold_ends_at = now() WHERE id = %s"
        until(lambda: self.product.query(sql, booking) == [], "the hold is over")
        self.becomes(booking, "expired")

    def paid_consultation(self) -> None:
        booking, checkout = self.book("videoconsulta", f"paid{self.number}@chaos.test")
        self.strike()
        self.pay(checkout)
        self.strike()
        self.becomes(booking, "waiting_for_professional")
        token = self.product.ask(
            "POST", "auth/login", json={"email": "doctor@demo.test", "password": DEMO_PASSWORD}
        )
        bearer = {"Authorization": f"Bearer {token['access']}"}
        self.product.ask("PATCH", f"bookings/{booking}/accept-meeting", headers=bearer)
        self.strike()
        self.open_now(booking)
        self.patient_comes(booking)
        self.product.ask("POST", f"bookings/{booking}/start-meeting", headers=bearer)
        self.clock_ends(booking)
        self.strike()
        self.becomes(booking, "completed")
        self.late = self.product.query(
            "SELECT extract(epoch FROM e.created_at - m.ends_at) FROM bookings_bookingevent e "
            "JOIN bookings_booking b ON b.id = e.booking_id JOIN meetings_meeting m ON m.id = b.meeting_id "
            "WHERE e.verb = 'finish' AND b.id = %s",
            booking,
        )[0][0]
        self.happened_once(booking)

    def pay(self, checkout: str) -> None:
        """Presses the button of the checkout page, until the sandbox says that it is paid."""

        def press() -> bool:
            page = self.product.get(checkout)
            token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
            if 'value="pay"' not in page.text or token is None:
                return page.status_code == 200
            data = {"csrfmiddlewaretoken": token[1], "action": "pay"}
            return self.product.http.post(checkout, data=data).status_code in {302, 303}

        until(press, "the payment is made")

    def open_now(self, booking: str) -> None:
        """Moves the room's window to now: the story must not wait for the hour."""
        sql = (
            "UPDATE meetings_meeting SET opens_at = now() - interval '1 minute', closes_at = now() + interval '1 hour' "
            "FROM bookings_booking b WHERE b.meeting_id = meetings_meeting.id AND b.id = %s"
        )
        until(lambda: self.product.query(sql, booking) == [], "the room opens")

    def patient_comes(self, booking: str) -> None:
        """A guest comes by the page and the WebSocket, which are not played here."""
        sql = (
            "UPDATE meetings_participant SET first_joined_at = now() FROM bookings_booking b "
            "WHERE role = 'patient' AND b.meeting_id = meetings_participant.meeting_id AND b.id = %s"
        )
        until(lambda: self.product.query(sql, booking) == [], "the patient comes")

    def clock_ends(self, booking: str) -> None:
        sql = (
            "UPDATE meetings_meeting SET ends_at = now() + interval '1 second' FROM bookings_booking b "
            "WHERE b.meeting_id = meetings_meeting.id AND b.id = %s"
        )
        until(lambda: self.product.query(sql, booking) == [], "the clock runs out")

    def happened_once(self, booking: str) -> None:
        verbs = [
            row[0]
            for row in self.product.query(
                "SELECT verb FROM bookings_bookingevent WHERE booking_id = %s ORDER BY id", booking
            )
        ]
        if verbs != ["book", "settle", "accept", "start", "finish"]:
            raise Violation(f"the story of {booking} is {verbs}")

        def kinds() -> list[tuple[Any, ...]]:
            return self.product.query(
                "SELECT kind, state, count(*) FROM notifications_message WHERE dedupe_key IN "
                "(SELECT d.id::text || ':' || kind FROM core_outboxevent d WHERE d.payload->>'booking_id' = %s) "
                "GROUP BY 1, 2 ORDER BY 1",
                booking,
            )

        wanted = [
            ("booking_confirmed", "sent", 1),
            ("booking_request", "sent", 1),
            ("booking_waiting", "sent", 1),
        ]
        until(lambda: kinds() == wanted, f"each message of {booking} is sent once")


def quiet(product: Product) -> None:
    """Nothing is left over: no delivery owed, none dead, no money without a place."""
    until(
        lambda: product.query("SELECT count(*) FROM core_outboxdelivery WHERE done_at IS NULL")[0][0] == 0,
        "the outbox is empty",
    )
    checks = {
        "two settlements of one payment": (
            "SELECT payment_id FROM payments_attempt WHERE settles GROUP BY 1 HAVING count(*) > 1"
        ),
        "overlapping bookings": (
            "SELECT a.id FROM bookings_booking a JOIN bookings_booking b ON a.professional_id = b.professional_id "
            "AND a.id < b.id AND tstzrange(a.blocked_from, a.blocked_until) "
            "&& tstzrange(b.blocked_from, b.blocked_until) "
            "WHERE a.status NOT IN ('cancelled','rejected','expired','no_show') "
            "AND b.status NOT IN ('cancelled','rejected','expired','no_show')"
        ),
        "meetings that run over": (
            "SELECT id FROM meetings_meeting WHERE state = 'active' AND ends_at < now() - interval '10 s'"
        ),
    }
    for name, sql in checks.items():
        if found := product.query(sql):
            raise Violation(f"{name}: {found[:3]}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    chance = random.Random(options.seed)  # noqa: S311  (repeatable on purpose)
    try:
        with running() as product:
            worst = 0.0
            for number in range(options.rounds):
                began = time.monotonic()
                story = Round(product, number, chance)
                story.play()
                worst = max(worst, float(story.late))
                print(
                    f"round {number + 1}: well, {time.monotonic() - began:.0f} s, closed {story.late:.1f} s late",
                    flush=True,
                )
            quiet(product)
            print(f"{options.rounds} rounds, {product.kills} kills, 0 violations, latest close {worst:.1f} s")
    except Violation as violation:
        print(f"VIOLATION: {violation}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
