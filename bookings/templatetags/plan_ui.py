"""How plans and memberships read on pages."""

from __future__ import annotations

from django import template

from bookings import plan_words
from bookings.plan_words import STANDING_TONES, STANDING_WORDS, Standing

register = template.Library()

register.filter("months_words", plan_words.months_words)
register.filter("for_months", plan_words.for_months)
register.filter("how_often", plan_words.how_often)
register.filter("left_words", plan_words.left_words)
register.filter("day_words", plan_words.day_words)
register.filter("period", plan_words.period_words)


@register.filter
def standing_words(standing: Standing) -> str:
    return str(STANDING_WORDS[standing])


@register.filter
def standing_tone(standing: Standing) -> str:
    """Class that colours its badge."""
    return STANDING_TONES[standing]
