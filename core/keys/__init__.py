"""The installation's own keys: whether they are there and fit the data, and how what they wrap goes over to a new one.

What a master key wraps is known here by registration: each app names its own (`register`).
"""

from __future__ import annotations

from core.keys.check import WrongKeys, require, require_settings
from core.keys.rotation import Step, StillHeld, give_up_lost, outdated_processes, rotate
from core.keys.wrapped import Wrapped, register, register_index, registered

__all__ = [
    "Step",
    "StillHeld",
    "Wrapped",
    "WrongKeys",
    "give_up_lost",
    "outdated_processes",
    "register",
    "register_index",
    "registered",
    "require",
    "require_settings",
    "rotate",
]
