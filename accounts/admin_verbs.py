"""Verbs of the domain in the admin: chosen for rows of a list or for the one on its page, asked about, then done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise

from accounts.admin_access import RoleAdmin, in_the_admin
from accounts.forms.registration import SaysWhy
from core import audit
from core.errors import DomainError
from core.form_pages import status_of

# Says in a form that the person has read what it asks.
_CONFIRMED = "_confirmed"


class VerbForm(SaysWhy):
    """What a verb has to be told, for all of `rows` alike. The fields bring Unfold's widgets."""

    is_possible = True  # False: it only says why the verb cannot be done

    def __init__(self, *args: Any, rows: Sequence[Any], **kwargs: Any) -> None:
        self.rows = rows
        super().__init__(*args, **kwargs)


@dataclass(frozen=True)
class Verb:
    name: str
    label: str | Promise
    act: Callable[..., object]
    done: Any  # ngettext_lazy(..., ..., "count")
    asks: str | Promise
    form: type[VerbForm]
    icon: str
    is_dangerous: bool
    applies: Callable[[Any], bool]

    @property
    def is_plain(self) -> bool:
        """Done at once from a list: there is nothing to think over, and nothing to say."""
        return not (self.asks or self.form.base_fields)


def verb(
    label: str | Promise,
    *,
    done: Any,
    asks: str | Promise = "",
    form: type[VerbForm] = VerbForm,
    icon: str = "",
    dangerous: bool = False,
    applies: Callable[[Any], bool] = lambda row: True,
) -> Callable[[Callable[..., object]], Any]:
    """Makes an admin's method `(self, request, row, **answers)` one of its `verbs`: it calls the domain once, for one
    row, and lets DomainErrors through.

    `done` says how many it was done for (`ngettext_lazy` by "count"), `asks` what to think of before, `form` what
    has to be said for it, `applies` for which row its page offers the verb.
    """

    def decorate(act: Callable[..., object]) -> Any:
        spec = Verb(act.__name__, label, act, done, asks, form, icon, dangerous, applies)

        @wraps(act)
        def action(model_admin: VerbAdmin, request: HttpRequest, rows: QuerySet[Any]) -> HttpResponse | None:
            return model_admin.do_in_list(request, spec, rows)

        action.verb = spec  # type: ignore[attr-defined]
        action.short_description = label  # type: ignore[attr-defined]
        action.allowed_permissions = ("manage",)  # type: ignore[attr-defined]
        return action

    return decorate


class VerbAdmin(RoleAdmin):
    """Offers `verbs` (names of methods made by `verb`) as actions of the list and as links on each row's page."""

    verbs: ClassVar[tuple[str, ...]] = ()
    # These have a page for one row alone.
    verbs_for_one: ClassVar[tuple[str, ...]] = ()
    change_form_outer_before_template = "admin/verbs.html"

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.actions = self.verbs

    def describe(self, row: Any) -> str:
        """The row in words, for questions and for the head of its page."""
        return str(row)

    def named_in_message(self, row: Any) -> str:
        """The row in a message, which a cookie carries to whatever page comes next: nobody's data, which would be
        shown there without a trace. "" where nothing else names it."""
        return self.describe(row)

    def do_in_list(self, request: HttpRequest, verb: Verb, rows: QuerySet[Any]) -> HttpResponse | None:
        """None leads back to the list. Only ticked rows are meant, never unseen ones of further pages."""
        return self._do(request, verb, list(rows.filter(pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME))))

    def do_for_one(self, request: HttpRequest, object_id: str, *, verb: Verb) -> HttpResponse:
        row = self.managed(request, object_id)
        return self._do(request, verb, [row], alone=True) or redirect(self._page_of(row))

    def managed(self, request: HttpRequest, object_id: str) -> Any:
        """The row, for whoever may act on it. Raises PermissionDenied, Http404."""
        if not self.has_manage_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404
        return row

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{spec.name.replace('_', '-')}/",
                self.admin_site.admin_view(partial(self.do_for_one, verb=spec)),
                name=self._url_name(spec.name),
            )
            for spec in self._specs()
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context |= {"heading": self.describe(obj), "title": self.describe(obj), "subtitle": ""}
        if obj is not None and self.has_manage_permission(request):
            context["verbs"] = [
                (spec, reverse(f"admin:{self._url_name(spec.name)}", args=[obj.pk]))
                for spec in self._specs()
                if spec.applies(obj)
            ]
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def _specs(self) -> list[Verb]:
        return [getattr(self, name).verb for name in (*self.verbs, *self.verbs_for_one)]

    def _url_name(self, page: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{page}"

    def _page_of(self, row: Model) -> str:
        return reverse(f"admin:{self._url_name('change')}", args=[row.pk])

    def _do(
        self, request: HttpRequest, verb: Verb, rows: list[Any], *, alone: bool = False
    ) -> HttpResponse | None:
        is_confirmed = request.method == "POST" and (
            _CONFIRMED in request.POST or (verb.is_plain and not alone)
        )
        form = verb.form(request.POST if is_confirmed else None, rows=rows)
        if form.is_possible and form.is_valid():
            refusals = self._act(request, verb, rows, form.cleaned_data)
            if not (refusals and alone and form.fields):
                self._tell(request, verb, len(rows) - len(refusals), refusals)
                return None
            form.refuse(refusals[0][1])  # what was typed stays
        context = {
            "opts": self.opts,
            "verb": verb,
            "rows": [(row.pk, self.describe(row)) for row in rows],
            "form": form,
            "confirmed": _CONFIRMED,
            "checkbox": "" if alone else ACTION_CHECKBOX_NAME,
            "back": self._page_of(rows[0]) if alone else request.get_full_path(),
        }
        status = status_of(form)
        return in_the_admin(request, "admin/verb_form.html", context, title=verb.label, status=status)

    def _act(
        self, request: HttpRequest, verb: Verb, rows: list[Any], answers: dict[str, Any]
    ) -> list[tuple[Any, DomainError]]:
        """The rows for which a rule said no, and why."""
        refusals = []
        for row in rows:
            try:
                verb.act(self, request, row, **answers)
            except DomainError as error:
                refusals.append((row, error))
        if refusals and len(refusals) == len(rows):
            audit.refused(refusals[-1][1].code)
        return refusals

    def _tell(
        self, request: HttpRequest, verb: Verb, count: int, refusals: list[tuple[Any, DomainError]]
    ) -> None:
        for row, error in refusals:
            words = ": ".join(filter(None, (self.named_in_message(row), str(error))))
            self.message_user(request, words, messages.ERROR)
        if count:
            self.message_user(request, verb.done % {"count": count}, messages.SUCCESS)
