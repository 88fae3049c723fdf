from __future__ import annotations

from django import template

from accounts.models import Professional
from bookings.selectors.first_steps import FirstSteps, first_steps_of

register = template.Library()


@register.simple_tag
def first_steps(professional: Professional) -> FirstSteps:
    """What a new practice still needs."""
    return first_steps_of(professional)
