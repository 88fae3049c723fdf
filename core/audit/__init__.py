"""Whatever touches a patient's data, and whatever staff do, leaves a trace that cannot be quietly changed.

Sealed fields tell when one is opened or written (`opened`, `sealed`); the data key's id is the *subject*: no table of
patients is needed here, and nothing personal stands in a row. A request leaves at most one row of its own
(`core.audit.middleware`); verbs with a meaning of their own add a named one by `record`. See ADR 0019.
"""

from __future__ import annotations

from core.audit.events import attempted, record, write_trail
from core.audit.trail import (
    Trail,
    Who,
    acting,
    acting_for_nobody,
    current,
    looks,
    opened,
    refused,
    saw,
    sealed,
    unseen,
)

__all__ = [
    "Trail",
    "Who",
    "acting",
    "acting_for_nobody",
    "attempted",
    "current",
    "looks",
    "opened",
    "record",
    "refused",
    "saw",
    "sealed",
    "unseen",
    "write_trail",
]
