"""Translations without GNU gettext: `python -m tools.messages [compile | --check | update]`.

compile   .po -> .mo, what the product reads (made, never committed)
--check   everything the code says is translated, whole and with the same placeholders
update    take new texts from the code into the .po files, mark the ones that went
"""

import re
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import polib

from tools.message_sources import Text, texts_of_code

ROOT = Path(__file__).resolve().parent.parent
# Entries for texts of libraries (the admin's, say) carry this word in their translator comment: no text of
# ours asks for them.
LIBRARY = "library"
_PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}")


_HEADER = {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def catalogues() -> list[Path]:
    """One for each folder of a language, whether it is there yet or not."""
    return [folder / "django.po" for folder in sorted(ROOT.glob("locale/*/LC_MESSAGES"))]


def read(path: Path) -> polib.POFile:
    if path.exists():
        return polib.pofile(str(path), wrapwidth=100)
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {"Language": path.parts[-3], **_HEADER}
    return catalogue


def compile_all() -> None:
    for path in catalogues():
        target = path.with_suffix(".mo")
        if not path.exists() or (target.exists() and target.stat().st_mtime >= path.stat().st_mtime):
            continue
        building = path.with_suffix(".mo.new")
        read(path).save_as_mofile(str(building))
        building.replace(target)


def problems_of(path: Path, texts: set[Text]) -> Iterator[str]:
    """What a reader of this language would miss, one line each."""
    entries = {_key(entry): entry for entry in read(path) if not entry.obsolete}
    for text in sorted(texts - entries.keys()):
        yield f"missing: {text.singular!r}"
    for key, entry in entries.items():
        if key not in texts and LIBRARY not in entry.tcomment:
            yield f"no longer in the code: {entry.msgid!r}"
        elif "fuzzy" in entry.flags:
            yield f"fuzzy: {entry.msgid!r}"
        elif not all(_translations(entry)):
            yield f"untranslated: {entry.msgid!r}"
        elif not _same_placeholders(entry):
            yield f"other placeholders: {entry.msgid!r}"


def update(path: Path, texts: set[Text]) -> tuple[int, int]:
    """Bring one catalogue in line with the code; return how many texts came and went."""
    catalogue = read(path)
    entries = {_key(entry): entry for entry in catalogue}
    came = [text for text in sorted(texts) if text not in entries or entries[text].obsolete]
    went = [
        e for key, e in entries.items() if key not in texts and not e.obsolete and LIBRARY not in e.tcomment
    ]
    for text in came:
        if text in entries:
            entries[text].obsolete = False
        else:
            catalogue.append(_new_entry(text))
    for entry in went:
        entry.obsolete = True
    catalogue.save(str(path))
    return len(came), len(went)


def _new_entry(text: Text) -> polib.POEntry:
    if text.plural:
        forms = {0: "", 1: ""}
        entry = polib.POEntry(msgid=text.singular, msgid_plural=text.plural, msgstr_plural=forms)
    else:
        entry = polib.POEntry(msgid=text.singular)
    entry.msgctxt = text.context
    return entry


def _key(entry: polib.POEntry) -> Text:
    return Text(entry.msgid, entry.msgid_plural or "", entry.msgctxt)


def _translations(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _same_placeholders(entry: polib.POEntry) -> bool:
    """A plural form may leave the number out ("one item"); nothing may ask for what is not given."""
    given = set(_PLACEHOLDER.findall(entry.msgid + entry.msgid_plural))
    used = [set(_PLACEHOLDER.findall(text)) for text in _translations(entry)]
    if entry.msgid_plural:
        return all(names <= given for names in used)
    return all(names == given for names in used)


def main(arguments: list[str]) -> int:
    action = arguments[0] if arguments else "compile"
    if action == "compile":
        compile_all()
        return 0
    if action not in {"--check", "update"}:
        print(__doc__)
        return 2
    texts = set(texts_of_code(ROOT))
    if action == "update":
        for path in catalogues():
            came, went = update(path, texts)
            print(f"{path.relative_to(ROOT)}: {came} new, {went} gone")
        return 0
    found = list(chain.from_iterable(_named(path, texts) for path in catalogues()))
    if not catalogues():
        found.append("locale/: no language at all")
    print(*found, sep="\n")
    print(f"{len(texts)} texts, {len(catalogues())} languages, {len(found)} problems")
    return 1 if found else 0


def _named(path: Path, texts: set[Text]) -> Iterator[str]:
    return (f"{path.relative_to(ROOT)}: {problem}" for problem in problems_of(path, texts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
