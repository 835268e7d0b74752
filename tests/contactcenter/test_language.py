"""Nothing that is said in English is left unsaid in Spanish."""

import ast
import gettext
import re
from functools import cache
from pathlib import Path

import import_export
import pytest
import unfold
from django.utils import translation
from django.utils.translation.template import templatize

from contactcenter import words
from tests.core.rooms import OURS

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "contactcenter" / "locale" / "es" / "LC_MESSAGES"
MARKERS = {
    "_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy", "ngettext", "ngettext_lazy", "npgettext",
}  # fmt: skip
EOT = "\x04"  # between context and message, as gettext has it


def messages() -> dict[str, list[str]]:
    """Every entry of the .po, by its message with its context before it: what is said, for one and for many."""
    found = {}
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if not line.startswith("#"):
                word, _, rest = line.partition(" ")
                name, text = (word, rest) if word.startswith("msg") else (name, line)
                parts[name] = parts.get(name, "") + ast.literal_eval(text)
        context = parts["msgctxt"] + EOT if "msgctxt" in parts else ""
        found[context + parts["msgid"]] = [said for name, said in parts.items() if name.startswith("msgstr")]
    return found


def marked_in_python() -> set[str]:
    return {
        message
        for room in sorted(OURS)
        for path in (ROOT / room).rglob("*.py")
        for message in _marked(path.read_text())
    }


def marked_in_templates() -> set[str]:
    """What the template tags mark, by way of the Python that Django makes of them for its own collector."""
    return {
        message
        for room in sorted(OURS)
        for path in (ROOT / room).rglob("templates/**/*.html")
        for message in _in_template(path.read_text(encoding="utf-8"))
    }


def named_in_models() -> set[str]:
    """What `contactcenter.words` looks up: names, helps and choices of the rooms' tables, each with its context."""
    found = set()
    with translation.override(None):
        for model in words.tables():
            meta = model._meta
            found |= {(words.NAME, meta.verbose_name), (words.NAME, meta.verbose_name_plural)}
            for field in words.fields(model):
                found |= {(words.NAME, field.verbose_name), (words.HELP, field.help_text)}
                found |= {(words.CHOICE, label) for _, label in field.choices or ()}
        return {f"{context}{EOT}{said}" for context, said in found if said}


@cache
def borrowed() -> set[str]:
    """What the libraries of the admin site say and have no Spanish of their own for."""
    found = set()
    for library in (unfold, import_export):
        root = Path(library.__file__).parent
        for path in root.rglob("*.py"):
            found |= _marked(path.read_text(encoding="utf-8"))
        for path in root.rglob("templates/**/*.html"):
            found |= _in_template(path.read_text(encoding="utf-8"))
    return found


def _marked(source: str) -> set[str]:
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return {found for call in calls if _name(call.func) in MARKERS and (found := _message(call))}


def _message(call: ast.Call) -> str:
    """With its context before it; of a plural the singular stands for both, as in the catalogue's keys."""
    words = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    return EOT.join(words[:2] if "pgettext" in _name(call.func) else words[:1])


def _in_template(text: str) -> set[str]:
    found = set()
    for call in re.findall(
        r" ((?:n?p?gettext|_)\(u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\").*?\)) ", templatize(text) + " "
    ):
        found |= _marked(call)
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def test_every_message_is_translated():
    text = (FOLDER / "django.po").read_text(encoding="utf-8")
    assert "fuzzy" not in text
    assert [message for message, said in messages().items() if not all(said)] == []


@pytest.mark.parametrize("marked", [marked_in_python, marked_in_templates, named_in_models])
def test_what_is_marked_is_in_the_catalogue(marked):
    assert len(marked()) > 10
    assert marked() - set(messages()) == set()


def test_nothing_in_the_catalogue_is_left_over():
    ours = marked_in_python() | marked_in_templates() | named_in_models() | {""}
    assert set(messages()) - ours - borrowed() == set()


def test_placeholders_survive():
    for message, forms in messages().items():
        wanted = set(re.findall(r"%\(\w+\)[sd]|%s|\{\w*\}", message))
        for said in forms[-1:] if message else []:
            assert set(re.findall(r"%\(\w+\)[sd]|%s|\{\w*\}", said)) == wanted, message


def test_the_compiled_catalogue_is_in_step():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    written: dict = {}
    for message, forms in messages().items():
        written |= {message: forms[0]} if len(forms) == 1 else {(message, n): said for n, said in enumerate(forms)}
    assert {k: v for k, v in compiled.items() if k} == {k: v for k, v in written.items() if k}
