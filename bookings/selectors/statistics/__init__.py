"""Figures of a clinic or of one practice for a period: a constant number of queries, whatever the history.

An appointment belongs to the day it is for, money to the day it came or went.
"""

from bookings.selectors.statistics.appointments import Tally
from bookings.selectors.statistics.income import Income
from bookings.selectors.statistics.services import ServiceFigures
from bookings.selectors.statistics.whole import Figures, ProfessionalFigures, Statistics, Week, statistics

__all__ = [
    "Figures",
    "Income",
    "ProfessionalFigures",
    "ServiceFigures",
    "Statistics",
    "Tally",
    "Week",
    "statistics",
]
