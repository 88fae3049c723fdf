"""System health, for IT administration: every gauge of the installation, and the sweeps."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.admin.base import IT
from accounts.admin_access import in_the_admin, staff_page
from core import health, outbox, sweeps


@staff_page(
    "health/", name="health", roles=IT, title=_("System health"), icon="monitor_heart", app_label="core"
)
@require_safe
def health_page(request: HttpRequest) -> HttpResponseBase:
    groups: dict[str, list[health.Reading]] = {}
    for gauge, readings in health.read_all():
        groups.setdefault(str(gauge.group), []).extend(readings)
    all_read = [reading for readings in groups.values() for reading in readings]
    states = list(sweeps.states())
    troubles = [reading for reading in all_read if reading.level in health.TROUBLE]
    context = {
        "groups": groups,
        "sweeps": states,
        "troubles": len(troubles) + sum(state.is_late or state.is_failing for state in states),
        "dead": sum(reading.number for reading in all_read if reading.metric == "outbox_dead"),
    }
    return in_the_admin(request, "admin/health.html", context, title=_("System health"))


@staff_page("health/try-again", name="health_try_again", roles=IT, in_menu=False, app_label="core")
@require_POST
def try_all_again(request: HttpRequest) -> HttpResponse:
    """All deliveries that were given up."""
    count = outbox.revive()
    words = ngettext("%(count)d delivery is tried again.", "%(count)d deliveries are tried again.", count)
    messages.success(request, words % {"count": count})
    return redirect("admin:health")
