"""The panels of accounts: people, invitations and the system for IT administration."""

from accounts.admin import deliveries, health, home, invitations, professionals, users

__all__ = ["deliveries", "health", "home", "invitations", "professionals", "users"]
