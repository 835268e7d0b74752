"""Rows as the other rooms write them, one small function each. Durations in s; moments from `at(hour, minute)`."""

import itertools
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth import get_user_model

from core.models import Agency, Membership
from crm.ledger import Kind
from crm.models import Call, CallEvent
from floor.models import Callback, Debt, Entry, Operator, Queue, Stint
from ivr.models import Flow, FlowVersion, Session

DAY = date(2026, 11, 10)
_numbers = itertools.count(1)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment of DAY by Chicago's clock, which in November is six hours behind."""
    return datetime(2026, 11, 10, tzinfo=UTC) + timedelta(hours=hour + 6, minutes=minute, seconds=second)


def agency(slug: str = "vax", **more) -> Agency:
    return Agency.objects.create(slug=slug, name=more.pop("name", "Vaccine line"), **more)


def queue(of: Agency, slug: str = "book", name: str = "Book a vaccine") -> Queue:
    return Queue.objects.get_or_create(agency=of, slug=slug, defaults={"name": name})[0]


def call(of: Agency, when: datetime, *, number: str | None = None, drill: bool = False) -> Call:
    n = next(_numbers)
    number = f"+1601{n:07}" if number is None else number
    return Call.objects.create(agency=of, carrier_uuid=f"c{n}", from_number=number, started_at=when, drill=drill)


def event(of: Call, kind: str, *, after: float = 0, seconds: float | None = None, queue: str = "") -> CallEvent:
    when = of.started_at + timedelta(seconds=after)
    return CallEvent.objects.create(call=of, kind=kind, at=when, seconds=seconds, queue=queue)


def offered(of: Agency, when: datetime, *, queue: str = "book", **more) -> Call:
    made = call(of, when, **more)
    event(made, Kind.OFFERED, queue=queue)
    return made


def answered(of: Agency, when: datetime, *, wait: float = 10, talk: float = 300, wrap: float = 40, **more) -> Call:
    made = offered(of, when, **more)
    event(made, Kind.CONNECTED, after=wait, seconds=wait)
    event(made, Kind.ANSWERED, after=wait + talk, seconds=talk)
    event(made, Kind.WRAPPED, after=wait + talk + wrap, seconds=wrap)
    return made


def left(of: Agency, when: datetime, *, fate: str = Kind.ABANDONED, wait: float = 60, **more) -> Call:
    made = offered(of, when, **more)
    event(made, fate, after=wait, seconds=wait)
    return made


def asked_back(of: Agency, when: datetime, *, fate: str | None, wait: float = 900, tries: int = 1, **more) -> Call:
    made = offered(of, when, **more)
    event(made, Kind.CALLBACK_OFFERED)
    event(made, Kind.CALLBACK_ASKED, after=20, seconds=20)
    for n in range(tries):
        event(made, Kind.CALLBACK_DIALLED, after=100 + n)
    if fate == Kind.CALLBACK_DONE:
        event(made, Kind.CONNECTED, after=wait, seconds=wait)
    if fate:
        event(made, fate, after=wait + 60, seconds=60 if fate == Kind.CALLBACK_DONE else None)
    return made


def entry(of: Call, state: str) -> Entry:
    when = of.started_at
    moments = dict.fromkeys(("entered_at", "virtual_start", "rank_at", "not_before", "seen_at"), when)
    return Entry.objects.create(call=of, agency=of.agency, queue=queue(of.agency), state=state, **moments)


def promise(of: Entry, state: str = Callback.State.PENDING) -> Callback:
    number = of.call.from_number
    over = {} if state == Callback.State.PENDING else {"ended_at": of.entered_at, "end_reason": "done"}
    return Callback.objects.create(
        entry=of, agency=of.agency, number=number, state=state, asked_at=of.entered_at, **over
    )


def debt(of: Agency, number: str, since: datetime) -> Debt:
    """A caller who is owed a call since then."""
    about = left(of, since - timedelta(seconds=60), number=number, drill=True)
    return Debt.objects.create(agency=of, number=number, kind="abandoned", opened_at=since, last_at=since, call=about)


def in_menu(of: Call) -> Session:
    flow, _ = Flow.objects.get_or_create(agency=of.agency, name="menu")
    version, _ = FlowVersion.objects.get_or_create(flow=flow, number=1, defaults={"document": {}})
    return Session.objects.create(call=of, version=version, node="start")


def operator(of: Agency, name: str = "ada") -> Operator:
    user = get_user_model().objects.create_user(name, password="pass")
    Membership.objects.create(user=user, agency=of)
    return Operator.objects.create(user=user, agency=of, device="sip:ada@example.org")


def stint(of: Operator, state: str, since: datetime, until: datetime | None) -> Stint:
    return Stint.objects.create(operator=of, agency=of.agency, state=state, since=since, until=until)


def one_of_each(of: Agency, *, drill: bool = False) -> dict[str, Call]:
    """A contact of every fate, live ones too, over the morning."""
    fates = (Kind.BLOCKED, Kind.CLOSED, Kind.IVR_ABANDONED, Kind.IVR_CONTAINED)
    calls = {}
    for n, fate in enumerate(fates):
        calls[fate] = call(of, at(8, n), drill=drill)
        event(calls[fate], fate, after=30)
    calls["answered"] = answered(of, at(9), drill=drill)
    for n, fate in enumerate((Kind.ABANDONED, Kind.OVERFLOW, Kind.VOICEMAIL, Kind.TURNED_AWAY)):
        calls[fate] = left(of, at(9, n), fate=fate, drill=drill)
    for n, fate in enumerate((Kind.CALLBACK_DONE, Kind.CALLBACK_FAILED, Kind.CALLBACK_CANCELLED)):
        calls[fate] = asked_back(of, at(10, n), fate=fate, drill=drill)
    calls["callback_pending"] = asked_back(of, at(10, 40), fate=None, drill=drill)
    promise(entry(calls["callback_pending"], Entry.State.CALLBACK))
    calls["waiting"] = offered(of, at(11), drill=drill)
    entry(calls["waiting"], Entry.State.WAITING)
    calls["talking"] = offered(of, at(11, 1), drill=drill)
    event(calls["talking"], Kind.CONNECTED, after=8, seconds=8)
    entry(calls["talking"], Entry.State.TALKING)
    calls["in_menu"] = call(of, at(11, 2), drill=drill)
    in_menu(calls["in_menu"])
    return {str(name): made for name, made in calls.items()}
