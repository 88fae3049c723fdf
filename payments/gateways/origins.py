"""Where browsers are sent to pay: forms of our pages lead there, and the content policy must name it.

Plain values and no Django: the settings are made with this.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

STRIPE = ("https://checkout.stripe.com",)
# MercadoPago sends its payers on to its pages of their country, and those of its mother.
_COUNTRIES = {
    "ARS": ("mercadopago.com.ar", "mercadolibre.com.ar"),
    "BRL": ("mercadopago.com.br", "mercadolivre.com.br"),
    "CLP": ("mercadopago.cl", "mercadolibre.cl"),
    "COP": ("mercadopago.com.co", "mercadolibre.com.co"),
    "MXN": ("mercadopago.com.mx", "mercadolibre.com.mx"),
    "PEN": ("mercadopago.com.pe", "mercadolibre.com.pe"),
    "UYU": ("mercadopago.com.uy", "mercadolibre.com.uy"),
}


def of_checkouts(
    gateways: Iterable[str],
    *,
    stripe_api: str,
    mercadopago_api: str,
    mercadopago_currency: str,
    wompi_checkout: str,
) -> list[str]:
    """The origins of the checkout pages of these gateways. A company elsewhere has its pages where its API is."""
    found = {
        "stripe": STRIPE if _is_at(stripe_api, "stripe.com") else (_origin(stripe_api),),
        "mercadopago": tuple(f"https://*.{host}" for host in _COUNTRIES.get(mercadopago_currency, ()))
        if _is_at(mercadopago_api, "mercadopago.com")
        else (_origin(mercadopago_api),),
        "wompi": (_origin(wompi_checkout),),
    }
    return sorted({origin for name in gateways for origin in found.get(name, ())})


def _is_at(url: str, domain: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == domain or host.endswith(f".{domain}")


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
