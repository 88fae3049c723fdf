"""The audit, for IT administration: searched, read, taken along. Whoever looks leaves an event there, too."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.apps import apps
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts import audit_search
from accounts.admin.base import IT
from accounts.admin_access import in_the_admin, staff_page
from accounts.forms.audit import ROLES, WAYS, AuditForm
from accounts.models import User
from core import audit
from core.audit.words import in_words
from core.csv_stream import csv_response
from core.form_pages import read_or_send
from core.models import AuditEvent

_TITLE = _("Audit")


class Shown:
    """An event as IT administration reads it."""

    def __init__(self, event: AuditEvent, emails: dict[UUID, str]) -> None:
        self.event = event
        self.what = in_words(event.action)
        self.role = str(ROLES.get(event.role, event.role))
        self.who = emails.get(event.actor_id, str(event.actor_id)) if event.actor_id else ""
        self.way = str(WAYS.get(event.via, event.via))
        self.facts = sorted((name, value) for name, value in event.facts.items() if value != "")
        self.is_refusal = event.action == "refused" or event.action.endswith(".refused")
        self.kind = _kind(event.object_type)
        self.whose = ""
        if event.object_type == User._meta.label_lower:
            self.whose = emails.get(UUID(event.object_id), "")


@staff_page("audit/", name="audit", roles=IT, title=_TITLE, icon="policy", app_label="core")
@read_or_send
def search(request: HttpRequest) -> HttpResponseBase:
    """What is looked for is sent in the body of the form: an e-mail has no place in an address, its id has."""
    audit.looks()
    form = AuditForm(request.POST if request.method == "POST" else request.GET)
    context: dict[str, Any] = {"form": form, "sealing": audit_search.sealing()}
    if not form.is_valid():
        return in_the_admin(request, "admin/audit.html", context, title=_TITLE, status=400)
    if request.method == "POST" or "@" in request.GET.get("account", ""):
        return redirect("?".join(filter(None, (reverse("admin:audit"), form.query))))
    if form.criteria.account:
        form.show_account(audit_search.email_of(form.criteria.account))
    criteria, before = form.criteria, _number(request.GET.get("before", ""))
    audit.record("audit.searched", **criteria.named())
    page = audit_search.page_of(audit_search.search(criteria), before=before)
    asked = request.GET.copy()
    asked.pop("before", None)
    context |= {
        "rows": _shown(page.events),
        "query": asked.urlencode(),
        "older": page.older,
        "is_first": before is None,
    }
    return in_the_admin(request, "admin/audit.html", context, title=_TITLE)


@staff_page("audit/<int:event_id>/", name="audit_event", roles=IT, in_menu=False, app_label="core")
@require_safe
def event(request: HttpRequest, event_id: int) -> HttpResponseBase:
    found = AuditEvent.objects.defer("mac").select_related("seal").filter(pk=event_id).first()
    if found is None:
        raise Http404
    audit.record("audit.searched", event=event_id)
    rows = _shown([found, *audit_search.same_request(found)])
    context = {"shown": rows[0], "rows": rows[1:], "current": event_id}
    return in_the_admin(request, "admin/audit_event.html", context, title=_TITLE)


@staff_page("audit/export", name="audit_export", roles=IT, in_menu=False, app_label="core")
@require_safe
def export(request: HttpRequest) -> HttpResponseBase:
    """All that the search finds, while it flows out."""
    form = AuditForm(request.GET)
    if not form.is_valid():
        context = {"form": form, "sealing": audit_search.sealing()}
        return in_the_admin(request, "admin/audit.html", context, title=_TITLE, status=400)
    audit.record("audit.exported", **form.criteria.named())
    found = audit_search.search(form.criteria)
    return csv_response(
        filename="audit.csv", header=audit_search.EXPORT_HEADER, rows=audit_search.export_rows(found)
    )


def _shown(events: Iterable[AuditEvent]) -> list[Shown]:
    rows = list(events)
    emails = audit_search.emails_of(rows)
    return [Shown(event, emails) for event in rows]


def _kind(label: str) -> str:
    """ "accounts.user" in words; what is no kind any more, as it stands."""
    try:
        return capfirst(str(apps.get_model(label)._meta.verbose_name)) if label else ""
    except (LookupError, ValueError):
        return label


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None
