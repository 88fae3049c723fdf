"""What staff search for is often somebody's e-mail or phone: it is sent in the body of a form, and stands in addresses,
in browsers' histories and in the logs of proxies only sealed."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.admin.views.main import PAGE_VAR, SEARCH_VAR, ChangeList, ChangeListSearchForm
from django.core.exceptions import BadRequest
from django.db.models import Model
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from core import crypto

# How sealed words begin; nobody looks for anything that begins like this.
_MARK = "~."
# Says in a form that it searches.
SEARCHES = "_search"
_LONGEST = 200


def seal(words: str, place: str) -> str:
    """`place` is the list they are for ("accounts.patient"): in another one they open nothing."""
    envelope = crypto.seal(words[:_LONGEST], _key(settings.SECRET_KEY), _bound(place))
    return _MARK + urlsafe_b64encode(envelope).decode().rstrip("=")


def is_sealed(text: str) -> bool:
    return text.startswith(_MARK)


def unseal(text: str, place: str) -> str:
    """The words again. Raises ValueError for what was not sealed here, or under a key that is gone."""
    encoded = text.removeprefix(_MARK)
    envelope = urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            return crypto.unseal(envelope, _key(secret), _bound(place))
        except crypto.DecryptError:
            continue
    raise ValueError("These words were not sealed here.")


def address_of(request: HttpRequest, words: str, place: str) -> str:
    """The list as it is filtered, from its first page, with what is searched for sealed."""
    asked = request.GET.copy()
    for name in (SEARCH_VAR, PAGE_VAR):
        asked.pop(name, None)
    if words.strip():
        asked[SEARCH_VAR] = seal(words.strip(), place)
    return f"{request.path}?{asked.urlencode()}" if asked else request.path


class _SearchForm(ChangeListSearchForm):
    def __init__(self, *args: Any, place: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._place = place

    def clean_q(self) -> str:
        typed: str = self.cleaned_data[SEARCH_VAR]
        if not is_sealed(typed):
            return typed
        try:
            return unseal(typed, self._place)
        except ValueError as error:
            raise BadRequest from error


class SearchedList(ChangeList):
    """Knows the words; links and forms of the page carry them on sealed."""

    def __init__(self, request: HttpRequest, model: type[Model], *args: Any, **kwargs: Any) -> None:
        made: Any = partial(_SearchForm, place=model._meta.label_lower)
        self.search_form_class = made
        super().__init__(request, model, *args, **kwargs)


def _key(secret: str) -> bytes:
    return salted_hmac("vicita.admin_search", "key", secret=secret, algorithm="sha256").digest()


def _bound(place: str) -> bytes:
    return f"search:{place}".encode()
