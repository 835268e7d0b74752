"""Nothing that is said in English is left unsaid in Spanish."""

import ast
import gettext
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "contactcenter" / "locale" / "es" / "LC_MESSAGES"
MARKERS = {"_", "gettext", "gettext_lazy", "pgettext", "pgettext_lazy"}
EOT = "\x04"  # between context and message, as gettext has it


def messages() -> dict[str, str]:
    """Every entry of the .po, by its message with its context before it."""
    found = {}
    for block in (FOLDER / "django.po").read_text(encoding="utf-8").split("\n\n"):
        parts = dict.fromkeys(("msgctxt", "msgid", "msgstr"), "")
        name = ""
        for line in block.splitlines():
            if not line.startswith("#"):
                word, _, rest = line.partition(" ")
                name, text = (word, rest) if word in parts else (name, line)
                parts[name] += ast.literal_eval(text)
        found[(parts["msgctxt"] + EOT if parts["msgctxt"] else "") + parts["msgid"]] = parts["msgstr"]
    return found


def marked_in_python() -> set[str]:
    found = set()
    for path in (ROOT / "reporting").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _name(node.func) in MARKERS:
                found.add(EOT.join(arg.value for arg in node.args if isinstance(arg, ast.Constant)))
    return found


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def marked_in_templates() -> set[str]:
    found = set()
    for folder in ("reporting/templates", "contactcenter/templates"):
        for path in (ROOT / folder).rglob("*.html"):
            text = path.read_text(encoding="utf-8")
            assert "blocktranslate" not in text
            for quote, message, _, context in re.findall(r"""{% translate (["'])(.*?)\1( context "(.*?)")? %}""", text):
                assert quote
                found.add((context + EOT if context else "") + message)
    return found


def test_every_message_is_translated():
    text = (FOLDER / "django.po").read_text(encoding="utf-8")
    assert "fuzzy" not in text
    assert [message for message, said in messages().items() if not said] == []


@pytest.mark.parametrize("marked", [marked_in_python, marked_in_templates])
def test_what_is_marked_is_in_the_catalogue(marked):
    assert len(marked()) > 10
    assert marked() - set(messages()) == set()


def test_placeholders_survive():
    for message, said in messages().items():
        assert sorted(re.findall(r"%\(\w+\)s|%s", message)) == sorted(re.findall(r"%\(\w+\)s|%s", said)), message


def test_the_compiled_catalogue_is_in_step():
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    assert {k: v for k, v in compiled.items() if k} == {k: v for k, v in messages().items() if k}
