"""People: who signs in, who offers services, who is cared for."""

from __future__ import annotations

import uuid
import zoneinfo
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.crypto import blind_index
from core.fields import EncryptedTextField
from core.models import DataKey
from core.zones import zone_names


def validate_zone(value: str) -> None:
    """An IANA zone name, such as America/Bogota."""
    if value not in zone_names():
        raise ValidationError(_("Unknown time zone."), code="unknown_zone")


class Role(models.TextChoices):
    PATIENT = "patient", _("patient")
    PROFESSIONAL = "professional", _("professional")
    AGENT = "agent", _("agent")
    MEDICAL_ADMIN = "medical_admin", _("medical administration")
    IT_ADMIN = "it_admin", _("IT administration")


# These work in the admin.
STAFF_ROLES = frozenset({Role.MEDICAL_ADMIN, Role.IT_ADMIN})


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        # Whether the address is taken only the database knows: somebody may register it between a look and the insert.
        user.full_clean(exclude=["password"], validate_unique=False, validate_constraints=False)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        fields = {"role": Role.IT_ADMIN, "is_staff": True, "is_superuser": True} | fields
        return self.create_user(email, password, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """Somebody who can sign in, by e-mail, in exactly one role."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(_("e-mail"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role, default=Role.PATIENT)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="es")
    timezone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("may enter the admin"), default=False)
    temporary_password_until = models.DateTimeField(
        _("temporary password until"),
        null=True,
        blank=True,
        help_text=_("The password was sent by e-mail and opens nothing but the choice of an own one."),
    )
    closed_at = models.DateTimeField(
        _("closed"), null=True, blank=True, help_text=_("Deleted by its owner: never opened again.")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(Lower("email"), name="user_email_once"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(is_active=False), name="user_closed_is_not_active"
            ),
        ]
        indexes = [models.Index(fields=["role", "is_active"], name="user_role")]

    def __str__(self) -> str:
        return self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    @property
    def mail_address(self) -> str:
        """Where letters go; "" once the account is deleted."""
        return "" if self.closed_at else self.email


class Leaving(models.Model):
    """Somebody whose account is shut already, while what others must still be told of (appointments) is settled.
    The row goes with the last of it."""

    user = models.OneToOneField(User, primary_key=True, on_delete=models.CASCADE, related_name="leaving")
    # Who of the staff wanted it; null: the person.
    staff_id = models.UUIDField(null=True)
    due_at = models.DateTimeField()
    tries = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="leaving_due")]

    def __str__(self) -> str:
        return str(self.pk)


class Specialty(models.Model):
    """A field of health or care, named in each language of the product."""

    slug = models.SlugField(primary_key=True, max_length=60)
    name_es = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("specialty")
        verbose_name_plural = _("specialties")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "").startswith("en") else self.name_es


class Professional(models.Model):
    """Somebody who offers services; wall times of the practice belong to `timezone`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(
        User, verbose_name=_("user"), on_delete=models.PROTECT, related_name="professional"
    )
    slug = models.SlugField(_("address of the page"), unique=True, max_length=80)
    name = models.CharField(_("name"), max_length=120)
    specialties = models.ManyToManyField(
        Specialty, verbose_name=_("specialties"), related_name="professionals", blank=True
    )
    licence = models.CharField(_("licence"), max_length=60, blank=True)
    bio = models.TextField(_("about"), blank=True, max_length=2000)
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True, help_text="ISO 3166-1")
    address = models.CharField(_("address"), max_length=200, blank=True)
    languages = ArrayField(
        models.CharField(max_length=8), verbose_name=_("languages"), default=list, blank=True
    )
    timezone = models.CharField(_("time zone"), max_length=64, validators=[validate_zone])
    is_listed = models.BooleanField(_("listed publicly"), default=True)
    approved_at = models.DateTimeField(
        _("approved"),
        null=True,
        blank=True,
        help_text=_("Nobody finds or books a professional whom the installation has not approved."),
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("professional")
        verbose_name_plural = _("professionals")
        ordering = ["name", "id"]
        indexes = [models.Index(fields=["is_listed", "name"], name="professional_listed")]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.timezone)

    @property
    def is_public(self) -> bool:
        """Whether the public page is there to lead to; for lists `selectors.is_public`. `user` is to be loaded."""
        return self.is_listed and self.approved_at is not None and self.user.is_active

    @property
    def photo_url(self) -> str:
        """Address of the picture, "" for none; in lists see `selectors.with_photo`."""
        photo: ProfessionalPhoto | None = getattr(self, "photo", None)
        return reverse("photo", args=[self.slug, photo.digest]) if photo else ""


class ProfessionalPhoto(models.Model):
    """The picture on the public page, as we encoded it anew: never the bytes that were sent."""

    professional = models.OneToOneField(
        Professional, primary_key=True, on_delete=models.CASCADE, related_name="photo"
    )
    content = models.BinaryField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content, part of its address.")
    uploaded_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return self.digest


class RegistrationToken(models.Model):
    """Lets one professional register where registration is private. The token itself is signed and never stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        _("e-mail"), max_length=254, blank=True, help_text=_("Empty: for whoever has the token.")
    )
    issued_by = models.ForeignKey(
        User, verbose_name=_("issued by"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    issued_at = models.DateTimeField(_("issued"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"))
    used_at = models.DateTimeField(_("used"), null=True, blank=True)
    used_by = models.OneToOneField(
        User,
        verbose_name=_("used by"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="registration_token",
    )

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-issued_at"]

    def __str__(self) -> str:
        return str(self.pk)


class Patient(models.Model):
    """A person within one professional's practice. Names and contact are sealed under the person's own key."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    professional = models.ForeignKey(
        Professional, verbose_name=_("professional"), on_delete=models.PROTECT, related_name="patients"
    )
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="patients")
    data_key = models.OneToOneField(DataKey, on_delete=models.SET_NULL, null=True, related_name="+")
    name = EncryptedTextField(_("name"))
    email = EncryptedTextField(_("e-mail"))
    email_index = models.CharField(max_length=32, blank=True, editable=False)
    phone = EncryptedTextField(_("phone"))
    phone_index = models.CharField(max_length=32, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="es")
    timezone = models.CharField(_("time zone"), max_length=64, blank=True, validators=[validate_zone])
    # What the practice notes about the person; the patient does not read it.
    notes = EncryptedTextField(_("notes"))
    # A duplicate that was merged holds nothing any more but its key, for what was sent under it.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged"
    )
    # Nothing of the person is left, and the key is destroyed: the row stays for the appointments there were.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    # The person wants to be erased, and the practice may have to keep something: staff decide. Null: nobody asks.
    erasure_asked_at = models.DateTimeField(_("asks to be erased"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(email_index="", phone_index="", user=None),
                name="patient_erased_is_not_found",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | Q(email_index="", phone_index=""),
                name="patient_merged_is_not_found",
            ),
        ]
        indexes = [
            models.Index(fields=["professional", "email_index"], name="patient_email"),
            models.Index(fields=["professional", "phone_index"], name="patient_phone"),
            # For the administration, across practices.
            models.Index(fields=["email_index"], name="patient_email_anywhere", condition=~Q(email_index="")),
            models.Index(fields=["phone_index"], name="patient_phone_anywhere", condition=~Q(phone_index="")),
            models.Index(fields=["-created_at"], name="patient_latest"),
            models.Index(
                fields=["erasure_asked_at"],
                name="patient_asks_erasure",
                condition=Q(erasure_asked_at__isnull=False, erased_at=None),
            ),
            # Whoever verifies an address takes over what was booked with it.
            models.Index(
                fields=["email_index"],
                name="patient_unclaimed",
                condition=Q(user=None) & ~Q(email_index=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def shown_name(self) -> str:
        """For pages: appointments outlive their patient's erasure."""
        return self.name or str(_("Erased patient"))

    @staticmethod
    def index_of_email(email: str) -> str:
        """The same in every practice: one person's times must not overlap across practices."""
        return blind_index(email, "patient.email")

    @staticmethod
    def index_of_phone(phone: str) -> str:
        return blind_index("".join(c for c in phone if c.isdigit() or c == "+"), "patient.phone")
