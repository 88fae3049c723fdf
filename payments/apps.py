from django.apps import AppConfig
from django.core import checks


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        from payments import handlers  # noqa: F401
        from payments.gateways import registry, sandbox  # noqa: F401

        checks.register(registry.check, "payments")
