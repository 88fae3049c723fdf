from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BookingsConfig(AppConfig):
    name = "bookings"
    verbose_name = _("Appointments")

    def ready(self) -> None:
        """Tells the lower apps what a booking does when they have news."""
        from bookings import announcements, services, wiring  # noqa: F401  (registers the outbox handlers)

        wiring.connect()
