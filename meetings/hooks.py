"""What meetings ask of the app above, which fills these in from its `apps.py`."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

BothPresent = Callable[[UUID], None]
HostBusy = Callable[[UUID], bool]

_both_present: list[BothPresent] = []
_host_busy: list[HostBusy] = []


def on_both_present(function: BothPresent) -> BothPresent:
    """Registers what is to be done when both are in a room that has not started. It may be told more than
    once for one meeting, and may raise `DomainError` when the meeting cannot start yet."""
    if function not in _both_present:
        _both_present.append(function)
    return function


def on_host_busy(function: HostBusy) -> HostBusy:
    """Registers who knows whether the professional of a meeting is still in another one."""
    if function not in _host_busy:
        _host_busy.append(function)
    return function


def both_present(meeting_id: UUID) -> None:
    for function in _both_present:
        function(meeting_id)


def host_busy(meeting_id: UUID) -> bool:
    return any(function(meeting_id) for function in _host_busy)
