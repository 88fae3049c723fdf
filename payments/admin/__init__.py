"""Money for medical administration: it moves by the gateways' word; what failed, staff see through."""

from payments.admin import home, payments, refunds, unknown

__all__ = ["home", "payments", "refunds", "unknown"]
