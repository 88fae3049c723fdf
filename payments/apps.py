from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    verbose_name = _("Payments")

    def ready(self) -> None:
        from core.audit.words import describe
        from payments import audited, gauges, handlers  # noqa: F401
        from payments.gateways import mercadopago, registry, sandbox, stripe, wompi  # noqa: F401

        describe(audited.ACTIONS)
        checks.register(registry.check, "payments")
