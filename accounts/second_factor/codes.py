"""Codes of the app and recovery codes: each counts once, and guesses are counted."""

from __future__ import annotations

import time
from collections.abc import Iterator

from allauth.account.adapter import get_adapter as get_account_adapter
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.audited import who_is
from accounts.models import User
from core import audit

LAST_STEP = "last_step"
_WITH_CODES = (Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES)


def use_code(user: User, code: str) -> Authenticator:
    """The authenticator that the code belongs to; the code counts no more.

    Its row is locked meanwhile and remembers what was used, so that of parallel requests with one code one wins,
    whatever the cache does. Raises ValidationError `incorrect_code` or `too_many_login_attempts`.
    """
    guess = count_guess(user)
    with transaction.atomic():
        for authenticator in Authenticator.objects.select_for_update().filter(
            user=user, type__in=_WITH_CODES
        ):
            if _uses_up(authenticator, code):
                authenticator.user = user
                guess.rollback()
                if authenticator.type == Authenticator.Type.RECOVERY_CODES:
                    audit.record("recovery_codes.used", who=who_is(user), object=user)
                return authenticator
    audit.attempted("second_factor.refused", who=who_is(user), object=user, code="incorrect_code")
    raise wrong_code()


def wrong_code() -> ValidationError:
    return ValidationError(_("This code is not right, or was used already."), code="incorrect_code")


def step_of(secret: str, code: str) -> int | None:
    """The step of time (of 30 seconds) that the code belongs to, among those that count now."""
    return next(
        (step for step in steps_now() if compare_user_code(actual=code, expected=code_at(secret, step))), None
    )


def code_at(secret: str, step: int) -> str:
    return format_hotp_value(hotp_value(secret, step))


def next_code(app: Authenticator) -> str:
    """What an app shows now, or in half a minute where that was used: the demo's people have no phone. '' for none."""
    secret, last = decrypt(app.data["secret"]), app.data.get(LAST_STEP, 0)
    steps = [
        step for step in steps_now() if step > last and step >= int(time.time()) // app_settings.TOTP_PERIOD
    ]
    return code_at(secret, steps[0]) if steps else ""


def steps_now() -> Iterator[int]:
    """The steps of time whose codes count now, the oldest first."""
    steps: Iterator[int] = yield_hotp_counters_from_time()
    return steps


def count_guess(user: User) -> ratelimit.RateLimitUsage:
    """Counts before it is known whether the guess is right, so that parallel ones are counted exactly; a right one
    is taken back (`rollback`), and no other with it. Raises ValidationError `too_many_login_attempts`."""
    usage = ratelimit.consume(
        context.request, app="allauth.account", action="second_factor", key=str(user.pk)
    )
    if usage is None:
        audit.attempted("second_factor.refused", who=who_is(user), object=user, code="too_many")
        raise get_account_adapter().validation_error("too_many_login_attempts")
    return usage


def _uses_up(authenticator: Authenticator, code: str) -> bool:
    if authenticator.type == Authenticator.Type.RECOVERY_CODES:
        return bool(authenticator.wrap().validate_code(code))
    step = step_of(decrypt(authenticator.data["secret"]), code)
    if step is None or step <= authenticator.data.get(LAST_STEP, 0):
        return False
    authenticator.data[LAST_STEP] = step
    authenticator.save(update_fields=["data"])
    return True
