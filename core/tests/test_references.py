from __future__ import annotations

from core.references import ALPHABET, new_reference


def test_a_reference_is_its_prefix_and_letters_nobody_mistakes() -> None:
    references = {new_reference("VC-", 8) for _n in range(50)}
    assert len(references) == 50
    for reference in references:
        assert reference.startswith("VC-") and len(reference) == 11
        assert set(reference[3:]) <= set(ALPHABET)


def test_nothing_in_it_looks_like_something_else() -> None:
    assert not set(ALPHABET) & set("0O1IL2Z5S8B") and not set(ALPHABET) & set("AEIOU")
