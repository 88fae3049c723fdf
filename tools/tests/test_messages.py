from __future__ import annotations

from pathlib import Path

import polib
import pytest

from tools.message_sources import Text, texts_of_code
from tools.messages import problems_of, update


def catalogue(folder: Path, *entries: polib.POEntry) -> Path:
    path = folder / "locale" / "es" / "LC_MESSAGES" / "django.po"
    path.parent.mkdir(parents=True)
    made = polib.POFile()
    made.extend(entries)
    made.save(str(path))
    return path


def test_texts_are_found_in_python_and_templates(tmp_path: Path) -> None:
    (tmp_path / "views.py").write_text(
        'title = _("Hello " "there")\n'
        'many = ngettext("%(n)s hour", "%(n)s hours", n)\n'
        'may = pgettext_lazy("month", "May")\n'
        "nothing = _(title)\n"
    )
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "page.html").write_text(
        "{% load i18n %}<a title=\"{% translate 'Book' %}\">{% blocktranslate trimmed count n=x %}\n"
        ' One "free" time\n{% plural %}\n {{ n }} free times\n{% endblocktranslate %}'
    )

    assert set(texts_of_code(tmp_path)) == {
        Text("Hello there"),
        Text("%(n)s hour", "%(n)s hours"),
        Text("May", context="month"),
        Text("Book"),
        Text('One "free" time', "%(n)s free times"),
    }


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (polib.POEntry(msgid="Hi {name}", msgstr="Hola {name}"), None),
        (polib.POEntry(msgid="Hi {name}", msgstr=""), "untranslated"),
        (polib.POEntry(msgid="Hi {name}", msgstr="Hola {nombre}"), "other placeholders"),
        (polib.POEntry(msgid="Hi {name}", msgstr="Hola {name}", flags=["fuzzy"]), "fuzzy"),
        (polib.POEntry(msgid="Hi", msgstr="Hola"), "missing"),
    ],
)
def test_what_a_reader_would_miss_is_named(tmp_path: Path, entry: polib.POEntry, problem: str | None) -> None:
    found = list(problems_of(catalogue(tmp_path, entry), {Text("Hi {name}")}))

    assert found[0].startswith(problem) if problem else not found, found


def test_texts_of_libraries_may_stand_without_being_asked_for(tmp_path: Path) -> None:
    entry = polib.POEntry(msgid="Save", msgstr="Guardar", tcomment="library: unfold")

    assert list(problems_of(catalogue(tmp_path, entry), set())) == []


def test_an_update_brings_new_texts_and_retires_old_ones(tmp_path: Path) -> None:
    path = catalogue(tmp_path, polib.POEntry(msgid="Old", msgstr="Viejo"))

    assert update(path, {Text("New")}) == (1, 1)
    assert update(path, {Text("New"), Text("Old")}) == (1, 0), "what comes back keeps its translation"

    assert {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))} == {"New": "", "Old": "Viejo"}
