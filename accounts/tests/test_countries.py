from __future__ import annotations

from accounts.countries import country_names


def test_countries_stand_in_the_order_of_a_dictionary():
    spanish = list(country_names("es").values())
    assert spanish.index("Mayotte") < spanish.index("México") < spanish.index("Micronesia")
    assert spanish.index("Bélgica") < spanish.index("Brasil")
