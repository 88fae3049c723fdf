"""Wrong or missing keys are refused where a process starts, before anything is read as gone or written under another
key. A message names the setting and the id of a key, never a key."""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, ProgrammingError, connection

from core import crypto
from core.audit import codes
from core.keys.wrapped import indexes_fit, registered
from core.models import AuditSeal

log = logging.getLogger(__name__)

_NEW_KEY = "head -c 32 /dev/urandom | base64"
_NEW = {
    "FIELD_KEYS": f'A new installation makes one by: echo "1:$({_NEW_KEY})"',
    "BLIND_INDEX_KEY": f"A new installation makes one by: {_NEW_KEY}",
    "AUDIT_KEY": f"A new installation makes one by: {_NEW_KEY}",
}


class WrongKeys(ImproperlyConfigured):
    """The installation's keys are missing, malformed, or not those under which its data was written."""


def require_settings() -> None:
    """Every key is there and is one. Raises WrongKeys."""
    problems = list(_malformed())
    if problems:
        raise WrongKeys("\n".join(problems))


def require() -> None:
    """The keys are those of the data. Raises WrongKeys, saying all that is wrong.

    From wherever a process starts: the database is asked in a thread of its own, for an ASGI server imports the
    application inside its event loop. A database that is away, or has no tables yet, has nothing that could be lost.
    """
    require_settings()
    with ThreadPoolExecutor(1) as pool:
        problems = pool.submit(_misfits).result()
    if problems:
        raise WrongKeys("\n".join(problems))


def _malformed() -> Iterator[str]:
    readers: dict[str, Callable[[str], object]] = {
        "FIELD_KEYS": crypto.parse_keys,
        "BLIND_INDEX_KEY": _one,
        "AUDIT_KEY": codes.parse_keys,
    }
    for name, read in readers.items():
        text = getattr(settings, name)
        if not text:
            yield f"{name} is not set. {_NEW[name]}"
            continue
        try:
            read(text)
        except ImproperlyConfigured as error:
            yield f"{error} {_NEW[name]}"


def _one(text: str) -> None:
    try:
        is_key = len(base64.b64decode(text, validate=True)) == crypto.KEY_BYTES
    except ValueError:
        is_key = False
    if not is_key:
        raise ImproperlyConfigured(f"BLIND_INDEX_KEY must be base64 of {crypto.KEY_BYTES} bytes.")


def _misfits() -> list[str]:
    try:
        # Of an index nothing can be said before the master keys are right.
        return [*(list(_unopened()) or _unfound()), *_unsealed()]
    except (OperationalError, ProgrammingError) as error:
        log.warning("keys not compared with the data", extra={"error": type(error).__name__})
        return []
    finally:
        connection.close()


def _unopened() -> Iterator[str]:
    ours = crypto.master_ids()
    for what in registered():
        for key_id in sorted(what.in_use()):
            if key_id not in ours:
                yield (
                    f"FIELD_KEYS lacks the master key with id {key_id}, and there are {what.name} under it: without it "
                    "they cannot be opened. Put it back beside the others."
                )
                continue
            try:
                what.open_one(key_id)
            except crypto.DecryptError:
                yield (
                    f"FIELD_KEYS has a master key with id {key_id}, but not the one under which {what.name} of this "
                    "database were wrapped. Is it another installation's?"
                )


def _unsealed() -> Iterator[str]:
    seal = AuditSeal.objects.order_by("-number").values_list("digest", "mac").first()
    if seal is not None and codes.key_of_seal(bytes(seal[0]), bytes(seal[1])) is None:
        yield (
            "AUDIT_KEY is not the one with which the latest seal of this database's audit was made. Put the right one "
            "back, beside a newer one if there is to be one: what is written with this one would count as forged."
        )


def _unfound() -> Iterator[str]:
    if not indexes_fit():
        yield (
            "BLIND_INDEX_KEY is not the one by which this database's patients are found by e-mail. Put the right one "
            "back: with this one nobody would be found, and people would be on record twice."
        )
