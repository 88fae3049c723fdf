"""The texts that the code asks translations for: gettext calls in Python, translate tags in templates."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.utils.translation.template import templatize

_SKIP = {
    ".venv",
    "var",
    "node_modules",
    "staticfiles",
    "static",
    "tests",
    "migrations",
    "tools",
    "embedded",
    "locale",
}


class Text(NamedTuple):
    singular: str
    plural: str = ""
    context: str | None = None

    def __lt__(self, other: tuple[object, ...]) -> bool:
        return tuple(part or "" for part in self) < tuple(str(part or "") for part in other)


# Which arguments of a call are texts: positions of context, singular, plural.
_CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
_STRING = r"""u?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_TEMPLATE_CALL = re.compile(
    rf"\b(_|n?p?gettext)\({_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?", re.DOTALL
)


def texts_of_code(root: Path) -> Iterator[Text]:
    for path in _files(root):
        if path.suffix == ".py":
            yield from _texts_of_python(path)
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield from _texts_of_template(path)


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in _SKIP or path.name.startswith("."):
            continue
        if path.is_dir():
            yield from _files(path)
        else:
            yield path


def _texts_of_python(path: Path) -> Iterator[Text]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            constants = [getattr(argument, "value", None) for argument in node.args]
            if text := _text(name, constants):
                yield text


def _texts_of_template(path: Path) -> Iterator[Text]:
    """Django's own reading of a template leaves only calls of gettext."""
    for name, *strings in _TEMPLATE_CALL.findall(templatize(path.read_text(), origin=str(path))):
        if text := _text(name, [ast.literal_eval(string) for string in strings if string]):
            yield text


def _text(name: str, arguments: list[object]) -> Text | None:
    places = _CALLS.get(name.removesuffix("_lazy").removesuffix("_noop"))
    if places is None:
        return None
    context, singular, plural = (
        arguments[at] if at is not None and at < len(arguments) else None for at in places
    )
    if not isinstance(singular, str) or not singular:
        return None
    return Text(
        singular, plural if isinstance(plural, str) else "", context if isinstance(context, str) else None
    )
