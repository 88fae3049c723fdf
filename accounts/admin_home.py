"""What waits for whoever enters the admin: the home page's cards, brought by the apps that know of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.functional import Promise

from accounts.models import Role, User


@dataclass(frozen=True)
class Card:
    """So many of something, and where they are listed."""

    title: str | Promise
    count: int
    link: str
    icon: str  # of Material Symbols
    # Waits for this person, who has to do something: not only to be known.
    is_task: bool = True


CardsOf = Callable[[HttpRequest], Iterable[Card]]
_known: list[tuple[frozenset[Role], CardsOf]] = []


def home_cards(roles: frozenset[Role]) -> Callable[[CardsOf], CardsOf]:
    """Registers what an app has to say on the home page of these roles, from its admin.py."""

    def register(cards: CardsOf) -> CardsOf:
        _known.append((roles, cards))
        return cards

    return register


def cards_for(request: HttpRequest, user: User) -> list[Card]:
    """What waits first: tasks, then what is only to be known; in each the order in which the apps are installed."""
    cards = [card for roles, cards_of in _known if user.role in roles for card in cards_of(request)]
    return sorted(cards, key=lambda card: (not (card.is_task and card.count), not card.is_task))
