"""Stripe, MercadoPago and Wompi on this machine, as far as Vicita speaks with them: test money, and no network.

One HTTP server with the books of the three companies: their APIs under `/stripe`, `/mercadopago` and `/wompi`, the
pages where a person pays by hand, signed webhooks, and `/` to see and steer it all, misbehaviour included. It knows
nothing of Vicita, and Vicita reaches it as it reaches the companies: through their SDKs and by HTTP.

    python3 dev.py run --gateways local          # with Vicita as the shop
    python -m payments.local_gateways run --help
"""
