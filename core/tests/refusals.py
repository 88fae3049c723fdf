from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from core.errors import Refused


def refusal(act: Callable[..., Any], *args: Any, **fields: Any) -> tuple[str | None, str]:
    """At which field `act` is refused, and its code."""
    with pytest.raises(Refused) as refused:
        act(*args, **fields)
    return refused.value.attr, refused.value.code
