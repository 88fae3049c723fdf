"""What people type on pages about bookings."""

from bookings.forms.public import DetailsForm, ReasonForm, SearchForm, WordsField

__all__ = ["DetailsForm", "ReasonForm", "SearchForm", "WordsField"]
