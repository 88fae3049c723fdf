"""The pages of the companies: plain, and nothing like the real ones."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from html import escape

from payments.local_gateways.company import Button, Company, Sale
from payments.local_gateways.faults import API_FAULTS, WEBHOOK_FAULTS, Faults
from payments.local_gateways.messages import Webhook

_STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0 auto; max-width: 60rem; padding: 1rem }
main { display: grid; gap: 1rem }
section { border: 1px solid #8886; border-radius: .75rem; padding: 1rem }
form { display: flex; flex-wrap: wrap; gap: .5rem; margin-top: .5rem }
button { font: inherit; min-height: 2.75rem; padding: 0 1rem; border: 1px solid #0b6a5f; border-radius: .5rem;
  background: #0b6a5f; color: #fff; cursor: pointer }
button.quiet { background: none; color: inherit }
button:focus-visible { outline: 3px solid #d97706; outline-offset: 2px }
h1, h2, h3 { line-height: 1.2; margin: 0 0 .5rem }
p { margin: 0; overflow-wrap: anywhere }
.note { border-left: .3rem solid #d97706; padding-left: .75rem; margin-bottom: 1rem }
.amount { font-size: 1.4rem; font-weight: 600 }
"""
_NOTE = '<p class="note">Local test money: no network, no cards, nothing that is real.</p>'


def checkout(title: str, sale: Sale) -> str:
    buttons = _buttons(button for button in sale.buttons if not button.quiet)
    over = "" if sale.buttons else "<p>There is nothing to pay here (any more).</p>"
    return _page(
        f"{title}: {sale.reference}",
        f"""{_NOTE}<section><h1>{escape(title)}</h1><p>{escape(sale.details)}</p>
        <p class="amount">{escape(sale.amount)}</p><p>{escape(sale.reference)}: {escape(sale.state)}</p>
        <form method="post">{buttons}</form>{over}</section>""",
    )


def overview(companies: Sequence[Company], faults: Faults, outbox: Sequence[Webhook]) -> str:
    orders = "".join(f'<button class="quiet" name="fault" value="{one}">{one}</button>' for one in API_FAULTS)
    tricks = "".join(
        f'<button class="quiet" name="fault" value="{one}">{one}</button>' for one in WEBHOOK_FAULTS
    )
    queued = ", ".join([*faults.api, *faults.webhooks]) or "none"
    waiting = "".join(
        f"<li>{one.company}: {one.tries} tries, next in {max(0, one.due - time.time()):.0f} s</li>"
        for one in outbox
    )
    body = f"""<h1>Payment companies on this machine</h1>{_NOTE}
    <section><h2>Misbehave</h2><p>The next call to the API:</p><form method="post">{orders}</form>
    <p>The next webhook:</p><form method="post">{tricks}</form><p>Ordered: {queued}</p>
    <ul>{waiting}</ul></section>"""
    return _page("Local gateways", body + "".join(_company(company) for company in companies))


def _company(company: Company) -> str:
    sales = company.sales()[:30]
    rows = "".join(_row(company, sale) for sale in sales) or "<p>Nothing yet.</p>"
    return f"<section><h2>{escape(company.title)}</h2>{rows}</section>"


def _row(company: Company, sale: Sale) -> str:
    hidden = f'<input type="hidden" name="company" value="{company.prefix}">'
    hidden += f'<input type="hidden" name="sale" value="{escape(sale.id)}">'
    return f"""<h3>{escape(sale.reference)}</h3><p>{escape(sale.amount)}: {escape(sale.state)}</p>
    <form method="post">{hidden}{_buttons(sale.buttons)}</form>"""


def _buttons(buttons: Iterable[Button]) -> str:
    return "".join(
        f'<button class="{"quiet" if button.quiet else ""}" name="button" value="{button.name}">'
        f"{escape(button.label)}</button>"
        for button in buttons
    )


def _page(title: str, body: str) -> str:
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
    <meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head>
    <body><main>{body}</main></body></html>"""
