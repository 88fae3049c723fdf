"""`.venv/bin/python -m embedded.throwaway -m config.bench.rotation [--patients N] [--writers N]`: how long it takes
until the keys of so many patients are under a new master key, and how long a new patient takes meanwhile and before."""

from __future__ import annotations

import argparse
import base64
import os
import statistics
import threading
import time

import django
from django.core.management import call_command

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--patients", type=int, default=10_000)
    parser.add_argument("--writers", type=int, default=2)
    options = parser.parse_args()
    django.setup()
    call_command("migrate", verbosity=0)
    _fill(options.patients)
    before = _writing(options.writers, lambda: time.sleep(2))
    _newer_master_key()
    taken: list[float] = []
    meanwhile = _writing(options.writers, lambda: taken.append(_rotate()))
    print(f"{options.patients:,} patients: {taken[0]:.2f} s, with {options.writers} writers beside it")
    for name, times in (("before", before), ("meanwhile", meanwhile)):
        if times:
            middle, longest = statistics.median(times), max(times)
            print(f"a new patient {name}: {middle:.1f} ms, longest {longest:.0f} ms, {len(times):,} of them")
    began = time.perf_counter()
    from core import keys

    keys.require()
    print(f"the look at every start: {(time.perf_counter() - began) * 1000:.1f} ms")


def _practice():  # type: ignore[no-untyped-def]
    from accounts.models import Professional, Role, User

    user = User.objects.create(email=f"{time.monotonic_ns()}@bench.test", role=Role.PROFESSIONAL)
    return Professional.objects.create(user=user, slug=user.pk.hex, name="Ana", timezone="UTC")


def _fill(number: int) -> None:
    from accounts.models import Patient
    from core import crypto
    from core.models import DataKey

    practice, patients = _practice(), []
    for one in range(number):
        key = DataKey()
        key.wrapped = crypto.wrap(crypto.new_data_key(), key._place)
        email = f"p{one}@bench.test"
        index = Patient.index_of_email(email)
        patients.append(
            Patient(professional=practice, data_key=key, name="Luz", email=email, email_index=index)
        )
    DataKey.objects.bulk_create(
        [patient.data_key for patient in patients if patient.data_key], batch_size=2000
    )
    Patient.objects.bulk_create(patients, batch_size=2000)


def _newer_master_key() -> None:
    from django.conf import settings

    settings.FIELD_KEYS += ",2:" + base64.b64encode(os.urandom(32)).decode()


def _rotate() -> float:
    from core import keys

    began = time.perf_counter()
    for _step in keys.rotate():
        pass
    return time.perf_counter() - began


def _writing(writers: int, meanwhile) -> list[float]:  # type: ignore[no-untyped-def]
    """Milliseconds of each new patient that `writers` add at once while something goes on."""
    from django.db import connections

    from accounts.services import create_patient

    times: list[float] = []
    over = threading.Event()

    def write() -> None:
        practice = _practice()
        while not over.is_set():
            began = time.perf_counter()
            create_patient(professional=practice, name="Leo", email="leo@bench.test", language="es")
            times.append((time.perf_counter() - began) * 1000)
        connections.close_all()

    threads = [threading.Thread(target=write) for _ in range(writers)]
    for thread in threads:
        thread.start()
    meanwhile()
    over.set()
    for thread in threads:
        thread.join()
    return times


if __name__ == "__main__":
    main()
