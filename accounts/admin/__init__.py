"""The panels of accounts: people and invitations for IT administration, patients for medical administration."""

from accounts.admin import invitations, patients, professionals, users

__all__ = ["invitations", "patients", "professionals", "users"]
