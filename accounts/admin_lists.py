"""Lists of the admin that stay quick however many rows there are: counting with an end, filters that use indexes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import SEARCH_VAR, ChangeList
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Field, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise, cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts import admin_search
from accounts.admin_verbs import VerbAdmin
from accounts.models import Professional
from core import audit
from core.csv_stream import csv_response
from core.templatetags.ui import clock, short_date

_Row = TypeVar("_Row", bound=Model)

# Nobody leafs through more: what lies behind is found by a filter or a search.
MOST_COUNTED = 10_000
_DAY = timedelta(days=1)


def in_short(value: datetime) -> str:
    """ "Tue 24 Nov 2026, 09:30", in the zone that is active."""
    local = timezone.localtime(value)
    return f"{short_date(local)} {local.year}, {clock(local)}"


def badge(words: str | Promise, tone: str = "") -> SafeString:
    """A state, coloured; `tone` is one of Unfold's (success, warning, danger, info, primary)."""
    return mark_safe(render_to_string("unfold/helpers/label.html", {"text": words, "type": tone}))  # noqa: S308


def unbroken(words: Any) -> SafeString:
    """On one line."""
    return format_html('<span class="whitespace-nowrap">{}</span>', words)


def column(name: str, label: Any, *, ordering: bool = False) -> Callable[..., Any]:
    """A field of the row under a name of our own: its choice in words, its moment in the zone of whoever looks."""

    @admin.display(description=label, ordering=name if ordering else None, empty_value="-")
    def shown(model_admin: Any, row: Any) -> Any:
        if choice := getattr(row, f"get_{name}_display", None):
            return choice()
        value = getattr(row, name)
        return unbroken(in_short(value)) if isinstance(value, datetime) else value

    shown.__name__ = f"{name}_column"
    return shown


class CountedToAnEnd(Paginator):
    """Counts rows up to MOST_COUNTED, which takes the database a few milliseconds, and no further."""

    @cached_property
    def count(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[:MOST_COUNTED].count())


class StaffList(VerbAdmin):
    """A list with filters of the browser's own controls, in one form; with a `csv_name` it can be taken along."""

    paginator = CountedToAnEnd
    list_filter_submit = True
    show_facets = admin.ShowFacets.NEVER  # each would count the whole table
    # "payments": the file is payments.csv, and the audit says payments.exported.
    csv_name: ClassVar[str] = ""
    csv_header: ClassVar[tuple[str, ...]] = ()

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """What the database cannot be asked for is a mistake of whoever asks. (What is searched for is cleaned.)"""
        filters = [value for name, values in request.GET.lists() if name != SEARCH_VAR for value in values]
        if any("\x00" in value for value in filters):
            raise BadRequest
        try:
            for ticked in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.to_python(ticked)
        except ValidationError as error:
            raise BadRequest from error
        found: ChangeList = super().get_changelist_instance(request)
        return found

    def csv_rows(self, rows: QuerySet[Any]) -> Iterator[list[Any]]:
        """What the file says of each row, while it flows out."""
        raise NotImplementedError

    def get_urls(self) -> list[URLPattern]:
        if not self.csv_name:
            return super().get_urls()
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export), name=name), *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """The list as it is filtered, all pages of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        rows = self.get_changelist_instance(request).get_queryset(request)
        audit.record(f"{self.csv_name}.exported")
        return csv_response(filename=f"{self.csv_name}.csv", header=self.csv_header, rows=self.csv_rows(rows))

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        pairs = (one for one in self.list_filter if isinstance(one, tuple))
        of_pairs = {name for path, kind in pairs for name in getattr(kind, "names", lambda _path: ())(path)}
        return lookup in of_pairs or bool(super().lookup_allowed(lookup, value, request))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Filters that are left open do not stay in the address, and what is searched for is never read there."""
        if request.method == "POST" and admin_search.SEARCHES in request.POST:
            return self._search(request, request.POST.get(SEARCH_VAR, ""))
        typed = request.GET.get(SEARCH_VAR, "")
        if request.method == "GET" and typed and not admin_search.is_sealed(typed):
            return self._search(request, typed)
        if request.method == "GET" and "" in request.GET.values():
            kept = request.GET.copy()
            for name in [name for name, value in kept.items() if not value]:
                del kept[name]
            return redirect(f"{request.path}?{kept.urlencode()}" if kept else request.path)
        extra_context = {"title": capfirst(str(self.opts.verbose_name_plural))} | (extra_context or {})
        if self.csv_name:
            asked = request.GET.urlencode()
            extra_context["export_url"] = f"export/?{asked}" if asked else "export/"
        found: HttpResponse = super().changelist_view(request, extra_context)
        return found

    def _search(self, request: HttpRequest, words: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        audit.looks()
        return redirect(admin_search.address_of(request, words, self.opts.label_lower))

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return admin_search.SearchedList

    def practice_of(self, request: HttpRequest) -> Professional | None:
        """The one practice that the list is narrowed to."""
        chosen = _uuid(request.GET.get(ByProfessional.parameter_name, ""))
        return Professional.objects.filter(pk=chosen).first() if chosen else None


def titled(kind: type[Any], title: str | Promise) -> type[Any]:
    """The filter under a name of our own, instead of the field's."""
    return type(kind.__name__, (kind,), {"own_title": title})


class _Titled(admin.FieldListFilter):
    own_title: ClassVar[Any] = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = self.own_title or self.title


class ByChoice(_Titled, admin.ChoicesFieldListFilter):
    """By a field with few values."""

    template = "admin/filter_select.html"

    def options(self) -> list[tuple[str, Any]]:
        return [(str(value), label) for value, label in self.field.flatchoices]

    def value(self) -> str:
        chosen: Any = self.lookup_val
        return str(chosen[0] if isinstance(chosen, list) and chosen else chosen or "")

    @property
    def parameter_name(self) -> str:
        return str(self.lookup_kwarg)


class BySelect(admin.SimpleListFilter):
    """By whatever `lookups` offers."""

    template = "admin/filter_select.html"

    def options(self) -> list[tuple[Any, Any]]:
        return [(str(value), label) for value, label in self.lookup_choices]


class ByProfessional(BySelect):
    title = _("professional")
    parameter_name = "professional"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]) -> list[tuple[str, str]]:
        rows = Professional.objects.order_by("name", "pk").values_list("pk", "name")
        return [(str(pk), name) for pk, name in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[_Row]) -> QuerySet[_Row]:
        asked = self.value()
        if not asked:
            return queryset
        chosen = _uuid(asked)
        return queryset.filter(professional_id=chosen) if chosen else queryset.none()


class ByDay(_Titled):
    """By the day of a moment, in the zone of whoever looks: from one until another, both included."""

    template = "admin/filter_days.html"
    # What is a click away: how far the days are from today.
    near: ClassVar[list[tuple[Any, int, int]]] = [
        (_("Today"), 0, 0),
        (_("Tomorrow"), 1, 1),
        (_("Next 7 days"), 0, 6),
        (_("Last 7 days"), -6, 0),
        (_("Last 30 days"), -29, 0),
    ]

    @staticmethod
    def names(path: str) -> tuple[str, str]:
        return f"{path}_from", f"{path}_until"

    def __init__(
        self,
        field: Field[Any, Any],
        request: HttpRequest,
        params: dict[str, Any],
        model: type[Model],
        model_admin: admin.ModelAdmin[Any],
        field_path: str,
    ) -> None:
        self.first_name, self.last_name = self.names(field_path)
        super().__init__(field, request, params, model, model_admin, field_path)
        self.first, self.last = (_day(request.GET.get(name, "")) for name in self.names(field_path))

    def expected_parameters(self) -> list[str | None]:
        return [self.first_name, self.last_name]

    def queryset(self, request: HttpRequest, queryset: QuerySet[_Row]) -> QuerySet[_Row]:
        if self.first:
            queryset = queryset.filter(**{f"{self.field_path}__gte": _begin(self.first)})
        if self.last:
            queryset = queryset.filter(**{f"{self.field_path}__lt": _begin(self.last + _DAY)})
        return queryset

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        today = timezone.localdate()
        for label, first, last in self.near:
            days = today + first * _DAY, today + last * _DAY
            yield {
                "display": label,
                "selected": days == (self.first, self.last),
                "query_string": changelist.get_query_string(
                    {self.first_name: days[0].isoformat(), self.last_name: days[1].isoformat()}
                ),
            }


class ByPastDay(ByDay):
    """Of what lies behind."""

    near: ClassVar[list[tuple[Any, int, int]]] = [
        (_("Today"), 0, 0),
        (_("Yesterday"), -1, -1),
        (_("Last 7 days"), -6, 0),
        (_("Last 30 days"), -29, 0),
    ]


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(0)))


def _day(text: str) -> date | None:
    """None for what is no day, or so far away that nobody can reckon with it."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return day if day and 2000 <= day.year < 3000 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
