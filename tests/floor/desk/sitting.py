"""An operator at the desk's page, a household that shares a number, and a script to read from."""

from datetime import date

from django.contrib.auth.models import Permission
from django.test import Client

from core.models import Agency
from crm.models import Disposition, DispositionField, Person, PersonNumber
from floor import dispatch
from floor.desk import current
from floor.models import Entry, Operator, Queue
from knowledgebase.models import Script, ScriptStep
from tests.floor import factories as make

NUMBER = "+16015550142"
SECRETS = ("Odessa", "Brightwater", "1951", "February 7", "Mill Road", "hears badly")
FACTS = {"born": "2 7 1951", "place": "39204"}


def sit(operator: Operator, *, csrf: bool = False) -> Client:
    """The operator's browser, logged in and allowed. The agency knows the usual breaks."""
    make.breaks(operator.agency)
    operator.user.user_permissions.add(Permission.objects.get(codename="use_desk"))
    client = Client(enforce_csrf_checks=csrf)
    client.force_login(operator.user)
    return client


def press(client: Client, path: str, desk=None, **form):
    """A button of the page, for the call at hand."""
    offer = {"offer": desk.offer.pk} if desk and desk.offer else {}
    return client.post(path, {**offer, **form}, headers={"HX-Request": "true"})


def desk(operator: Operator) -> current.Desk:
    return current.of(operator)


def rings_in(house: Agency, number: str = NUMBER, **answers: str) -> Entry:

    return dispatch.arrive(make.call(house, number), queue="book", answers={"zip": "39204", **answers})


def person(of: Agency, given: str = "Odessa", *, number: str = NUMBER, **more) -> Person:
    facts = {"family_name": "Brightwater", "born_on": date(1951, 2, 7), "zip_code": "39204", "street": "12 Mill Road"}
    n = Person.objects.count()
    facts = {**facts, "reference": f"P-{n}", "good_to_know": "hears badly", **more}
    made = Person.objects.create(agency=of, given_name=given, **facts)
    if number:
        PersonNumber.objects.create(person=made, number=number)
    return made


def script(of: Agency, steps: int = 4) -> Script:
    made = Script.objects.create(agency=of, slug="book", name="Book a vaccine", name_es="Reservar")
    for n in range(steps):
        ScriptStep.objects.create(
            script=made, order=n * 10, title=f"Step {n}", say=f"This is {{operator}}, sentence {n}.",
            say_es=f"Le habla {{operator}}, frase {n}.", do="Listen.\n\nWrite it down.", answers="Yes\nNo\nLater",
        )  # fmt: skip
    Queue.objects.filter(agency=of).update(script=made)
    return made


def endings(of: Agency) -> None:
    Disposition.objects.create(agency=of, slug="booked", name="Booked", name_es="Reservado", group="booked")
    later = Disposition.objects.create(agency=of, slug="call-back", name="Call back", group="follow_up")
    DispositionField.objects.create(disposition=later, slug="when", label="When?")
    DispositionField.objects.create(disposition=later, slug="who", label="Who?", kind="choice", choices="Anyone|Me")
