"""Names of rows for people: read aloud or typed from paper, they stay what they are."""

from __future__ import annotations

import secrets

# No vowels, hence no words; nothing that looks like something else (0 O, 1 I L, 2 Z, 5 S, 8 B).
ALPHABET = "3479CDFGHJKMNPQRTVWXY"


def new_reference(prefix: str, letters: int) -> str:
    """Such as `VC-7KD4WQ9M`: each letter is one of 21, so that eight of them are 37 thousand million names."""
    return prefix + "".join(secrets.choice(ALPHABET) for _letter in range(letters))
