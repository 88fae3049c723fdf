"""The panels of accounts: people, invitations and the system for IT administration."""

from accounts.admin import audit, deliveries, health, home, invitations, professionals, users

__all__ = ["audit", "deliveries", "health", "home", "invitations", "professionals", "users"]
