"""Model fields that hold personal data sealed under a data key (`core.models.DataKey`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import FieldError
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from core import crypto
from core.audit import trail


class Sealed:
    """A value still as the database holds it."""

    __slots__ = ("envelope",)

    def __init__(self, envelope: bytes) -> None:
        self.envelope = bytes(envelope)

    def __repr__(self) -> str:
        return "<sealed>"


class _LazyText(DeferredAttribute):
    """Opens the value when it is first read. A data descriptor, else the instance's `__dict__` would win.

    Every reading is told to the audit, not only the one that opens: a value that was opened for a comparison
    (`audit.unseen`) may be shown later.
    """

    field: EncryptedTextField

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        if isinstance(value, Sealed):
            opened, key_id = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value = opened
            instance.__dict__[self.field.opened_under] = key_id
        if (key_id := instance.__dict__.get(self.field.opened_under)) is not None:
            trail.opened(key_id)
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value
        instance.__dict__.pop(self.field.opened_under, None)


class EncryptedTextField(models.TextField):
    """Text sealed by AES-256-GCM under the data key found by following `key` from the row
    (`"data_key"`, `"patient.data_key"`), bound to model, field and primary key.

    '' is stored as empty bytes. When the data key was destroyed the value reads as ''.
    Filtering on it raises FieldError: search by a blind index. Bulk `update()` of it raises TypeError.
    """

    descriptor_class = _LazyText

    def __init__(self, *args: Any, key: str = "data_key", **kwargs: Any) -> None:
        self.key = key
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs["key"] = self.key
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "BinaryField"

    def _data_key(self, instance: models.Model) -> Any:
        holder: Any = instance
        for step in self.key.split("."):
            holder = getattr(holder, step)
            if holder is None:
                return None
        return None if holder.is_destroyed else holder

    def _place(self, instance: models.Model) -> bytes:
        return f"{self.model._meta.label_lower}.{self.name}:{instance.pk}".encode()

    def contribute_to_class(self, cls: Any, name: str, private_only: bool = False) -> None:
        super().contribute_to_class(cls, name, private_only)
        self.opened_under = f"_{self.attname}_opened_under"

    def open(self, instance: models.Model, value: Sealed) -> tuple[str, UUID | None]:
        """The text, and under which data key it was; none where there was nothing to open."""
        data_key = self._data_key(instance) if value.envelope else None
        if data_key is None:
            return "", None
        return crypto.unseal(value.envelope, data_key.secret, self._place(instance)), data_key.pk

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | None:
        return None if value is None else Sealed(value)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname)
        if value is None or isinstance(value, Sealed):
            return value
        if value == "":
            return Sealed(b"")
        data_key = self._data_key(model_instance)
        if data_key is None:
            raise ValueError(f"{self.model.__name__}.{self.name} has no data key to seal it.")
        trail.sealed(data_key.pk)
        return Sealed(crypto.seal(str(value), data_key.secret, self._place(model_instance)))

    def get_prep_value(self, value: Any) -> Any:
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value is None or value == "":
            return b""
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name}: plain text is never written; use save() or bulk_create().")
        return connection.Database.Binary(value.envelope)

    def get_lookup(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted: filter on its blind index.")
