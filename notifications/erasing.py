"""Letters about a patient who is erased."""

from __future__ import annotations

from accounts.erasing import Ids, Part
from core.fields import EncryptedTextField
from notifications.models import Message, MessageState

_TEXTS = [field.name for field in Message._meta.concrete_fields if isinstance(field, EncryptedTextField)]


def _forget(records: Ids, keys: Ids) -> None:
    """When which kind of letter went out stays; what it said and to whom does not."""
    theirs = Message.objects.filter(data_key__in=keys)
    theirs.filter(state=MessageState.QUEUED).update(state=MessageState.LAPSED)
    theirs.update(**dict.fromkeys(_TEXTS, ""))


ERASING = Part(forget=_forget)
