from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Appointments")

    def ready(self) -> None:
        """Tells the lower apps what a booking does when they have news."""
        # Announcements register the outbox handlers.
        from bookings import (  # noqa: F401
            announcements,
            audited,
            membership_announcements,
            request_announcements,
            services,
            wiring,
        )
        from core.audit.words import describe

        describe(audited.ACTIONS)
        wiring.connect()
