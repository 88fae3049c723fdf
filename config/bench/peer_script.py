"""Runs in the peer's environment and knows nothing of Vicita: told on stdin what is taken, it then answers each
further line with the free starts of the month, as the peer's own views reckon them."""

import json
import os
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="only-for-a-measurement",  # noqa: S106
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.messages",
        "django.contrib.sessions",
        "phonenumber_field",
        "appointment",
    ],
    DATABASES={"default": json.loads(os.environ["PEER_DATABASE"])},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    USE_TZ=True,
    TIME_ZONE="America/Bogota",
    LOGGING_CONFIG=None,
)
answers, sys.stdout = sys.stdout, sys.stderr  # the peer logs to stdout
django.setup()

from appointment.models import (  # type: ignore[import-not-found]  # noqa: E402
    Appointment,
    AppointmentRequest,
    Service,
    StaffMember,
    WorkingHours,
)
from appointment.services import get_available_slots_for_staff  # type: ignore[import-not-found]  # noqa: E402
from appointment.utils.db_helpers import get_weekday_num_from_date  # type: ignore[import-not-found]  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

HALF_AN_HOUR = timedelta(minutes=30)


def prepare(taken: list[str]) -> tuple[StaffMember, Service]:
    """Monday to Friday, 9:00 to 17:00, half an hour each."""
    call_command("migrate", verbosity=0)
    call_command("migrate", run_syncdb=True, verbosity=0)  # the peer ships no migrations
    users: Any = get_user_model().objects  # the peer's, not ours
    service = Service.objects.create(name="Consulta", duration=HALF_AN_HOUR, price=0)
    staff = StaffMember.objects.create(
        user=users.create(username="ana", first_name="Ana", last_name="Medina"), slot_duration=30
    )
    staff.services_offered.add(service)
    WorkingHours.objects.bulk_create(
        WorkingHours(staff_member=staff, day_of_week=weekday, start_time=time(9), end_time=time(17))
        for weekday in range(1, 6)
    )
    client = users.create(username="juan")
    for start in map(datetime.fromisoformat, taken):
        wish = AppointmentRequest.objects.create(
            date=start.date(),
            start_time=start.time(),
            end_time=(start + HALF_AN_HOUR).time(),
            service=service,
            staff_member=staff,
        )
        Appointment.objects.create(client=client, appointment_request=wish, phone="")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return staff, service


def month(staff: StaffMember, service: Service, first: date, last: date) -> list[str]:
    starts: list[str] = []
    day = first
    while day <= last:
        weekday = get_weekday_num_from_date(day)
        found = get_available_slots_for_staff(day, staff, weekday, service=service)
        starts += [f"{start:%Y-%m-%dT%H:%M}" for start in found]
        day += timedelta(days=1)
    return starts


story = json.loads(sys.stdin.readline())
staff, service = prepare(story["taken"])
print(json.dumps("ready"), file=answers, flush=True)
first, last = date.fromisoformat(story["first"]), date.fromisoformat(story["last"])
for _line in sys.stdin:
    print(json.dumps(month(staff, service, first, last)), file=answers, flush=True)
