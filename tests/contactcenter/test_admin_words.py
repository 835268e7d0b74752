"""The admin site speaks the reader's language: every name, help and choice of ours, and what the libraries add."""

import html
import re

import pytest
from django.contrib import admin
from django.core.management import call_command
from django.test import RequestFactory
from django.utils import translation

from contactcenter import roles, words
from core import clock
from tests.contactcenter import staff
from tests.contactcenter.staff import AT, url
from tests.contactcenter.test_language import borrowed, messages
from tests.scheduling import factories as book

SHARED = {"E.164", "web", "Todo", "supervisor"}  # words of both languages
LANGUAGES = {"English", "Español"}  # what a choice of language calls itself
OF_THE_ROWS = {"line", "Line"}  # names that the rows on these pages have
MODELS = list(words.tables())


def english(of) -> str:
    with translation.override(None):
        return str(of)


def spanish(of) -> str:
    with translation.override("es"):
        return str(of)


def names() -> dict[str, object]:
    """Every word of a table or field that the admin site may show, by where it comes from."""
    found: dict[str, object] = {}
    for model in MODELS:
        meta = model._meta
        found[f"{meta.label}"] = meta.verbose_name
        found[f"{meta.label}, many"] = meta.verbose_name_plural
        found[f"section {meta.app_label}"] = meta.app_config.verbose_name
        for field in words.fields(model):
            where = f"{meta.label}.{field.name}"
            found[where] = field.verbose_name
            found |= {f"{where} help": field.help_text} if field.help_text else {}
            found |= {f"{where}={value}": label for value, label in field.choices or () if label}
    return found


def of_the_pages() -> dict[str, object]:
    """What our pages add: columns of their own, actions, helps of a search, titles of blocks, roles."""
    found: dict[str, object] = {f"role {name}": said for name, said in roles.NAMES.items()}
    for model, page in admin.site._registry.items():
        for name in (*page.list_display, *page.readonly_fields, *(page.actions or ())):
            own = getattr(page, name, None)
            if callable(own):
                found[f"{model._meta.label} {name}"] = own.short_description
            elif name in {each for each in dir(model) if isinstance(getattr(model, each, None), property)}:
                found[f"{model._meta.label} {name}"] = getattr(getattr(model, name).fget, "short_description", name)
        if page.search_help_text:
            found[f"{model._meta.label} search"] = page.search_help_text
        for head, _ in page.fieldsets or ():
            if head:
                found[f"{model._meta.label} {head}"] = head
    return found


def test_every_name_has_its_spanish():
    assert len(names()) > 500
    left = {
        where: english(said) for where, said in (names() | of_the_pages()).items() if spanish(said) == english(said)
    }
    assert {where: said for where, said in left.items() if said not in SHARED} == {}


def test_every_model_of_the_site_is_among_them():
    shown = {model for model in admin.site._registry if model._meta.app_label in words.ROOMS}
    shown |= {inline.model for page in admin.site._registry.values() for inline in page.inlines}
    assert len(shown) > 20
    assert shown <= set(MODELS)
    assert set(roles.NAMES) == set(roles.ROLES)


@pytest.mark.django_db
def test_looking_words_up_makes_no_migration():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def said_on(page: str) -> set[str]:
    """What a page says: its texts, and what its fields and signs are called. Icons are written as words; they go."""
    page = re.sub(r"(?s)<(script|style)\b.*?</\1>", "", page)
    page = re.sub(r"<span[^>]*material-symbols-outlined[^>]*>[^<]*</span>", "", page)
    texts = re.findall(r">([^<>]+)<", page) + re.findall(r'(?:title|placeholder|aria-label)="([^"]+)"', page)
    return {re.sub(r"\s+", " ", html.unescape(text)).strip(" *:") for text in texts}


@pytest.mark.django_db
def test_no_page_says_in_english_what_it_could_say_in_spanish(client):
    """Every list and form: none of our names, and nothing of a library, stands there in English."""
    agency = book.agency()
    rows = staff.one_of_everything(agency)
    me = staff.member(agency, "admin", "leona")
    client.force_login(me)
    client.cookies["django_language"] = "es"
    request = RequestFactory().get("/")
    request.user = me
    foreign = _english_words()
    found = {}
    with clock.running_on(lambda: AT):
        for model, page in admin.site._registry.items():
            asked = [url(model)]
            asked += [url(model, "add")] if page.has_add_permission(request) else []
            asked += [url(model, "change", rows[model].pk)] if model in rows else []
            asked += [url(model) + "import/", url(model) + "export/"] if hasattr(page, "import_formats") else []
            for where in asked:
                answer = client.get(where)
                assert answer.status_code == 200, where
                if left := said_on(answer.text) & foreign:
                    found[where] = left
    assert found == {}


def _english_words() -> set[str]:
    """Every name, and every word of a library without a Spanish of its own, as it would stand on a page."""
    every = (names() | of_the_pages()).values()
    foreign = {each for said in every for each in _both(english(said))}
    foreign |= {said for said in borrowed() if "%" not in said}
    spanish_words = {each for said in messages().values() for form in said for each in _both(form)}
    return foreign - spanish_words - SHARED - LANGUAGES - OF_THE_ROWS


def _both(said: str) -> set[str]:
    return {said, said[:1].upper() + said[1:]}
