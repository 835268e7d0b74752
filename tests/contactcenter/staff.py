"""People who sign in, and one row of everything an agency has."""

from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.models import Group, User

from core import keys
from core.models import AccessLog, Agency, Membership
from crm.ledger import Kind
from crm.models import Call, CallEvent, CallSubject, Disposition, Handling, Message, Person, PersonNumber, Recording
from floor.models import (
    AwayReason,
    Broadcast,
    Callback,
    CallbackRule,
    CallbackTerms,
    Consult,
    Debt,
    DebtAttempt,
    Entry,
    Listening,
    Offer,
    Operator,
    Queue,
    Skill,
    Stint,
    Supervisor,
    WaitPromise,
    WrapExtension,
)
from ivr.models import Flow, FlowVersion, Line
from knowledgebase.models import Article, Holiday, OpeningHours, Script
from reporting.models import Alert, FairnessAudit, Threshold
from tests.scheduling import factories as book

AT = datetime(2026, 11, 10, 15, tzinfo=UTC)
MENU = {
    "start": "hello",
    "nodes": {
        "hello": {"kind": "say", "text": {"en": "Hello."}, "next": "line"},
        "line": {"kind": "queue", "queue": "line"},
    },
}


def member(of: Agency | None, role: str, name: str = "") -> User:
    """Somebody with a role, as `make demo` and the admin site make them."""
    inside = role in ("supervisor", "admin", "it_support")
    user = User.objects.create_user(name or role, password="pass", is_staff=inside)
    user.groups.add(Group.objects.get(name=role))
    if of is not None:
        Membership.objects.create(user=user, agency=of)
    return user


def one_of_everything(of: Agency) -> dict[type, object]:
    """A row of each kind in the admin site, by its model."""
    user = member(of, "operator", f"op-{of.slug}")
    script = Script.objects.create(agency=of, slug="book", name="Book")
    queue = Queue.objects.create(agency=of, slug="line", name="Line", script=script)
    call = Call.objects.create(agency=of, carrier_uuid=f"c-{of.slug}", from_number="+16015550101", started_at=AT)
    person = Person.objects.create(
        agency=of, reference=f"R-{of.slug}", given_name="Olive", family_name="Bramble", born_on=date(1948, 5, 3)
    )
    PersonNumber.objects.create(person=person, number="+16015550101")
    operator = Operator.objects.create(user=user, agency=of, device="sip:a@example.org")
    stint = Stint.objects.create(operator=operator, agency=of, state=Stint.State.TALKING, since=AT)
    moments = dict.fromkeys(("entered_at", "virtual_start", "rank_at", "not_before", "seen_at"), AT)
    entry = Entry.objects.create(call=call, agency=of, queue=queue, state=Entry.State.TALKING, **moments)
    offer = Offer.objects.create(entry=entry, operator=operator, made_at=AT, due_at=AT)
    supervisor = Supervisor.objects.create(user=user, agency=of, device="sip:s@example.org")
    flow = Flow.objects.create(agency=of, name="Main", draft=MENU)
    vaccine, site = book.service(of), book.site(of)
    slot = book.clinic(site, vaccine, starts=AT.replace(hour=20))[0]
    bound = Threshold.objects.create(agency=of, slug="long-wait", queue=queue, metric="longest_wait_s", value=600)
    rows = [
        of,
        user,
        script,
        queue,
        call,
        person,
        operator,
        entry,
        flow,
        vaccine,
        site,
        slot.session,
        book.booked(person, slot, AT),
        Skill.objects.create(agency=of, slug="es", name="Spanish"),
        CallEvent.objects.create(call=call, kind=Kind.OFFERED, at=AT),
        CallSubject.objects.create(call=call, person=person, verified_at=AT, verified_by=user, facts="birth date"),
        Disposition.objects.create(agency=of, slug="helped", name="Helped"),
        Handling.objects.create(call=call, user=user, notes="Rings again on Monday.", saved_at=AT),
        offer,
        supervisor,
        Consult.objects.create(offer=offer, number="+16015550199", room_uuid="r", asked_at=AT, due_at=AT),
        Listening.objects.create(
            entry=entry, offer=offer, supervisor=supervisor, room_uuid="r", asked_at=AT, due_at=AT
        ),
        stint,
        WrapExtension.objects.create(stint=stint, reason=WrapExtension.Reason.NOTES, at=AT, due_at=AT),
        AwayReason.objects.create(agency=of, slug="lunch", name="Lunch"),
        debt := Debt.objects.create(
            agency=of, number="+16015550101", kind="abandoned", opened_at=AT, last_at=AT, call=call, queue=queue
        ),
        DebtAttempt.objects.create(debt=debt, operator=operator, entry=entry, at=AT),
        Callback.objects.create(entry=entry, agency=of, number="+16015550101", asked_at=AT),
        CallbackRule.objects.create(agency=of, result="busy"),
        CallbackTerms.objects.create(agency=of),
        bound,
        Alert.objects.create(threshold=bound, noticed_at=AT, seen_at=AT, opened_at=AT, value=601, bound=600),
        FairnessAudit.objects.create(
            agency=of, day=date(2026, 11, 9), made_at=AT, takings=4, callers=1, totals={"skill": 1}, unexplained=0
        ),
        Broadcast.objects.create(agency=of, text="Clinic 12 is full.", by=user, at=AT, until=AT + timedelta(hours=1)),
        WaitPromise.objects.create(entry=entry, made_at=AT, ahead=3, low_s=120, high_s=300),
        Message.objects.create(agency=of, call=call, number="+16015550101", body="x", consent_at=AT),
        Recording.objects.create(agency=of, call=call, asked_at=AT),
        FlowVersion.objects.create(flow=flow, number=1, document=MENU, published_at=AT),
        Line.objects.create(agency=of, number=f"+1601555{of.pk % 10000:04}", flow=flow),
        Article.objects.create(agency=of, slug="parking", title="Parking", body="Behind the house."),
        OpeningHours.objects.create(agency=of, slug="main", weekday=0, opens=time(7), closes=time(19)),
        Holiday.objects.create(agency=of, date=date(2026, 12, 25), name="Christmas"),
        keys.make(of, name="Partner", scopes=["appointments:read"], at=AT)[0],
        AccessLog.objects.create(at=AT, agency=of, user=user, action="saw", what="crm.person", where="desk"),
    ]
    return {type(row): row for row in rows}


def url(model, page="changelist", pk=None) -> str:
    """The address of a page of the admin site."""
    tail = {"changelist": "", "add": "add/", "change": f"{pk}/change/", "delete": f"{pk}/delete/"}[page]
    if page == "history":
        tail = f"{pk}/history/"
    return f"/admin/{model._meta.app_label}/{model._meta.model_name}/{tail}"
