"""The menu of the admin: the lists and pages that a role may open, under the names of their apps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.admin_access import pages_of


class Entry(NamedTuple):
    app_label: str
    title: str
    icon: str
    link: str


def menu(request: HttpRequest) -> list[dict[str, Any]]:
    """As Unfold draws it (UNFOLD["SIDEBAR"]["navigation"])."""
    home = Entry("", _("Home"), "home", reverse("admin:index"))
    groups: list[dict[str, Any]] = [{"items": [_item(request, home)]}]
    entries = [*_lists(request), *_pages(request)]
    # What everything stands on comes last.
    for app in sorted(apps.get_app_configs(), key=lambda app: app.label == "core"):
        items = [_item(request, entry) for entry in entries if entry.app_label == app.label]
        if items:
            groups.append({"title": capfirst(app.verbose_name), "separator": True, "items": items})
    return groups


def _lists(request: HttpRequest) -> Iterator[Entry]:
    for model, model_admin in admin.site._registry.items():
        if model_admin.has_view_permission(request):
            link = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
            title = capfirst(str(model._meta.verbose_name_plural))
            yield Entry(model._meta.app_label, title, getattr(model_admin, "menu_icon", ""), link)


def _pages(request: HttpRequest) -> Iterator[Entry]:
    for page in pages_of(request.user):
        if page.in_menu:
            yield Entry(page.app_label, str(page.title), page.icon, reverse(f"admin:{page.name}"))


def _item(request: HttpRequest, entry: Entry) -> dict[str, Any]:
    is_home = not entry.app_label
    active = request.path == entry.link if is_home else request.path.startswith(entry.link)
    return {"title": entry.title, "icon": entry.icon, "link": entry.link, "active": active}
