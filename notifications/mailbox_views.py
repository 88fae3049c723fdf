"""Pages of the embedded mailbox: what would have gone out, for whoever tries the product on one machine."""

from __future__ import annotations

from uuid import UUID

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from core.errors import Missing
from notifications import mailbox

PAGE_SIZE = 25
# A mail is somebody else's text: it runs nothing, loads nothing and opens its links in a new window.
_SANDBOX = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": ["data:"],
    "base-uri": [NONE],
    "form-action": [NONE],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


@require_safe
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(mailbox.mails(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "notifications/mailbox.html", {"page": page})


@require_safe
@never_cache
def mail_detail(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    return render(request, "notifications/mail.html", {"mail": mailbox.mail(mail_id)})


@require_safe
@xframe_options_sameorigin
@csp(_SANDBOX)  # type: ignore[arg-type]  # its types know no arguments of the address
def mail_body(request: HttpRequest, mail_id: UUID) -> HttpResponse:
    """The HTML of a mail, for the frame of its page."""
    html = mailbox.mail(mail_id).html
    return HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))


@require_safe
def mail_attachment(request: HttpRequest, mail_id: UUID, number: int) -> HttpResponse:
    attachments = mailbox.mail(mail_id).attachments
    if number >= len(attachments):
        raise Missing
    found = attachments[number]
    return HttpResponse(
        found.content,
        content_type=found.content_type,
        headers={"Content-Disposition": content_disposition_header(True, found.name) or "attachment"},
    )
