"""`manage.py publish_menus`: drafts become what callers hear."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core.models import Agency
from ivr.models import Flow, FlowVersion

pytestmark = pytest.mark.django_db


def goodbye(text):
    node = {"kind": "hangup", "text": {"en": text}, "fate": "closed"}
    return {"start": "bye", "nodes": {"bye": node}}


@pytest.fixture
def agency():
    return Agency.objects.create(slug="vax", name="Vaccine line")


def publish_menus(*words):
    said = StringIO()
    call_command("publish_menus", *words, stdout=said)
    return said.getvalue()


def heard():
    """What callers of each menu hear: the version's number and its words."""
    live = FlowVersion.objects.filter(published_at__isnull=False, retired_at=None)
    return {version.flow.name: (version.number, version.document["nodes"]["bye"]["text"]["en"]) for version in live}


def test_a_draft_is_published_once_and_again_when_it_changed(agency):
    flow = Flow.objects.create(agency=agency, name="Main", draft=goodbye("Goodbye."))
    assert "version 1" in publish_menus()
    assert "as drafted" in publish_menus()
    assert heard() == {"Main": (1, "Goodbye.")}
    flow.draft = goodbye("So long.")
    flow.save()
    publish_menus()
    assert heard() == {"Main": (2, "So long.")}
    assert FlowVersion.objects.count() == 2


def test_an_empty_draft_leaves_what_callers_hear_alone(agency):
    flow = Flow.objects.create(agency=agency, name="Main", draft=goodbye("Goodbye."))
    publish_menus()
    flow.draft = {}
    flow.save()
    assert "nothing is drafted" in publish_menus()
    assert heard() == {"Main": (1, "Goodbye.")}


def test_a_draft_with_problems_is_named_and_keeps_no_other_back(agency):
    Flow.objects.create(agency=agency, name="A broken one", draft={"start": "nowhere", "nodes": {}})
    Flow.objects.create(agency=agency, name="Main", draft=goodbye("Goodbye."))
    with pytest.raises(CommandError, match="vax: A broken one: The menu needs a first step that exists"):
        publish_menus()
    assert heard() == {"Main": (1, "Goodbye.")}


@pytest.fixture
def three(agency):
    """Three agencies with a draft each, a menu named after its agency."""
    others = [Agency.objects.create(slug=slug, name=slug) for slug in ("heat", "storm")]
    return [Flow.objects.create(agency=of, name=of.slug, draft=goodbye(of.slug)) for of in (agency, *others)]


def test_of_several_agencies_one_must_be_named(three):
    with pytest.raises(CommandError, match="say whose menus to publish.*heat, storm, vax"):
        publish_menus()
    assert heard() == {}


def test_only_the_agencies_named_are_published(three):
    assert publish_menus("--agency", "storm") == "storm: storm: published as version 1\n"
    assert heard().keys() == {"storm"}
    publish_menus("--agency", "vax", "--agency", "storm")
    assert heard() == {"storm": (1, "storm"), "vax": (1, "vax")}


def test_an_agency_nobody_knows_is_said_and_nothing_is_published(three):
    with pytest.raises(CommandError, match="no agency vex. There are: heat, storm, vax"):
        publish_menus("--agency", "vex", "--agency", "vax")
    assert heard() == {}
