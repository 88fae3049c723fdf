"""What the lists of IT administration share."""

from __future__ import annotations

from typing import Any, cast

from django.db.models import Model
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.admin_lists import StaffList
from accounts.models import Role, User

IT = frozenset({Role.IT_ADMIN})


def staff_member(request: HttpRequest) -> User:
    """Who acts: whoever reaches the admin is signed in."""
    return cast(User, request.user)


def link_to(address: str, words: str) -> str:
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, words)


class Opens(StaffList):
    """Rows are added here by a verb of the domain, with a form of their own."""

    add_form: type[ModelForm[Any]]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_manage_permission(request)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return super().get_fields(request, obj) if obj else self.add_form._meta.fields

    def get_form(
        self, request: HttpRequest, obj: Model | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        options = {} if obj else {"form": self.add_form}
        return super().get_form(request, obj, change, **{**kwargs, **options})

    def log_addition(self, request: HttpRequest, obj: Model, message: Any) -> None:
        """Who opened what is for the domain to remember: no name of a person is copied into the admin's log."""
