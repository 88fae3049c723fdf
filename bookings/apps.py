from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        """Tells the lower apps what a booking does when they have news."""
        from bookings import announcements, services, wiring  # noqa: F401  (registers the outbox handlers)

        wiring.connect()
