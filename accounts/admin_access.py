"""Who sees what in the admin: decided by the person's role, not by Django's permissions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin, TabularInline
from unfold.sites import UnfoldAdminSite

from accounts.admin_home import cards_for
from accounts.models import STAFF_ROLES, Role, User
from core import audit
from core.errors import NotAllowed

# How the admin's filters ask about a field.
_COMPARISONS = frozenset({"exact", "in", "isnull", "isempty", "year", "month", "day", "gte", "lt"})


def _works_as(user: User | AnonymousUser, roles: frozenset[Role]) -> bool:
    return isinstance(user, User) and user.is_active and user.role in roles


Page = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class StaffPage:
    """A page of the admin that is no list of rows, for the roles that it is for; others of the staff are refused."""

    path: str
    name: str
    roles: frozenset[Role]
    title: str | Promise
    icon: str  # of Material Symbols
    in_menu: bool
    app_label: str  # under whose name the menu shows it
    view: Page


_pages: dict[str, StaffPage] = {}


def pages_of(user: User | AnonymousUser) -> list[StaffPage]:
    return [page for page in _pages.values() if _works_as(user, page.roles)]


def staff_page(
    path: str,
    *,
    name: str,
    roles: frozenset[Role],
    title: str | Promise = "",
    icon: str = "",
    in_menu: bool = True,
    app_label: str = "",
) -> Callable[[Page], Page]:
    """Serves a view at /admin/<path> as `admin:<name>`. The app that owns the page registers it from its admin.py;
    what it answers a person with is made by `in_the_admin`."""

    def register(view: Page) -> Page:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not _works_as(request.user, roles):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        label = app_label or view.__module__.partition(".")[0]
        _pages[name] = StaffPage(path, name, roles, title, icon, in_menu, label, guarded)
        return guarded

    return register


def in_the_admin(
    request: HttpRequest, template: str, context: dict[str, Any], *, title: str | Promise, status: int = 200
) -> TemplateResponse:
    """A page within the frame of the admin; the template extends "admin/base_site.html"."""
    request.current_app = admin.site.name
    frame = admin.site.each_context(request)
    return TemplateResponse(request, template, frame | {"title": title} | context, status=status)


class StaffSite(UnfoldAdminSite):
    """Signed in through the one page for everybody; for all but staff there is nothing here."""

    def get_urls(self) -> list[URLPattern]:
        """Our pages, and Django's but the way to "view on site": no row has a page of its own for everybody."""
        pages = [path(one.path, self.admin_view(one.view), name=one.name) for one in _pages.values()]
        django_s = [one for one in super().get_urls() if getattr(one, "name", "") != "view_on_site"]
        return [*pages, *django_s]

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        cards = cards_for(request, cast(User, request.user))
        return super().index(request, {"title": _("Home"), "cards": cards} | (extra_context or {}))

    def has_permission(self, request: HttpRequest) -> bool:
        may = _works_as(request.user, STAFF_ROLES) and bool(getattr(request.user, "is_staff", False))
        if not may:  # is led to a sign-in that is none
            audit.refused(NotAllowed.code)
        return may

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Libraries bring admins that decide by Django's permissions: they are not offered here."""
        if admin_class is not None and issubclass(admin_class, _ByRole):
            super().register(model_or_iterable, admin_class, **options)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated and not self.has_permission(request):
            raise Http404
        wanted = request.GET.get("next") or reverse("admin:index", current_app=self.name)
        return redirect_to_login(wanted, resolve_url(settings.LOGIN_URL))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return LogoutView.as_view(next_page=settings.ACCOUNT_LOGOUT_REDIRECT_URL)(request)

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """On the page for everybody, which also ends all other sessions."""
        return redirect("account_password")

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_password")


class _ByRole:
    """Roles in `readers` see the rows; nobody adds, changes or deletes them here: that is for the domain's verbs,
    offered as actions (`permissions=["manage"]`) to the roles in `managers`."""

    readers: frozenset[Role] = frozenset()
    managers: frozenset[Role] = frozenset()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return _works_as(request.user, self.readers | self.managers)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_manage_permission(self, request: HttpRequest) -> bool:
        return _works_as(request.user, self.managers)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class RoleAdmin(_ByRole, ModelAdmin):
    menu_icon = "list"  # of Material Symbols
    list_per_page = 50
    view_on_site = False
    list_disable_select_all = True  # verbs are for rows that somebody has seen
    show_full_result_count = False

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """By the filters that are offered, and no others: whoever may ask how a password's hash begins can guess it."""
        filters = [one[0] if isinstance(one, tuple) else one for one in self.list_filter]
        if lookup in {getattr(one, "parameter_name", None) for one in filters}:
            return True  # a filter of our own, which asks the question itself
        name, *rest = lookup.split("__")
        if name not in {*filters, self.date_hierarchy}:
            return False
        field = self.model._meta.get_field(name)
        if field.is_relation and rest[:1] == [field.target_field.name]:
            rest = rest[1:]  # to the row that it leads to, and no further
        return _COMPARISONS.issuperset(rest)


class RoleInline(_ByRole, TabularInline):
    extra = 0
    can_delete = False
    show_change_link = False
