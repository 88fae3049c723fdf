"""The settings of a shop that pays through the companies of this machine."""

from __future__ import annotations

from payments.local_gateways import mercadopago, stripe_books, wompi


def of_shop(url: str) -> dict[str, str]:
    """For a server at this address."""
    return {
        "PAYMENT_GATEWAYS": "stripe,mercadopago,wompi",
        "STRIPE_SECRET_KEY": stripe_books.SECRET_KEY,
        "STRIPE_WEBHOOK_SECRET": stripe_books.WEBHOOK_SECRET,
        "STRIPE_API_URL": f"{url}/stripe",
        "MERCADOPAGO_ACCESS_TOKEN": mercadopago.ACCESS_TOKEN,
        "MERCADOPAGO_WEBHOOK_SECRET": mercadopago.WEBHOOK_SECRET,
        "MERCADOPAGO_CURRENCY": mercadopago.CURRENCY,
        "MERCADOPAGO_API_URL": f"{url}/mercadopago",
        "WOMPI_PUBLIC_KEY": wompi.PUBLIC_KEY,
        "WOMPI_PRIVATE_KEY": wompi.PRIVATE_KEY,
        "WOMPI_INTEGRITY_SECRET": wompi.INTEGRITY_SECRET,
        "WOMPI_EVENTS_SECRET": wompi.EVENTS_SECRET,
        "WOMPI_API_URL": f"{url}/wompi/v1",
        "WOMPI_CHECKOUT_URL": f"{url}/wompi/p/",
    }
