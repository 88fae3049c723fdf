"""The picture of a professional."""

from __future__ import annotations

import hashlib

from accounts.models import Professional, ProfessionalPhoto
from accounts.pictures import portrait


def save_photo(*, professional: Professional, content: bytes) -> ProfessionalPhoto:
    """In the place of the one there was. Raises Refused as `pictures.portrait`."""
    ours = portrait(content)
    photo, _created = ProfessionalPhoto.objects.update_or_create(
        professional=professional,
        defaults={"content": ours, "digest": hashlib.sha256(ours).hexdigest()},
    )
    return photo


def remove_photo(*, professional: Professional) -> None:
    """Idempotent."""
    ProfessionalPhoto.objects.filter(professional=professional).delete()
